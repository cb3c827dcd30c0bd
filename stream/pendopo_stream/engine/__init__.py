"""How sound is made."""

"""What you hear: inbox, topics, channels, preferences, quiet hours."""

from .sending import notify, send_mail

__all__ = ["notify", "send_mail"]

"""What listeners send: song requests, greetings, questions to a talk show."""

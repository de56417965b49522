"""What the parts of the chat share: the sessions, the messages that wait."""

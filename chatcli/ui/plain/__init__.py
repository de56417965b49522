"""The chat without a capable terminal, line by line."""

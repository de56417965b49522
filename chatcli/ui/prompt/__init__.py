"""The rows at the bottom of the window: the input, what is around it, and the terminal."""

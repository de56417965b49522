"""The rows at the window's lower end: the input, what is below and above it, the terminal."""

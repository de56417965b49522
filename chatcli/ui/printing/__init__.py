"""What is printed above the prompt, once, in the ordinary scrollback."""

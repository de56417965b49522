"""What the program can do: one value per command, used by the shell's verbs and the chat."""

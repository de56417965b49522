"""What a server says went wrong, to the exception, sentence and hint that stand for it; no I/O."""

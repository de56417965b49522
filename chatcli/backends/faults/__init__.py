"""From a server's error to the exception, sentence and hint for it; no I/O."""

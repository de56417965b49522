"""From the bytes of an answer to the parts of a reply, or to its fault; no I/O."""

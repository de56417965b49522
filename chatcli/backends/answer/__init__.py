"""The bytes of an answer to the parts of a reply, or to what is wrong with it; no I/O."""

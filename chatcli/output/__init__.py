"""What goes to standard output and standard error: replies, tables, JSON, notes."""

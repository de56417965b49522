"""A growing Markdown text, split into finished pieces and an unfinished end."""

"""Code blocks: lexed and highlighted line by line."""

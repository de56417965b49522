"""Parsed Markdown drawn as lines of the terminal."""

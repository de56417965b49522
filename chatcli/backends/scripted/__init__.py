"""Replies replayed from a script."""

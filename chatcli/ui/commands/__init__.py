"""Commands that need the screen, and what else leads to other sessions or programs."""

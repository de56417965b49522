"""Commands that need the screen, switching sessions, and handing over to other programs."""

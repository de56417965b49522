"""Texts that were typed and not sent, through switches, crashes and kills."""

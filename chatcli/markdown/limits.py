"""From which sizes on Markdown is printed in parts; they decide cost, and little of the look."""

from __future__ import annotations

LONG_PARAGRAPH = 4_000
"""Characters: longer paragraphs are printed as they come (and are no heading or table head)."""

LONG_TABLE = 12_000
"""Characters in its cells: a longer table's columns keep the widths its first rows need."""

LONG_LINE = 1_000
"""Characters: longer lines of code are not highlighted."""

LONG_BLOCK = 32_000
"""Characters: a list item that is longer ends there, and another one begins."""

LONG_QUOTATION = 15_000
"""Characters: a quotation that is longer ends there; it is parsed as a whole, all its levels."""

SHOWN = 2_000
"""Characters: of a longer unfinished end, the last lines are shown as plain text."""

NARROWEST = 6
"""Columns: nothing is laid out narrower; the terminal wraps it."""

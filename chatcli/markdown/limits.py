"""Sizes above which Markdown is printed in parts: they bound its cost and barely show."""

from __future__ import annotations

LONG_PARAGRAPH = 2_500
"""Characters: longer paragraphs are printed as they arrive (never as a heading or table head)."""

LONG_TABLE = 12_000
"""Characters in its cells: a longer table's columns keep the widths its first rows need."""

LONG_LINE = 1_000
"""Characters: longer lines of code are not highlighted."""

LONG_BLOCK = 32_000
"""Characters: a list item or quotation that is longer ends there, and another one begins."""

MANY_MARKS = 2_000
"""`>` marks in a quotation: with more it is ended there, as each level of each line costs time."""

SHOWN = 2_000
"""Characters: of a longer unfinished end, the last lines are shown as plain text."""

NARROWEST = 6
"""Columns: nothing is laid out narrower; the terminal wraps it."""

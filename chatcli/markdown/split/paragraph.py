"""Reading a long paragraph in parts, which are drawn before its end is known."""

from __future__ import annotations

from chatcli.markdown.limits import LONG_PARAGRAPH
from chatcli.markdown.parser import References, parse_blocks
from chatcli.markdown.parts import BLANK, LONGEST, NEWLINE, choose, places_at
from chatcli.markdown.split.pieces import TextPart
from chatcli.markdown.split.readers import Read
from chatcli.markdown.split.source import Source

_PART = 600
"""Characters below which no part is cut off."""


class Paragraph:
    """Reads a paragraph that is longer than `LONG_PARAGRAPH`.

    Args:
        references: the link definitions known by now.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._within_line = False
        self._checked = 0
        """Start of the last line that is known to belong to the paragraph."""
        self._enough = _PART
        """Characters from which a place to cut is looked for."""

    def read(self, source: Source) -> Read:
        """Give the next part: up to the end, or to a place that no markup crosses."""
        text = source.rest(LONGEST)
        end = self._end(text)
        if end is None and source.closed and len(text) == len(source):
            end = len(text)
        if end is not None:
            part = text[:end].strip()
            return Read([TextPart(part)] if part else [], end, ended=True)
        if len(text) < self._enough:
            return Read([], 0, ended=False)
        return self._part(text)

    def _end(self, text: str) -> int | None:
        """Where the paragraph ends, if a blank line or another block follows it."""
        lines = text[self._checked :].split("\n")[:-1]
        if not lines:
            return None
        # Text is put before the lines, or before the rest of one, for them to continue.
        before = "x " if self._within_line and not self._checked else "x\n"
        source = before + "".join(f"{line}\n" for line in lines)
        belonging = parse_blocks(source, {}, continued=True).blocks[0].end - before.count("\n")
        if belonging < len(lines):
            return self._checked + sum(len(line) + 1 for line in lines[:belonging])
        self._checked += sum(len(line) + 1 for line in lines[:-1])
        return None

    def _part(self, text: str) -> Read:
        """Cut at a place that no markup crosses; wait if none is found yet."""
        places = self._places(text)
        end = choose(text, places, self._references)
        if end is None and len(text) < LONGEST:
            self._enough = min(2 * len(text), LONGEST)
            return Read([], 0, ended=False)
        end = end or (places[-1] if places else len(text))
        self._enough = _PART
        self._within_line = text[end - 1] != "\n"
        self._checked = max(0, self._checked - end)
        return Read([TextPart(text[:end].lstrip(" \t"))], end, ended=False)

    def _places(self, text: str) -> list[int]:
        """Where it may be cut: at blanks in a line too long to be a table's head, and at line ends.

        The last two line ends are left out: the line between them may still become such a head.
        """
        first = text.find("\n") if "\n" in text else len(text)
        long = self._within_line or first > LONG_PARAGRAPH
        within = places_at(BLANK, text, first) if long else []
        return [*within, *places_at(NEWLINE, text, self._checked)]

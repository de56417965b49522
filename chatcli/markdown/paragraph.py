"""Reading a long paragraph in parts, which are drawn before its end is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatcli.markdown.limits import HELD, LONG_PARAGRAPH
from chatcli.markdown.parser import References, parse_blocks, self_contained
from chatcli.markdown.pieces import TextPart
from chatcli.markdown.readers import Read
from chatcli.markdown.source import Source

_SHORTEST = 500
"""Characters: no part is shorter, but the last one."""
_TRIES = 5
_SPACE = re.compile(r"(?<=\S) (?=\S)|(?<=[。！？、，；])(?=\w)")  # noqa: RUF001


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

    def read(self, source: Source) -> Read:
        """Give the next part: up to the end, or to a place that the rest cannot reach back over."""
        text = source.rest(HELD)
        end = self._end(text)
        if end is None and source.closed and len(text) == len(source):
            end = len(text)
        if end is not None:
            part = text[:end].strip()
            return Read([TextPart(part)] if part else [], end, ended=True)
        if len(text) <= LONG_PARAGRAPH:
            return Read([], 0, ended=False)
        return self._part(text, forced=len(text) == HELD)

    def _end(self, text: str) -> int | None:
        """Where the paragraph ends, if its last line is followed by another block's or a blank."""
        lines = text[self._checked :].split("\n")[:-1]
        if not lines:
            return None
        # A line of text before the lines, or before the rest of one, lets them go on from it.
        before = "x " if self._within_line and not self._checked else "x\n"
        source = before + "".join(f"{line}\n" for line in lines)
        belonging = parse_blocks(source, {}, continued=True).blocks[0].end - before.count("\n")
        if belonging < len(lines):
            return self._checked + sum(len(line) + 1 for line in lines[:belonging])
        self._checked += sum(len(line) + 1 for line in lines[:-1])
        return None

    def _part(self, text: str, *, forced: bool) -> Read:
        """Cut at the last place that can be cut at; if none is found, wait, unless `forced`."""
        places = list(self._places(text))
        tried = [
            places[-1 - (1 << index) + 1] for index in range(_TRIES) if 1 << index <= len(places)
        ]
        for end, glue in tried:
            if self_contained(text[:end].strip(), self._references):
                return self._cut(text, end, glue)
        if forced:
            return self._cut(text, *(places[-1] if places else (len(text), "")))
        return Read([], 0, ended=False)

    def _cut(self, text: str, end: int, glue: str) -> Read:
        self._within_line = text[end - 1] != "\n"
        self._checked = max(0, self._checked - end)
        return Read([TextPart(text[:end].strip(), glue)], end, ended=False)

    def _places(self, text: str) -> Iterator[tuple[int, str]]:
        """Ends of parts, first to last, each with what stands between it and the rest.

        These are ends of lines, but not of the last two, which might still be a table's head;
        and blanks in a line that is too long for one.
        """
        first = text.find("\n")
        if first < 0 or first > LONG_PARAGRAPH:
            for match in _SPACE.finditer(text, _SHORTEST, first if first > 0 else len(text)):
                yield match.end(), match.group()
            return
        for match in re.finditer("\n", text[_SHORTEST : self._checked]):
            end = _SHORTEST + match.end()
            if not text[:end].endswith(("  \n", "\\\n")):
                yield end, " "

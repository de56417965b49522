"""Reading code blocks and tables line by line, while they are still being written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from chatcli.markdown.parser import parse_blocks
from chatcli.markdown.split.pieces import CodeLine, Piece, TableRows
from chatcli.markdown.split.source import Source

_FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")
_INDENT = 4
"""Columns before the lines of an indented code block; also the distance of tab stops."""

_AT_ONCE = 4_000
_ROWS_AT_ONCE = 1_000
"""Characters read at a time: a budget can be checked after each."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: pieces, how many characters of the source they took, whether it ended."""

    pieces: list[Piece]
    length: int
    ended: bool


class Reader(Protocol):
    """Reads one open block, a part at a time."""

    def read(self, source: Source) -> Read:
        """Read on at the start of `source`; nothing is taken from it."""


class Fence:
    """Reads the lines of a fenced code block.

    Args:
        opening: the line with the fence.
    """

    def __init__(self, opening: str) -> None:
        match = _FENCE.match(opening.rstrip("\n"))
        if match is None:
            raise ValueError(opening)
        indent, marker, self.info = match.groups()
        self._indent = len(indent)
        self._closing = re.compile(rf" {{0,3}}{re.escape(marker)}{marker[0]}*[ \t]*")

    def closes(self, line: str) -> bool:
        """Whether a line is the closing fence."""
        return self._closing.fullmatch(line.rstrip("\n")) is not None

    def read(self, source: Source) -> Read:
        """Give the lines up to the closing fence."""
        pieces: list[Piece] = []
        length = 0
        for line in source.lines(_AT_ONCE).split("\n")[:-1]:
            length += len(line) + 1
            if self.closes(line):
                return Read(pieces, length, ended=True)
            pieces.append(CodeLine(_outdent(line, self._indent)))
        return Read(pieces, length, ended=False)


class Indented:
    """Reads the lines of an indented code block."""

    def read(self, source: Source) -> Read:
        """Give the lines up to one that is indented less."""
        pieces: list[Piece] = []
        length = 0
        for line in source.lines(_AT_ONCE).split("\n")[:-1]:
            if line.strip(" \t") and _indent(line) < _INDENT:
                return Read(pieces, length, ended=True)
            length += len(line) + 1
            pieces.append(CodeLine(_outdent(line, _INDENT)))
        return Read(pieces, length, ended=False)


class Rows:
    """Reads the rows of a table.

    Args:
        head: the lines of its head and of the dashes below.
    """

    def __init__(self, head: str) -> None:
        self._head = head

    def read(self, source: Source) -> Read:
        """Give the rows up to the first line that is not one."""
        lines = source.lines(_ROWS_AT_ONCE)
        table = parse_blocks(self._head + lines, {}).blocks[0]
        rows = table.end - self._head.count("\n")
        length = sum(len(line) + 1 for line in lines.split("\n")[:rows])
        pieces: list[Piece] = [TableRows(table)] if rows else []
        return Read(pieces, length, ended=length < len(lines))


def _indent(line: str) -> int:
    """Columns of white space before a line."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blanks.expandtabs(_INDENT))


def _outdent(line: str, columns: int) -> str:
    """Remove white space up to a column; the rest of a split tab becomes blanks."""
    taken = index = 0
    while taken < columns and line[index : index + 1] in (" ", "\t"):
        taken += _INDENT - taken % _INDENT if line[index] == "\t" else 1
        index += 1
    return " " * max(0, taken - columns) + line[index:]

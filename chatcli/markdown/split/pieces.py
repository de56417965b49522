"""What a growing Markdown text is cut into; each piece can be drawn for good."""

from __future__ import annotations

from dataclasses import dataclass

from chatcli.markdown.parser import Block


@dataclass(frozen=True, slots=True)
class Whole:
    """A finished block, or finished items of a list."""

    block: Block
    continues: bool = False
    """The block continues the piece before: no blank line between them."""


@dataclass(frozen=True, slots=True)
class CodeOpened:
    """A code block begins; `info` is what follows its fence."""

    info: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of the open code block, without its newline."""

    text: str


@dataclass(frozen=True, slots=True)
class TableOpened:
    """A table begins: its head."""

    block: Block


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows of the open table, below a repeated head."""

    block: Block


@dataclass(frozen=True, slots=True)
class TextPart:
    """The next part of a long paragraph, the white space at its end included."""

    source: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The code block, table or long paragraph that was open has ended."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A link definition that came after the text that needed it."""

    label: str
    target: str


Piece = Whole | CodeOpened | CodeLine | TableOpened | TableRows | TextPart | Closed | Definition

"""Pieces of a growing text drawn as lines, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.code.block import CodeBlock
from chatcli.markdown.draw.layout import Layout, aligns
from chatcli.markdown.draw.table import Table
from chatcli.markdown.draw.wrap import Wrapper, wrap
from chatcli.markdown.limits import NARROWEST
from chatcli.markdown.parser import Block
from chatcli.markdown.split.pieces import (
    Closed,
    CodeLine,
    CodeOpened,
    Definition,
    Piece,
    TableOpened,
    TableRows,
    TextPart,
    Whole,
)

if TYPE_CHECKING:
    from chatcli.markdown.draw.wrap import Line

_CONTAINERS = frozenset({"bullet_list", "ordered_list", "blockquote", "table"})


class Drawing:
    """Draws pieces; a block that comes in parts stays open from one to the next.

    Args:
        layout: draws the blocks that come whole.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.before = ""
        """The kind of the last block; empty at the start."""
        self.code: CodeBlock | None = None
        self.table: Table | None = None
        self.text: Wrapper | None = None

    def draw(self, piece: Piece, width: int) -> Iterator[Line]:
        """Draw a piece, with the blank line before it where one belongs."""
        match piece:
            case Whole(block, continues):
                empty = len(block.tokens) == len(("blockquote_open", "blockquote_close"))
                yield from () if continues else self._space("empty" if empty else block.kind)
                yield from self.layout.draw(block, width)
            case CodeOpened(info):
                yield from self._space("fence")
                self.code = CodeBlock(info, self.layout.styles, self.layout.styles.null)
                yield from self.code.open()
            case CodeLine(line) if self.code is not None:
                yield from self.code.add(line, width)
            case TableOpened(block):
                yield from self._space("table")
                self.table = Table(aligns(block), self.layout.styles, self.layout.styles.null)
                yield from self._add_rows(self.table, block, width, slice(1))
            case TableRows(block) if self.table is not None:
                yield from self._add_rows(self.table, block, width, slice(1, None))
            case TextPart():
                yield from self._add_text(piece, width)
            case Definition():
                yield from self._define(piece, width)
            case Closed():
                yield from self._close(width)

    def _space(self, kind: str) -> Iterator[Line]:
        """The blank line between two blocks, as Rich sets it: a rule brings one of its own."""
        between = self.before and (self.before != "hr" or kind in _CONTAINERS)
        if between and not self.before == kind == "definition":
            yield []
        self.before = kind

    def _add_rows(self, table: Table, block: Block, width: int, which: slice) -> Iterator[Line]:
        for cells in list(self.layout.rows(block, self.layout.styles.null))[which]:
            yield from table.add(cells, width)

    def _add_text(self, part: TextPart, width: int) -> Iterator[Line]:
        if self.text is None:
            yield from self._space("paragraph")
            self.text = Wrapper()
        text = self.layout.text(part.source, self.layout.styles.null)
        yield from self.text.add(text, max(width, NARROWEST))

    def _define(self, definition: Definition, width: int) -> Iterator[Line]:
        from rich.style import Style
        from rich.text import Text

        yield from self._space("definition")
        link = self.layout.styles["link"] + Style(link=definition.target or None)
        text = Text.assemble(f"[{definition.label}]: ", (definition.target, link))
        yield from wrap(text, max(width, NARROWEST))

    def _close(self, width: int) -> Iterator[Line]:
        if self.code is not None:
            yield from self.code.close(width)
        if self.table is not None:
            yield from self.table.close(width)
        if self.text is not None:
            yield from self.text.close()
        self.code = self.table = self.text = None

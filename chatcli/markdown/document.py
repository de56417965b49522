"""A whole Markdown document drawn at once, to the same lines as a stream of the same text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.core.text import encodable, for_terminal
from chatcli.markdown.draw.drawing import Drawing
from chatcli.markdown.draw.layout import Layout
from chatcli.markdown.parser import parse_blocks
from chatcli.markdown.split.pieces import Whole
from chatcli.markdown.styles import styles

if TYPE_CHECKING:
    from chatcli.markdown.draw.wrap import Line
    from chatcli.markdown.theme import Theme


def document_lines(text: str, width: int, theme: Theme) -> Iterator[Line]:
    """Parse a whole text and draw it, blank lines at its start and end included."""
    parsed = parse_blocks(for_terminal(encodable(text)) + "\n", {})
    drawing = Drawing(Layout(styles(theme), parsed.references))
    for block in parsed.blocks:
        yield from drawing.draw(Whole(block), width)

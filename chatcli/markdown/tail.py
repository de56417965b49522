"""The unfinished end of a reply, drawn as it looks by now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.drawing import Drawing
from chatcli.markdown.layout import Layout
from chatcli.markdown.limits import NARROWEST, SHOWN
from chatcli.markdown.parser import parse_blocks
from chatcli.markdown.pieces import Whole
from chatcli.markdown.splitter import Splitter
from chatcli.markdown.wrap import wrap

if TYPE_CHECKING:
    from rich.text import Text

    from chatcli.markdown.table import Table
    from chatcli.markdown.wrap import Line

# A last line that may turn out to be anything: half a bullet, fence, rule or underline.
_UNDECIDED = re.compile(r"[ \t>]*(?:[-=*+_#~`|:]+|\d{1,9}[.)]?)[ \t]*")


def tail_lines(splitter: Splitter, drawing: Drawing, width: int) -> Iterator[Line]:
    """Draw what `splitter` has not given yet below what `drawing` has drawn; changes neither.

    Of a long end, only the last part is drawn, as plain text.
    """
    rest = splitter.source.rest()
    before, newline, last = rest.rpartition("\n")
    if _UNDECIDED.fullmatch(last):
        rest, last = before + newline, ""
    if drawing.table is not None:
        return _table(drawing.table, drawing.layout)
    if drawing.code is not None:
        return drawing.code.unfinished(last[-SHOWN:], width)
    if drawing.text is not None:
        return wrap(_text(drawing.text.open, rest, drawing.layout), max(width, NARROWEST))
    if len(rest) > SHOWN:
        return wrap(_plain(rest[-SHOWN:].partition("\n")[2]), max(width, NARROWEST))
    return _blocks(rest, splitter, drawing, width)


def _table(table: Table, layout: Layout) -> Iterator[Line]:
    from rich.segment import Segment

    if table.waiting is not None:
        rows = f"{table.waiting} row{'' if table.waiting == 1 else 's'}"
        yield [Segment(f" table, {rows}…", layout.styles["notice"])]


def _text(line: Text, rest: str, layout: Layout) -> Text:
    """The line of a long paragraph that waits for its end, and what has come behind it."""
    if len(rest) > SHOWN:
        return _plain(rest[-SHOWN:])
    return line.copy().append_text(layout.text(rest.strip(), layout.styles.null))


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(text)


def _blocks(rest: str, splitter: Splitter, drawing: Drawing, width: int) -> Iterator[Line]:
    parsed = parse_blocks(rest + "\n", splitter.references)
    scratch = Drawing(Layout(drawing.layout.styles, parsed.references))
    scratch.before = drawing.before
    number = splitter.number
    for block in parsed.blocks:
        if number is not None:
            block.tokens[0].attrs["start"] = number
        yield from scratch.draw(Whole(block, continues=number is not None), width)
        number = None

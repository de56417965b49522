"""The unfinished end of a reply, drawn as it looks now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.draw.drawing import Drawing
from chatcli.markdown.draw.layout import Layout
from chatcli.markdown.draw.wrap import wrap
from chatcli.markdown.limits import NARROWEST, SHOWN
from chatcli.markdown.parser import parse_blocks
from chatcli.markdown.split.pieces import Whole
from chatcli.markdown.split.splitter import Splitter

if TYPE_CHECKING:
    from rich.text import Text

    from chatcli.markdown.draw.table import Table
    from chatcli.markdown.draw.wrap import Line

# A last line that may turn out to be anything: half a bullet, fence, rule or underline.
_UNDECIDED = re.compile(r"[ \t>]*(?:[-=*+_#~`|:]+|\d{1,9}[.)]?)[ \t]*")

_CODE = re.compile(r"(`+)[^`].*?(?<!`)\1(?!`)")


def tail_lines(splitter: Splitter, drawing: Drawing, width: int, rows: int) -> Iterator[Line]:
    """Draw the text that `splitter` still holds as it follows `drawing`; changes neither.

    Of a long text, only what fills `rows` lines is drawn, as plain text.
    """
    rest = splitter.source.rest()
    before, newline, last = rest.rpartition("\n")
    if _UNDECIDED.fullmatch(last):
        rest, last = before + newline, ""
    if drawing.table is not None:
        return _table(drawing.table, drawing.layout)
    if drawing.code is not None:
        return drawing.code.unfinished(last[-SHOWN:], width)
    if len(rest) > SHOWN:
        return wrap(_plain(rest[-rows * width :]), max(width, NARROWEST))
    rest = rest[: len(rest) - len(last)] + _completed(last)
    if drawing.text is not None:
        text = drawing.text.open.copy()
        text.append_text(drawing.layout.text(rest.strip(), drawing.layout.styles.null))
        return wrap(text, max(width, NARROWEST))
    return _blocks(rest, splitter, drawing, width)


def _completed(line: str) -> str:
    """Close code, bold and strikethrough that the last line opens, so that no marks flicker."""
    for mark in ("`", "**", "~~"):
        outside = _CODE.sub("", line)
        if outside.count(mark) % 2:
            line = line.rstrip()
            line = line.removesuffix(mark) if line.endswith(mark) else line + mark
    return line


def _table(table: Table, layout: Layout) -> Iterator[Line]:
    from rich.segment import Segment

    if table.waiting is not None:
        rows = f"{table.waiting} row{'' if table.waiting == 1 else 's'}"
        yield [Segment(f" table, {rows}…", layout.styles["notice"])]


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(text)


def _blocks(rest: str, splitter: Splitter, drawing: Drawing, width: int) -> Iterator[Line]:
    number = splitter.number
    parsed = parse_blocks(rest + "\n", splitter.references, continued=number is not None)
    scratch = Drawing(Layout(drawing.layout.styles, parsed.references))
    scratch.before = drawing.before
    for block in parsed.blocks:
        if number is not None:
            block.tokens[0].attrs["start"] = number
        yield from scratch.draw(Whole(block, continues=number is not None), width)
        number = None

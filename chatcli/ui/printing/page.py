"""The part of a conversation that fits on a page: the last turns, the last lines of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatcli.core.model import Turn

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Page:
    """The turns to show; `cut` if something before them, or of the first one, is left out."""

    turns: tuple[Turn, ...]
    cut: bool = False


def height(text: str, width: int) -> int:
    """About how many rows a text takes; the terminal's real count may differ a little."""
    return sum(1 + len(line) // max(width, 1) for line in text.split("\n"))


def last_page(turns: Sequence[Turn], rows: int, width: int, *, more_before: bool) -> Page:
    """The end of a conversation that takes about `rows` rows, a cut reply at its start."""
    kept: list[Turn] = []
    left = rows
    for turn in reversed(turns):
        needed = height(turn.content, width) + 1
        if needed <= left:
            kept.append(turn)
            left -= needed
            continue
        if not kept:
            kept.append(replace(turn, content=last_lines(turn.content, left)))
        return Page(tuple(reversed(kept)), cut=True)
    return Page(tuple(reversed(kept)), cut=more_before)


def last_lines(text: str, count: int) -> str:
    """The end of a Markdown text, about `count` lines, cut between two blocks.

    Inside a long code block it is cut between two lines, and the block is opened again.
    """
    lines = text.split("\n")
    if len(lines) <= count:
        return text
    wanted = len(lines) - count
    fence = ""
    for index, line in enumerate(lines):
        if index >= wanted and not fence and not line.strip():
            return "\n".join(lines[index + 1 :])
        if index >= wanted and fence and index >= wanted + count // 2:
            return "\n".join([fence, *lines[index:]])
        fence = fence_after(line, fence)
    return "\n".join(lines[wanted:])


def fence_after(line: str, fence: str) -> str:
    """The opening line of the code block that `line` leaves us in; empty outside of one."""
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return line
    opened = _FENCE.match(fence)
    closes = opened and found[1].startswith(opened[1]) and not line.strip(" `~")
    return "" if closes else fence

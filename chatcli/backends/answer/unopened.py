"""Whether a closing tag without an opening one may end reasoning, or is only mentioned."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})(.*)")
_BACKTICKS = re.compile("`+")
_BEFORE_A_MENTION = tuple(" \t([{<'\N{LEFT SINGLE QUOTATION MARK}“«„")
"""A tag right after one of these is only mentioned: `the </think> tag`, `("</think>")`."""


def ends_reasoning(text: str) -> bool:
    """Whether a closing tag behind `text`, an answer's beginning, may end reasoning.

    It may not in a code block, in inline code, in quotes, or behind a blank or an opening bracket.
    """
    *lines, last = text.split("\n")
    fence = ""
    for line in lines:
        fence = _fence_after(line.rstrip("\r"), fence)
    return not fence and not _mentions(last)


def _fence_after(line: str, fence: str) -> str:
    """The marks that opened the code block which `line` leaves us in; empty outside of one."""
    found = _FENCE.match(line)
    if not found:
        return fence
    marks, rest = found.groups()
    if not fence:
        opens = marks[0] == "~" or "`" not in rest
        return marks if opens else ""
    return "" if marks.startswith(fence) and not rest.strip() else fence


def _mentions(line: str) -> bool:
    """Whether a tag behind `line` is part of its sentence."""
    if line.endswith(_BEFORE_A_MENTION) or line.count('"') % 2:
        return True
    return _open_code(line)


def _open_code(line: str) -> bool:
    """Whether inline code is open at the line's end."""
    opened = ""
    for marks in _BACKTICKS.findall(line):
        if not opened:
            opened = marks
        elif marks == opened:
            opened = ""
    return bool(opened)

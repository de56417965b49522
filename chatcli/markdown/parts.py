"""Where a long paragraph can be cut so that its parts read as they do together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatcli.markdown.limits import LONG_PARAGRAPH
from chatcli.markdown.parser import References, markdown_it

Place = tuple[int, str]
"""The end of a part, and what is drawn between it and the next one."""

SHORTEST = 500
"""Characters: no part is shorter, but the last one."""

NEWLINE = re.compile(r"(?<! {2})(?<!\\)\n")  # but none that breaks the line
BLANK = re.compile(r"(?<=\S) (?=\S)|(?<=[。！？、，；])(?=\w)")  # noqa: RUF001

_TRIES = 5


def parts(text: str, references: References) -> Iterator[tuple[str, str]]:
    """Cut a paragraph's text into parts of a few thousand characters, where that is possible.

    Args:
        text: the content of a markdown-it `inline` token.
        references: the link definitions known by now.

    Returns:
        parts, each with what stands between it and the next one.
    """
    while len(text) > LONG_PARAGRAPH:
        places = [
            *places_at(NEWLINE, text, LONG_PARAGRAPH),
            *places_at(BLANK, text, LONG_PARAGRAPH),
        ]
        place = choose(text, sorted(places), references)
        if place is None:
            break
        end, glue = place
        yield text[:end].strip(), glue
        text = text[end:].lstrip(" \t")
    yield text, ""


def places_at(pattern: re.Pattern[str], text: str, before: int) -> list[Place]:
    """The places where `pattern` is found, as far as they make a part."""
    found = pattern.finditer(text, SHORTEST, max(SHORTEST, before))
    return [(match.end(), " " if match.group() else "") for match in found]


def choose(text: str, places: Sequence[Place], references: References) -> Place | None:
    """The last of `places` that the rest of the text cannot reach back over; few are tried."""
    for step in range(_TRIES):
        index = len(places) - (1 << step)
        if index < 0:
            break
        if _self_contained(text[: places[index][0]].strip(), references):
            return places[index]
    return None


def _self_contained(text: str, references: References) -> bool:
    """Whether `text` opens no emphasis, code span or link that could be closed behind it."""
    from markdown_it.rules_inline import StateInline

    parser = markdown_it().inline
    state = StateInline(text, markdown_it(), {"references": references}, [])
    parser.tokenize(state)
    for rule in parser.ruler2.getRules(""):
        rule(state)
    if any(delimiter.open and delimiter.end < 0 for delimiter in state.delimiters):
        return False
    plain = "".join(token.content for token in state.tokens if token.type == "text")
    target = plain.rpartition("](")[2] if "](" in plain else ")"
    return (
        "`" not in plain
        and plain.count("[") <= plain.count("]")
        and target.count("(") < target.count(")")
    )

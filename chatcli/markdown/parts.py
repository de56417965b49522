"""Where a long paragraph can be cut so that its parts read as they do together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatcli.markdown.limits import LONG_PARAGRAPH
from chatcli.markdown.parser import References, markdown_it

SHORTEST = 500
"""Characters: no part but the last is shorter."""
LONGEST = 4_000
"""Characters: a longer text is cut even where its markup is split."""

NEWLINE = re.compile(r"(?<! {2})(?<!\\)\n")  # except hard line breaks
BLANK = re.compile(r"(?<=\S) (?=\S)|(?<=[。！？、，；])(?=\w)")  # noqa: RUF001

_BRACKET = re.compile(r"[\[\]]")


def parts(text: str, references: References) -> Iterator[str]:
    """Cut a paragraph's text into parts of a few thousand characters, where that is possible.

    Args:
        text: the content of a markdown-it `inline` token.
        references: the link definitions known by now.
    """
    while len(text) > LONG_PARAGRAPH:
        end = choose(text, _places(text, LONG_PARAGRAPH), references)
        if end is None:
            if len(text) <= LONGEST:
                break
            end = max(_places(text, LONGEST), default=LONGEST)
        yield text[:end]
        text = text[end:].lstrip(" \t")
    yield text


def _places(text: str, before: int) -> list[int]:
    return sorted([*places_at(NEWLINE, text, before), *places_at(BLANK, text, before)])


def places_at(pattern: re.Pattern[str], text: str, before: int) -> list[int]:
    """The ends of `pattern`'s matches, without those that would make a part too short."""
    found = pattern.finditer(text, SHORTEST, max(SHORTEST, before))
    return [match.end() for match in found]


def choose(text: str, places: Sequence[int], references: References) -> int | None:
    """A late one of `places`, such that no markup begins before it and ends after it.

    Only a few are tried; None if markup may cross all of these.
    """
    for quarters in (4, 3, 2, 1):
        index = len(places) * quarters // 4 - 1
        if index >= 0 and _self_contained(text[: places[index]], references):
            return places[index]
    return None


def _self_contained(text: str, references: References) -> bool:
    """Whether `text` opens no emphasis, code span or link that could be closed after it."""
    from markdown_it.rules_inline import StateInline

    parser = markdown_it().inline
    state = StateInline(text, markdown_it(), {"references": references}, [])
    parser.tokenize(state)
    for rule in parser.ruler2.getRules(""):
        rule(state)
    if any(delimiter.open and delimiter.end < 0 for delimiter in state.delimiters):
        return False
    plain = "".join(token.content for token in state.tokens if token.type in {"text", "image"})
    target = plain.rpartition("](")[2] if "](" in plain else ")"
    return "`" not in plain and not _opens(plain) and target.count("(") < target.count(")")


def _opens(text: str) -> bool:
    """Whether a bracket is open at the end of a text."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket == "[" else max(0, depth - 1)
    return depth > 0

"""Faults of a configuration: what is wrong, in which line, and the nearest correct word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chatcli.core.text import one_line

KeyPath = tuple[str | int, ...]
"""The path to a value: names of tables and keys, numbers of list items (from 0)."""

_TELLING = 3  # characters of a word that must be the same


class Fault(NamedTuple):
    """A fault as the decoder finds it, before anyone knows where the value came from."""

    path: KeyPath
    message: str
    hint: str = ""


class Problem(NamedTuple):
    """A fault and its place.

    `place` is the file's path, or where else the value came from ($CHATCLI_MODEL). `line`
    counts from 1; None where it is not known. `key` is dotted; empty for the file as a whole.
    """

    place: str
    line: int | None
    key: str
    message: str
    hint: str

    @property
    def sentence(self) -> str:
        """`config.toml:12: …`, on one line."""
        place = self.place if self.line is None else f"{self.place}:{self.line}"
        return one_line(f"{place}: {self.message}")


class WrongValueError(ValueError):
    """A value that its key does not take.

    Args:
        message: goes on after the key's name: `must be …`. Holds no secret.
        hint: what to write.
        item: the path from the key to the wrong value itself.
    """

    def __init__(self, message: str, hint: str = "", item: KeyPath = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.item = item


def dotted(path: KeyPath) -> str:
    """`models.fast.fallbacks[1]`, names quoted where TOML wants it."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = part.isascii() and part.replace("-", "a").replace("_", "a").isalnum()
            text += ("." if text else "") + (part if bare else f'"{part}"')
    return one_line(text, 100)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the closest of `known`, or one with `word` in it; else empty."""
    from difflib import get_close_matches

    words = list(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    near = near or [each for each in words if len(word) >= _TELLING and word in each]
    return f"did you mean {one_line(near[0])}?" if near else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end

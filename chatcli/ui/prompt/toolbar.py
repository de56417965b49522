"""The row below the input: every active session with its number and state."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

SHORT_NAME = 10
SHORTEST_NAME = 5
LONGEST_NAMES = (
    (1000, 1000),
    (SHORT_NAME, SHORT_NAME),
    (SHORT_NAME, SHORTEST_NAME),
    (SHORT_NAME, 0),
)
"""Columns of the current session's name and of the others', tried one after the other."""
GAP = "  "


class State(Enum):
    """What a session is doing or has to tell: a word, a sign, the name of a style."""

    WRITING = ("writing", "▸", "writing")
    WAITING = ("waiting", "○", "waiting")
    FAILED = ("failed", "✗", "failed")
    INCOMPLETE = ("incomplete", "◐", "incomplete")
    UNREAD = ("unread", "●", "unread")
    IDLE = ("idle", "", "idle")

    @property
    def word(self) -> str:
        """For completion and lists."""
        return self.value[0]

    @property
    def sign(self) -> str:
        """One column, or nothing."""
        return self.value[1]

    @property
    def style(self) -> str:
        """The class in the style sheet."""
        return f"class:{self.value[2]}"


class Tab(NamedTuple):
    """One session as the toolbar shows it."""

    number: int
    name: str
    state: State = State.IDLE
    unread: int = 0
    queued: int = 0
    current: bool = False

    @property
    def marks(self) -> str:
        """The state in signs: `▸+2` writes and has two messages queued; `●3` three unread."""
        sign = self.state.sign
        if self.unread and self.state is not State.UNREAD:
            sign += State.UNREAD.sign
        count = str(self.unread) if self.unread else ""
        return f"{sign}{count}{f'+{self.queued}' if self.queued else ''}"

    @property
    def words(self) -> str:
        """The state in words: `writing, 2 queued`."""
        words = [self.state.word] if self.state is not State.UNREAD else []
        words += [f"{self.unread} unread"] if self.unread else []
        words += [f"{self.queued} queued"] if self.queued else []
        return ", ".join(words)


def toolbar(tabs: Sequence[Tab], width: int, *, more: bool = False) -> StyleAndTextTuples:
    """The row's fragments, shorter than `width` columns; `more`: these are not all sessions.

    A narrow window shortens the names, then leaves out those of the other sessions, then
    the idle ones, and at last whatever does not fit; the current one stays. `…` stands for
    the sessions that are left out.
    """
    for current, other in LONGEST_NAMES:
        row = [_label(tab, current if tab.current else other) for tab in tabs]
        row += [MORE] * more
        if _width(row) < width:
            return _joined(row)
    return shortened(_joined(_first_of(tabs, width)), width)


def _first_of(tabs: Sequence[Tab], width: int) -> list[Label]:
    """The current session and as many before and after it as fit, of those with marks."""
    labels = [(t.current, _label(t, SHORT_NAME * t.current)) for t in tabs if t.current or t.marks]
    row: list[Label] = []
    room = width - 1 - _width([*(label for current, label in labels if current), MORE])
    for current, label in labels:
        if not current:
            room -= _width([label]) + len(GAP)
        if current or room >= 0:
            row.append(label)
    return [*row, MORE]


Label = tuple[tuple[str, str], ...]
MORE: Label = (("class:session", "…"),)


def _label(tab: Tab, longest: int) -> Label:
    name = tab.name if len(tab.name) <= longest else f"{tab.name[: longest - 1]}…" * bool(longest)
    text = f"{tab.number} {name}".rstrip()
    style = "class:current" if tab.current else "class:session"
    return ((style, text), (tab.state.style, f" {tab.marks}" if tab.marks else ""))


def _width(row: Sequence[Label]) -> int:
    words = sum(get_cwidth(text) for label in row for _, text in label)
    return words + len(GAP) * max(len(row) - 1, 0)


def _joined(row: Sequence[Label]) -> StyleAndTextTuples:
    fragments: StyleAndTextTuples = []
    for index, label in enumerate(row):
        fragments += [("", GAP)] * bool(index) + [part for part in label if part[1]]
    return fragments


def shortened(fragments: StyleAndTextTuples, width: int) -> StyleAndTextTuples:
    """The same, cut to less than `width` columns."""
    short: StyleAndTextTuples = []
    left = width - 1
    for style, text, *_ in fragments:
        shown = text if get_cwidth(text) <= left else _cut(text, left)
        short.append((style, shown))
        left -= get_cwidth(shown)
    return short


def _cut(text: str, columns: int) -> str:
    """The text, cut to `width` columns if it is longer."""
    while text and get_cwidth(text) >= columns:
        text = text[:-1]
    return f"{text}…" if columns > 0 else ""

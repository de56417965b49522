"""A model's reasoning as the chat shows it: as it arrives, or summed up in one line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatcli.ui.printing.rendering import Rendering


class Thoughts:
    """The part of a reply's reasoning that is still to be shown."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._tentative: list[str] = []
        """The pieces that may be text after all, including printed ones."""
        self._since: float | None = None
        self._seconds = 0.0
        self._printed = False

    @property
    def under_way(self) -> bool:
        """Whether the model is reasoning now."""
        return self._since is not None

    def add(self, text: str, *, tentative: bool = False) -> None:
        """Take more reasoning."""
        if self._since is None:
            self._since = time.monotonic()
        self._pieces.append(text)
        if tentative:
            self._tentative.append(text)

    def pause(self) -> None:
        """Note that something else arrived: the time of reasoning is counted up to here."""
        if self._since is not None:
            self._seconds += time.monotonic() - self._since
            self._since = None

    def confirm(self) -> bool:
        """Take the tentative pieces as reasoning; returns whether there were any."""
        tentative, self._tentative = self._tentative, []
        return bool(tentative)

    def take_text(self) -> tuple[list[str], bool]:
        """Take out the tentative pieces, the answer, and whether some were printed as reasoning."""
        text, self._tentative = self._tentative, []
        if text:
            self._pieces, self._seconds = [], 0.0
        return text, bool(text) and self._printed

    def take(self, rendering: Rendering, *, over: bool) -> str:
        """Whole lines as they come if reasoning is to be shown, else one line once it is over."""
        if not self._pieces or (not over and not rendering.show_reasoning):
            return ""
        if not rendering.show_reasoning:
            self._pieces = []
            return rendering.paint.dim(_thought(self._seconds)) + "\n"
        text = "".join(self._pieces)
        whole, newline, rest = text.rpartition("\n")
        if over:
            whole, rest = text.rstrip("\n"), ""
        self._pieces = [rest] if rest else []
        if not (newline or over):
            return ""
        self._printed = True
        return rendering.paint.dim(whole) + ("\n" if over else "")


def _thought(seconds: float) -> str:
    """The reasoning in one line; how long it took is known only of a reply seen arriving."""
    return f"(thought for {seconds:.0f} s)" if seconds >= 1 else "(thought before answering)"

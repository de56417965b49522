"""What a session's view prints, piece by piece: texts, replies."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time
from typing import TYPE_CHECKING, Literal, Protocol

from chatcli.ui.paint import Paint
from chatcli.ui.printing.page import height, last_lines
from chatcli.ui.printing.thoughts import Thoughts

if TYPE_CHECKING:
    from chatcli.markdown import MarkdownStream
    from chatcli.markdown.fragments import Fragments
    from chatcli.ui.printing.rendering import Rendering

WAS_REASONING = "the text above was the model's reasoning"
WAS_ANSWER = "that was the answer, not reasoning:"


Apart = Literal["", "line", "block"]
"""Whether a blank line belongs before an item; `line`: not between two of these."""


class Item(Protocol):
    """Something to be printed above the prompt, in its turn.

    `seen` is the turn that has been shown once the item is done. After an item that `leads` no
    blank line follows.
    """

    seen: int | None
    apart: Apart
    leads: bool

    @property
    def done(self) -> bool:
        """Whether all of it has been taken."""
        ...

    @property
    def between_blocks(self) -> bool:
        """Whether something else may be printed now."""
        ...

    @property
    def pending(self) -> bool:
        """Whether there is more to take at once."""
        ...

    def shorten(self, lines: int, width: int) -> int:
        """Keep about the last `lines` lines; returns how many rows the item may take now."""
        ...

    def take(self, rendering: Rendering, until: float) -> str:
        """Finished lines, as much as can be made until a time (`time.thread_time`)."""
        ...


class TextItem:
    """A text that is drawn at once, when its turn comes."""

    between_blocks = True
    pending = False

    def __init__(
        self, draw: Callable[[Paint], str], *, apart: Apart = "", leads: bool = False
    ) -> None:
        self._draw = draw
        self.apart = apart
        self.leads = leads
        self.seen: int | None = None
        self.done = False

    def shorten(self, lines: int, width: int) -> int:  # noqa: ARG002 - the protocol's
        """Texts are short."""
        return 1

    def take(self, rendering: Rendering, until: float) -> str:  # noqa: ARG002 - the protocol's
        """The whole text."""
        self.done = True
        return self._draw(rendering.paint)


def notice_item(text: str) -> TextItem:
    """One dim line about something that has happened."""
    return TextItem(lambda paint: paint.dim(text), apart="line")


class ReplyItem:
    """A reply, from its first piece to its end; rendered only while its session is in view."""

    apart: Apart = "block"
    leads = False

    def __init__(self, turn_id: int) -> None:
        self.turn_id = turn_id
        self.seen: int | None = turn_id
        self.closed = False
        self._pieces: list[str] = []
        self._thoughts = Thoughts()
        self._stream: MarkdownStream | None = None
        self._printed = False
        """Whether blocks of the text have been printed."""
        self._reasoned: MarkdownStream | None = None
        """Text that was printed and then turned out to be reasoning."""
        self._said = ""
        self._last_words: Callable[[Paint], str] | None = None
        self.done = False

    # --- what arrives ---------------------------------------------------------

    def add(self, text: str) -> None:
        """Take more text."""
        self._settle()
        self._pieces.append(text)

    def think(self, text: str, *, tentative: bool = False) -> None:
        """Take more reasoning; `tentative`: it may still turn out to be the answer."""
        self._thoughts.add(text, tentative=tentative)

    def _settle(self) -> None:
        """Take the tentative reasoning as the answer after all."""
        self._thoughts.pause()
        text, printed = self._thoughts.take_text()
        self._pieces += text
        self._said = WAS_ANSWER if printed else self._said

    def turn_to_reasoning(self, text: str) -> None:
        """Take all text so far, which is `text`, as reasoning after all."""
        if self._thoughts.confirm():
            return
        if self._stream is not None and self._printed:
            self._stream.feed("".join(self._pieces))
            self._reasoned, self._said = self._stream, WAS_REASONING
        else:
            self._thoughts.add(text)
        self._pieces, self._stream, self._printed = [], None, False

    def close(self, last_words: Callable[[Paint], str] | None = None) -> None:
        """Note that the reply is over; `last_words` draws what is said about its end."""
        self._settle()
        self.closed = True
        self._last_words = last_words

    def shorten(self, lines: int, width: int) -> int:
        """Keep about the last `lines` lines of a reply of which nothing has been printed."""
        text = "".join(self._pieces)
        rows = height(text, width)
        if rows > lines and self._stream is None:
            self._pieces = [last_lines(text, lines)]
            return lines
        return rows

    @property
    def thinking(self) -> bool:
        """Whether the model is reasoning now."""
        return self._thoughts.under_way

    # --- what is printed ------------------------------------------------------

    @property
    def between_blocks(self) -> bool:
        """Whether something else may be printed now."""
        return self._stream is None or self._stream.between_blocks

    def take(self, rendering: Rendering, until: float) -> str:
        """The finished blocks."""
        over = bool(self._pieces) or self.closed or self._stream is not None
        parts = [self._take_said(rendering), self._thoughts.take(rendering, over=over)]
        if self._pieces:
            text, self._pieces = "".join(self._pieces), []
            self._stream = self._stream or rendering.stream()
            self._stream.feed(text)
        if self._stream is not None:
            take = self._stream.finish if self.closed else self._stream.take
            parts.append(take(rendering.paint.width, max(until - thread_time(), 0.001)))
            self._printed = self._printed or bool(parts[-1])
        if self.closed and not self.pending:
            words = self._last_words(rendering.paint) if self._last_words else ""
            parts.append("\n" * bool(words and self._printed) + words)
            self.done = True
        return "".join(parts)

    def _take_said(self, rendering: Rendering) -> str:
        """A line about text printed earlier, which cannot be taken back.

        The part of such reasoning that was not printed yet appears only if reasoning is shown.
        """
        if not self._said:
            return ""
        said, self._said = rendering.paint.dim(self._said), ""
        stream, self._reasoned = self._reasoned, None
        if stream is None:
            return f"{said}\n"
        rest = stream.finish(rendering.paint.width) if rendering.show_reasoning else ""
        return f"{rest}\n{said}\n"

    @property
    def pending(self) -> bool:
        """Whether there is more to take at once; it did not fit into the time."""
        return self._stream is not None and self._stream.pending

    def tail(self, rendering: Rendering, rows: int) -> list[Fragments]:
        """The unfinished end, as at most `rows` rows of fragments."""
        if self._stream is None or self.closed:
            return []
        return self._stream.tail(rendering.paint.width, rows)

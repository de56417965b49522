"""A reply's Markdown while it arrives: finished lines to print, and a live tail to show."""

from __future__ import annotations

from collections.abc import Iterator
from time import thread_time
from typing import TYPE_CHECKING

from chatcli.markdown.document import document_lines
from chatcli.markdown.draw.drawing import Drawing
from chatcli.markdown.draw.layout import Layout
from chatcli.markdown.fragments import Fragments as Fragments, fragments
from chatcli.markdown.printer import Printer
from chatcli.markdown.split.splitter import Splitter
from chatcli.markdown.styles import styles
from chatcli.markdown.tail import tail_lines
from chatcli.markdown.theme import Theme

if TYPE_CHECKING:
    from chatcli.markdown.draw.wrap import Line


class MarkdownStream:
    """One reply, rendered while it arrives.

    Feed it text as it comes. At each tick of the screen, write what `take` returns above the
    prompt, once and for good, and show what `tail` returns below it. At the end, call `finish`
    until `pending` is False.

    Args:
        theme: the colours.
        links: write clickable links (OSC 8) into finished text.
    """

    def __init__(self, theme: Theme, *, links: bool = True) -> None:
        self._splitter = Splitter()
        self._drawing = Drawing(Layout(styles(theme), self._splitter.references))
        self._printer = Printer(theme, links=links)
        self._lines: Iterator[Line] = iter(())
        """What is left of the piece that is being drawn."""
        self._pending = False
        self._shown: tuple[int, int] | None = None
        self._tail: list[Fragments] = []

    @property
    def pending(self) -> bool:
        """True while finished text waits because the last call's budget was used up."""
        return self._pending

    @property
    def between_blocks(self) -> bool:
        """Whether other text may be printed now without standing inside a block."""
        splitter = self._splitter
        return splitter.reader is None and splitter.number is None and not self._pending

    def feed(self, text: str) -> None:
        """Append text as it came from the model; cheap, nothing is parsed.

        Control characters become visible signs; a CR LF or a surrogate pair may be split over
        two calls.
        """
        self._splitter.source.feed(text)
        self._shown = None

    def take(self, width: int, budget: float | None = None) -> str:
        """Return what has been finished since the last call, ready to be written to a terminal.

        Args:
            width: columns of the window.
            budget: seconds of CPU time after which to stop; the rest is `pending`.

        Returns:
            whole lines, with escape sequences of our own only; each ends with a newline and has
            no blanks at its end. Empty when nothing is finished. Over all calls, neither the
            first nor the last line is blank.
        """
        until = None if budget is None else thread_time() + budget
        written: list[str] = []
        self._shown, self._pending = None, True
        while self._pending:
            if (line := next(self._lines, None)) is not None:
                written.append(self._printer.print(line))
            elif (piece := self._splitter.next()) is not None:
                self._lines = self._drawing.draw(piece, width)
            else:
                self._pending = self._splitter.read()
            if until is not None and thread_time() > until:
                break
        return "".join(written)

    def finish(self, width: int, budget: float | None = None) -> str:
        """Return the rest; nothing may be fed afterwards. Call again while `pending`."""
        self._splitter.source.close()
        return self.take(width, budget)

    def tail(self, width: int, rows: int) -> list[Fragments]:
        """Return the unfinished end as it looks now.

        Args:
            width: columns of the window.
            rows: the maximum number of lines; of more, the last are returned.

        Returns:
            lines of (style, text) in prompt_toolkit's terms; the same list as long as nothing
            was fed or taken. Wide characters may make a line a little wider than `width`.
        """
        if self._shown != (width, rows):
            self._shown = (width, rows)
            self._tail = [] if self._pending else self._draw_tail(width, rows)[-rows:]
        return self._tail

    def _draw_tail(self, width: int, rows: int) -> list[Fragments]:
        drawn = tail_lines(self._splitter, self._drawing, width, rows)
        lines = [fragments(line) for line in drawn]
        while lines and not any(text.strip() for _, text in lines[-1]):
            lines.pop()
        return [*([] for _ in range(self._printer.blank if lines else 0)), *lines]


def render_markdown(text: str, width: int, theme: Theme, *, links: bool = True) -> str:
    """Render a whole text at once; the same lines as a `MarkdownStream` gives for it.

    Only links whose definition comes later differ: here they are links; in a stream their text has
    already been printed, and the definition is shown after it.

    Args:
        text: the Markdown as the model wrote it.
        width: columns of the window.
        theme: the colours.
        links: write clickable links (OSC 8).
    """
    printer = Printer(theme, links=links)
    return "".join(map(printer.print, document_lines(text, width, theme)))

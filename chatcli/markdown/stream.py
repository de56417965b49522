"""A reply's Markdown as it arrives: finished blocks for the scrollback, a live tail for the rest."""

from __future__ import annotations

from chatcli.core.text import for_terminal
from chatcli.markdown.theme import Theme

Fragments = list[tuple[str, str]]
"""One line for prompt_toolkit: (style, text) pairs without a newline."""


class MarkdownStream:
    """One reply, rendered while it arrives.

    Feed it text as it comes; at each tick of the screen write what `take` returns once above
    the prompt, and show `tail` below it. The order is feed*, take*, ..., finish; after `finish`
    returned and `pending` is False the reply is wholly out.

    Args:
        theme: the colours.
        links: write clickable links (OSC 8) into finished text.
    """

    def __init__(self, theme: Theme, *, links: bool = True) -> None:
        self._theme = theme
        self._links = links
        self._text = ""

    @property
    def pending(self) -> bool:
        """True while finished text waits because the last call's budget was used up."""
        return False

    def feed(self, text: str) -> None:
        """Append text as it came from the model; cheap, nothing is parsed.

        Control characters are made visible here; a CR LF or a surrogate pair may be split
        over two calls.
        """
        self._text += text

    def take(self, width: int, budget: float | None = None) -> str:
        """Return what has been finished since the last call, ready to be written to a terminal.

        Args:
            width: columns of the window.
            budget: stop after about so many seconds of CPU time; the rest is `pending`.

        Returns:
            whole lines with escape sequences of our own only; each ends with a newline and has
            no blanks at its end. Empty when nothing is finished.
        """
        head, newline, self._text = self._text.rpartition("\n")
        return for_terminal(head) + newline

    def tail(self, width: int, rows: int) -> list[Fragments]:
        """Return the unfinished end of the reply, at most `rows` lines of at most `width` columns."""
        return [[("", for_terminal(line))] for line in self._text.split("\n")][-rows:]

    def finish(self, width: int, budget: float | None = None) -> str:
        """Return the rest; nothing may be fed afterwards. Call again while `pending`."""
        text, self._text = for_terminal(self._text), ""
        return text + "\n" if text else ""


def render_markdown(text: str, width: int, theme: Theme, *, links: bool = True) -> str:
    """Render a whole text at once; the same lines as a `MarkdownStream` gives for it.

    Args:
        text: the Markdown as the model wrote it.
        width: columns of the window.
        theme: the colours.
        links: write clickable links (OSC 8).
    """
    stream = MarkdownStream(theme, links=links)
    stream.feed(text)
    return stream.take(width) + stream.finish(width)


def warm_up() -> None:
    """Import what rendering needs and the usual languages' lexers; meant for a thread."""

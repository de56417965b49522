"""A code block drawn line by line: one blank column around it, long lines wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatcli.markdown.code.by_line import Plain
from chatcli.markdown.code.highlight import highlighter
from chatcli.markdown.draw.wrap import wrap
from chatcli.markdown.limits import LONG_LINE, NARROWEST

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from chatcli.markdown.code.by_line import Highlighter
    from chatcli.markdown.code.lexing import TokenLine
    from chatcli.markdown.draw.wrap import Line
    from chatcli.markdown.styles import Styles

_TAB = 4


class CodeBlock:
    """Draws one code block, whose lines come one after the other.

    Args:
        info: what follows the opening fence; empty for an indented block.
        styles: the theme's.
        base: the style of the block around.
    """

    def __init__(self, info: str, styles: Styles, base: Style) -> None:
        self._highlighter: Highlighter = highlighter(info) if styles.code else Plain()
        self._styles = styles
        self._base = base
        self._waiting: list[str] = []
        self._blank = 0
        """Blank lines that are drawn when code follows; at the end of a block they are not."""
        self._empty = True

    def open(self) -> Iterator[Line]:
        """The blank row above the code."""
        yield []

    def add(self, line: str, width: int) -> Iterator[Line]:
        """Take a line of code, without its newline; draw what is decided."""
        self._waiting.append(line.expandtabs(_TAB))
        yield from self._draw(self._decided(self._waiting[-1]), width)

    def close(self, width: int) -> Iterator[Line]:
        """Draw the lines that waited, and the blank row below the code."""
        yield from self._draw(self._decided(None), width)
        yield from self._draw([[(None, line)] for line in self._waiting], width)
        if self._empty:
            yield []
        yield []

    def _decided(self, line: str | None) -> list[TokenLine]:
        """The lines that the highlighter gives for another line, or for the end of the code."""
        try:
            return self._highlighter.close() if line is None else self._highlighter.add(line)
        except Exception:  # noqa: BLE001  # a fault of a lexer must not cost the text
            self._highlighter = Plain()
            return [[(None, waiting)] for waiting in self._waiting]

    def unfinished(self, line: str, width: int) -> Iterator[Line]:
        """The waiting lines and the beginning of the next one, as they look now."""
        yield from ([] for _ in range(self._blank))
        for tokens in self._peek(line.expandtabs(_TAB)):
            yield from self._wrapped(tokens, width)

    def _peek(self, line: str) -> list[TokenLine]:
        sources = [*self._waiting, line]
        try:
            lines = self._highlighter.peek(line) if len(line) <= LONG_LINE else []
        except Exception:  # noqa: BLE001  # as above
            lines = []
        known = ["".join(text for _, text in tokens) for tokens in lines] == sources
        return lines if known else [[(None, source)] for source in sources]

    def _draw(self, lines: list[TokenLine], width: int) -> Iterator[Line]:
        for tokens in lines[: len(self._waiting)]:
            source = self._waiting.pop(0)
            if not source.strip():
                self._blank += 1
                continue
            yield from ([] for _ in range(self._blank))
            self._blank, self._empty = 0, False
            same = source == "".join(text for _, text in tokens)
            yield from self._wrapped(tokens if same else [(None, source)], width)

    def _wrapped(self, tokens: TokenLine, width: int) -> Iterator[Line]:
        from rich.segment import Segment

        for line in wrap(self._styled(tokens), max(width - 2, NARROWEST)):
            yield [Segment(" "), *line]

    def _styled(self, tokens: TokenLine) -> Text:
        from rich.text import Text

        text = Text()
        for kind, value in tokens:
            text.append(value, self._base + self._styles.code_style(kind))
        return text

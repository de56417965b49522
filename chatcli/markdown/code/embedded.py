"""HTML highlighted line by line, with the scripts and styles inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from chatcli.markdown.code.stateful import Stateful

if TYPE_CHECKING:
    from pygments.lexer import RegexLexer

    from chatcli.markdown.code.by_line import Highlighter
    from chatcli.markdown.code.lexing import TokenLine

_OPENING = re.compile(r"<(script|style)\b[^<>]*>\s*", re.IGNORECASE)
_LANGUAGES = {"script": "javascript", "style": "css"}


class Html(Stateful):
    """HTML's lexer passes a script on as a whole; here another highlighter takes it line by line.

    Args:
        lexer: Pygments' for HTML.
        choose: gives a highlighter for the name of a language.
    """

    def __init__(self, lexer: RegexLexer, choose: Callable[[str], Highlighter]) -> None:
        super().__init__(lexer)
        self._choose = choose
        self._inner: Highlighter | None = None
        self._end = ""

    def add(self, line: str) -> list[TokenLine]:
        """Take a line; give those that are decided."""
        if self._inner is not None and self._end not in line.lower():
            return self._inner.add(line)
        lines = [*self._leave(), *super().add(line)]
        opening = _OPENING.search(line)
        if opening is not None and opening.end() == len(line) and not self.waits:
            element = opening.group(1).lower()
            self._inner, self._end = self._choose(_LANGUAGES[element]), f"</{element}"
        return lines

    def peek(self, line: str) -> list[TokenLine]:
        """The lines that wait, and the beginning of the next one, in whichever language."""
        return super().peek(line) if self._inner is None else self._inner.peek(line)

    def close(self) -> list[TokenLine]:
        """The lines that waited."""
        return [*self._leave(), *super().close()]

    def _leave(self) -> list[TokenLine]:
        inner, self._inner = self._inner, None
        return [] if inner is None else inner.close()

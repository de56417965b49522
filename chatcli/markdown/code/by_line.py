"""Highlighters that decide each line as it comes."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Protocol

from chatcli.markdown.code.lexing import run_in_context, token_lines
from chatcli.markdown.limits import LONG_LINE

if TYPE_CHECKING:
    from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext

    from chatcli.markdown.code.lexing import TokenLine


class Highlighter(Protocol):
    """Takes a block's lines one by one and gives them back as tokens."""

    def add(self, line: str) -> list[TokenLine]:
        """Take the next line, without its newline; give the lines decided now, in order."""

    def peek(self, line: str) -> list[TokenLine]:
        """The lines that still wait, and the beginning of the next one, as they look now."""

    def close(self) -> list[TokenLine]:
        """The lines that waited; no more will come."""


class Plain:
    """No language, or an unknown one: lines stay as they are."""

    def add(self, line: str) -> list[TokenLine]:
        """Give the line itself."""
        return [[(None, line)]]

    def peek(self, line: str) -> list[TokenLine]:
        """The beginning of a line: no line ever waits."""
        return [[(None, line)]]

    def close(self) -> list[TokenLine]:
        """Nothing: no line ever waits."""
        return []


class ByLine(Plain):
    """For lexers that are not tables of rules (JSON, shell sessions): each line on its own."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer

    def add(self, line: str) -> list[TokenLine]:
        """Give the line in tokens."""
        if len(line) > LONG_LINE:
            return super().add(line)
        return token_lines(list(self._lexer.get_tokens(line)))[:1]

    def peek(self, line: str) -> list[TokenLine]:
        """The beginning of a line in tokens."""
        return self.add(line)


class InContext(Plain):
    """For lexers whose rules keep more than states (YAML, Ruby): their context is kept."""

    def __init__(self, lexer: ExtendedRegexLexer) -> None:
        self._lexer = lexer
        self._context = _context(lexer)

    def add(self, line: str) -> list[TokenLine]:
        """Give the line in tokens."""
        if len(line) > LONG_LINE:
            return super().add(line)
        return token_lines(run_in_context(self._lexer, line + "\n", self._context).tokens)[:1]

    def peek(self, line: str) -> list[TokenLine]:
        """The beginning of a line in tokens; the context stays as it is."""
        context = self._context
        self._context = deepcopy(context)
        lines = self.add(line)
        self._context = context
        return lines


def _context(lexer: ExtendedRegexLexer) -> LexerContext:
    """A lexer's context at the start of a text."""
    if lexer.name == "YAML":
        from pygments.lexers.data import YamlLexerContext

        return YamlLexerContext("", 0)
    from pygments.lexer import LexerContext

    return LexerContext("", 0)

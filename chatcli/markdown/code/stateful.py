"""Highlighting with a lexer that is a table of rules: its stack of states is kept between lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatcli.markdown.code.lexing import START, Run, run, token_lines
from chatcli.markdown.limits import LONG_LINE

if TYPE_CHECKING:
    from pygments.lexer import RegexLexer

    from chatcli.markdown.code.lexing import TokenLine

_HELD_LINES = 8
"""Lines: a construct that is open for longer is assumed to be closed eventually."""

# What lexers find with one expression over several lines: without the end, they take the
# beginning for something else. Each is (opening, closing).
_CONSTRUCTS = (
    *(("/*", "*/"), ("<!--", "-->"), ('"""', '"""'), ("'''", "'''")),
    *(("`", "`"), ('"', '"'), ("'", "'"), ("(*", "*)"), ("{-", "-}")),
    *(('r#"', '"#'), ('R"(', ')"'), ("<?", "?>")),
    *(("=begin", "=end\n"), ("=pod", "=cut\n"), ("=head", "=cut\n")),
)
_HERE_DOCUMENT = re.compile(r"<<[-~]?\s*[\"']?([A-Z]\w*)")
_LONG_BRACKET = re.compile(r"\[(=*)\[")  # of Lua and CMake


@dataclass(frozen=True, slots=True)
class _Open:
    """An unclosed construct: its closing mark, its start, and the text lexed with that mark."""

    closing: str
    start: int
    run: Run


class Stateful:
    """Highlights line by line; a line in an unclosed construct waits for a few more.

    Whether a construct is open shows when its closing mark is appended: then one match goes
    from its start over the last newline.
    """

    def __init__(self, lexer: RegexLexer) -> None:
        self._lexer = lexer
        self._stack = START
        self._waiting: list[str] = []
        self._inside: tuple[str, str] | None = None
        """The opening line and the closing mark of a construct too long to wait for."""

    @property
    def waits(self) -> bool:
        """Whether the last line is in an unclosed construct."""
        return bool(self._waiting) or self._inside is not None

    def add(self, line: str) -> list[TokenLine]:
        """Take a line; give those that are decided."""
        if len(line) > LONG_LINE:
            return [*self.close(), [(None, line)]]
        if self._inside is not None:
            return [self._colour_inside(*self._inside, line)]
        self._waiting.append(line)
        return self._decide()

    def peek(self, line: str) -> list[TokenLine]:
        """The waiting lines and the beginning of the next, as if their construct were closed."""
        first, _ = self._inside or ("", "")
        text = first + "".join(f"{waiting}\n" for waiting in (*self._waiting, line))
        plain = self._run(text)
        opened = self._open_construct(text, plain)
        return token_lines((opened.run if opened else plain).tokens)[first.count("\n") :][
            : len(self._waiting) + 1
        ]

    def close(self) -> list[TokenLine]:
        """The waiting lines, as they are."""
        plain = self._run("".join(f"{line}\n" for line in self._waiting))
        self._wait(plain.stack)
        return token_lines(plain.tokens)

    def _run(self, text: str) -> Run:
        return run(self._lexer, text, self._stack)

    def _wait(self, stack: Iterable[str], *lines: str) -> None:
        self._stack, self._waiting = tuple(stack), list(lines)

    def _decide(self) -> list[TokenLine]:
        """Give the waiting lines up to the one that opens an unclosed construct."""
        text = "".join(f"{line}\n" for line in self._waiting)
        plain = self._run(text)
        opened = self._open_construct(text, plain)
        if opened is None:
            self._wait(plain.stack)
            return token_lines(plain.tokens)
        offset, stack = max(place for place in opened.run.resumable if place[0] <= opened.start)
        before = text.count("\n", 0, offset)
        lines = token_lines(opened.run.tokens)[: len(self._waiting)]
        self._wait(stack, *self._waiting[before:])
        if len(self._waiting) <= _HELD_LINES:
            return lines[:before]
        first = text[offset : text.index("\n", opened.start) + 1]
        self._inside = (first, opened.closing)
        self._wait(stack)
        return lines

    def _colour_inside(self, first: str, closing: str, line: str) -> TokenLine:
        """Colour one line after the opening of a construct; it may hold the end."""
        text = f"{first}{line}\n"
        plain = self._run(text)
        opened = self._open_with(text, closing, plain)
        if opened is None:
            self._inside = None
            self._wait(plain.stack)
        return token_lines((opened.run if opened else plain).tokens)[first.count("\n")]

    def _open_construct(self, text: str, plain: Run) -> _Open | None:
        found = (self._open_with(text, closing, plain) for closing in _closings(text))
        return next(filter(None, found), None)

    def _open_with(self, text: str, closing: str, plain: Run) -> _Open | None:
        """Lex with `closing` appended, and look for a new match that goes over the last newline."""
        closed = self._run(text + closing)
        anyway = {start for start, end, kind in plain.spans if end == len(text) and _prose(kind)}
        for start, end, _ in closed.spans:
            if start < len(text) - 1 < end - 1 and start not in anyway:
                return _Open(closing, start, closed)
        return None


def _prose(action: object) -> bool:
    """Whether a match is no comment or string, but text that goes on up to the next mark."""
    from pygments.token import Comment, String

    return action not in Comment and action not in String


def _closings(text: str) -> Iterator[str]:
    """The closing marks of what may be open in `text`."""
    for opening, closing in _CONSTRUCTS:
        if opening == closing:
            if text.count(opening) % 2:
                yield closing
        elif text.rfind(opening) > text.rfind(closing):
            yield closing
    if text.endswith("\\\n"):
        yield "x\n"  # any other line: this one goes on in the next
    for match in [*_HERE_DOCUMENT.finditer(text)][-1:]:
        yield f"\n{match.group(1)}\n"
    for match in [*_LONG_BRACKET.finditer(text)][-1:]:
        yield f"]{match.group(1)}]"

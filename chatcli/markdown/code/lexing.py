"""Pygments' lexers line by line: lexing resumes where the last line ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import ExtendedRegexLexer, Lexer, LexerContext, RegexLexer
    from pygments.token import _TokenType as TokenType

    Token = tuple[TokenType, str]
    TokenLine = list[tuple[TokenType | None, str]]
    """One line of code: types of token with their text; None: no type."""

Stack = tuple[str, ...]
START: Stack = ("root",)


def find_lexer(name: str) -> Lexer | None:
    """The lexer Pygments knows by `name`, as Rich sets it up; None if there is none."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=True, tabsize=4)
    except ClassNotFound:
        return None


@dataclass(slots=True)
class Run:
    """The result of lexing a text: its tokens, the states at its end, where lexing may resume."""

    stack: list[str]
    context: Any = None
    """The context of an ExtendedRegexLexer, or None; its stack is `stack`."""
    tokens: list[Token] = field(default_factory=list)
    resumable: list[tuple[int, Stack]] = field(default_factory=list)
    """Starts of lines that are starts of tokens, with the states there."""
    spans: list[tuple[int, int, Any]] = field(default_factory=list)
    """Start, end and action of single matches that go over a newline."""


def run(lexer: RegexLexer, text: str, stack: Stack) -> Run:
    """Lex `text`, beginning in the states of `stack`.

    Pygments' own loop (`RegexLexer.get_tokens_unprocessed`) does the same, but does not return the
    states it ends in. Its rules are (match, action, change of states), see `RegexLexerMeta`.
    """
    result = Run(list(stack))
    _advance(lexer, text, result)
    if _processes_further(lexer):
        result.tokens = _processed(lexer, text, stack)
    return result


def run_in_context(lexer: ExtendedRegexLexer, text: str, context: LexerContext) -> Run:
    """Lex `text` with a lexer whose rules keep more than states; `context` is advanced."""
    context.text, context.pos, context.end = text, 0, len(text)
    result = Run(context.stack, context)
    _advance(lexer, text, result)
    return result


def _advance(lexer: RegexLexer, text: str, result: Run) -> None:
    position = 0
    while position < len(text):
        if position == 0 or text[position - 1] == "\n":
            result.resumable.append((position, tuple(result.stack)))
        position = _step(lexer, text, position, result)


def _step(lexer: RegexLexer, text: str, position: int, result: Run) -> int:
    """Apply the first rule that matches; return where it ended."""
    from pygments.token import Error, Whitespace

    for match_at, action, change in _rules(lexer)[result.stack[-1]]:
        match = match_at(text, position)
        if match is None:
            continue
        end = _act(lexer, action, match, result)
        if change is not None:
            _change(result.stack, change)
        return end
    newline = text[position] == "\n"
    if newline:
        result.stack[:] = START
    result.tokens.append((Whitespace if newline else Error, text[position]))
    return position + 1


def _act(lexer: RegexLexer, action: Any, match: re.Match[str], result: Run) -> int:
    """Make a match's tokens: an action is a type of token, or a function that gives several."""
    if "\n" in match.group():
        result.spans.append((*match.span(), action))
    if isinstance(action, tuple):
        result.tokens.append((action, match.group()))
    elif action is not None and result.context is None:
        result.tokens += [(kind, value) for _, kind, value in action(lexer, match)]
    elif action is not None:
        result.context.pos = match.start()
        result.tokens += [(kind, value) for _, kind, value in action(lexer, match, result.context)]
        return int(result.context.pos)
    return match.end()


def _change(stack: list[str], change: Any) -> None:
    """Enter or leave states: a tuple of names, a negative number of them, or "#push"."""
    if isinstance(change, int):
        del stack[max(1, len(stack) + change) :]
        return
    for state in change if isinstance(change, tuple) else (change,):
        if state == "#push":
            stack.append(stack[-1])
        elif state != "#pop":
            stack.append(state)
        elif len(stack) > 1:
            stack.pop()


def token_lines(tokens: Iterable[Token]) -> list[TokenLine]:
    """Cut tokens at newlines, which are left out; what follows the last newline is dropped."""
    lines: list[TokenLine] = [[]]
    for kind, value in tokens:
        for index, part in enumerate(value.split("\n")):
            if index:
                lines.append([])
            if part:
                lines[-1].append((kind, part))
    return lines[:-1]


def _rules(lexer: RegexLexer) -> dict[str, Any]:
    rules: dict[str, Any] = lexer._tokens  # noqa: SLF001
    return rules


def _processes_further(lexer: RegexLexer) -> bool:
    """Whether the lexer changes what its rules give; most of these mark built-in names."""
    from pygments.lexer import RegexLexer

    return type(lexer).get_tokens_unprocessed is not RegexLexer.get_tokens_unprocessed


def _processed(lexer: Any, text: str, stack: Stack) -> list[Token]:
    """The lexer's own tokens for `text`, begun in `stack`, for which it has no parameter."""
    rules = _rules(lexer)
    lexer._tokens = rules | {"root": _Entry(rules["root"], stack[1:])}  # noqa: SLF001
    try:
        return [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(text)]
    finally:
        lexer._tokens = rules  # noqa: SLF001


class _Entry(list[Any]):
    """The rules of the first state; the first time they are asked, the other states are entered."""

    def __init__(self, rules: list[Any], states: Stack) -> None:
        super().__init__(rules)
        self._states = states

    def __iter__(self) -> Iterator[Any]:
        if self._states:
            states, self._states = self._states, ()
            yield re.compile("").match, None, states
        yield from super().__iter__()

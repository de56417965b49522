"""The Markdown dialect: CommonMark with tables and strikethrough, HTML read as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from chatcli.markdown.limits import LONG_PARAGRAPH

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

References = Mapping[str, Mapping[str, Any]]
"""Link definitions by normalized label, as markdown-it keeps them in its environment."""

_DEEPEST = 20
"""Brackets within brackets; deeper ones are text: each costs a search for its partner."""
_BRACKET = re.compile(r"[\[\]]")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its tokens from opening to closing, and its lines (end excluded)."""

    tokens: list[Token]
    start: int = 0
    end: int = 0

    @property
    def kind(self) -> str:
        """markdown-it's name of the first token without `_open`: paragraph, fence, hr, ..."""
        return self.tokens[0].type.removesuffix("_open")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed piece of source: its top-level blocks and the links it defines."""

    blocks: list[Block]
    references: dict[str, Any]


def parse_blocks(source: str, known: References, *, continued: bool = False) -> Parsed:
    """Find the blocks of `source`; text inside them is parsed later, by `parse_inline`.

    Args:
        source: whole lines.
        known: earlier definitions; the first one of a label wins.
        continued: the first block continues an earlier piece: a long paragraph, or a list.
    """
    env: dict[str, Any] = {"references": dict(known), "continued": continued}
    tokens: list[Token] = []
    markdown_it().block.parse(source, markdown_it(), env, tokens)
    return Parsed(list(split_blocks(tokens)), env["references"])


def split_blocks(tokens: list[Token]) -> Iterator[Block]:
    """Group a flat run of tokens of the same level into blocks."""
    first = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            start, end = tokens[first].map or (0, 0)
            yield Block(tokens[first : index + 1], start, end)
            first = index + 1


def parse_inline(source: str, references: References) -> list[Token]:
    """Parse a paragraph's text into markdown-it's inline tokens."""
    from markdown_it.rules_core import StateCore, text_join
    from markdown_it.token import Token

    md = markdown_it()
    env: MutableMapping[str, Any] = {"references": references}
    children: list[Token] = []
    md.inline.parse(source, md, env, children)
    token = Token("inline", "", 0, content=source, children=children)
    text_join(StateCore(source, md, env, [token]))
    return token.children or []


@cache
def markdown_it() -> MarkdownIt:
    """The parser; it holds no state between calls."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import lheading, table
    from markdown_it.rules_inline import image, link

    # what is nested deeper than maxNesting is left out, not only flattened
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    md.enable(["table", "strikethrough"])
    md.block.ruler.at("lheading", _underlined_heading(lheading))
    md.block.ruler.at("table", _table(table), {"alt": ["paragraph", "reference"]})
    md.inline.ruler.at("link", _link(link, before=0))
    md.inline.ruler.at("image", _link(image, before=1))
    return md


def _underlined_heading(rule: Any) -> Any:
    """No underline makes a heading of a long paragraph: its start has been printed already."""

    def lheading(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        if state.level == 0 and start == 0 and state.env.get("continued"):
            return False
        found, line = len(state.tokens), state.line
        if not rule(state, start, end, silent):
            return False
        if state.level > 0 or state.bMarks[state.line - 1] - state.bMarks[start] <= LONG_PARAGRAPH:
            return True
        del state.tokens[found:]
        state.line = line
        return False

    return lheading


def _table(rule: Any) -> Any:
    """A line as long as a long paragraph is no table's head, for the same reason."""

    def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        length = state.eMarks[start] - state.bMarks[start]
        if state.level == 0 and (
            length > LONG_PARAGRAPH or (start == 0 and state.env.get("continued"))
        ):
            return False
        return bool(rule(state, start, end, silent))

    return table


def _link(rule: Any, before: int) -> Any:
    """No link or picture in too many brackets, or in an unclosed one: the search is slow.

    Args:
        rule: markdown-it's own.
        before: characters before the bracket.
    """

    def link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        bracket = state.pos + before
        if bracket > state.src.rfind("]") or bracket in _too_deep(state.src):
            return False
        return bool(rule(state, silent))

    return link


@lru_cache(maxsize=8)
def _too_deep(text: str) -> frozenset[int]:
    """The positions of brackets nested deeper than `_DEEPEST`."""
    depth, places = 0, []
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket.group() == "[" else max(0, depth - 1)
        if depth > _DEEPEST:
            places.append(bracket.start())
    return frozenset(places)

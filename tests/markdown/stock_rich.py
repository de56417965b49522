"""Rich's own rendering of Markdown, set up as ours is: what the package is held against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import ClassVar

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import (
    ListElement,
    Markdown,
    MarkdownElement,
    TableElement,
)
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.theme import Theme as RichTheme

from chatcli.markdown import Theme
from chatcli.markdown.parser import markdown_it

Cell = tuple[str, str]
"""A character and its style."""


class Numbers(ListElement):
    """Rich sets numbers as wide as the last one, which a stream does not know."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self.list_type == "bullet_list_open":
            yield from super().__rich_console__(console, options)
            return
        first = 1 if self.list_start is None else self.list_start
        for number, item in enumerate(self.items, first):
            yield from item.render_number(console, options, number, max(10, number))


class FoldingTable(TableElement):
    """Rich cuts a word that is wider than its column."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            assert isinstance(table, Table)
            for column in table.columns:
                column.overflow = "fold"
            yield table


class StockMarkdown(Markdown):
    """Rich's Markdown with our parser, and with targets behind links and pictures in place."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = Markdown.elements | {
        "bullet_list_open": Numbers,
        "ordered_list_open": Numbers,
        "table_open": FoldingTable,
    }

    def __init__(self, source: str, theme: Theme) -> None:
        super().__init__("", code_theme=f"ansi_{theme.name}", hyperlinks=True)
        self.parsed = markdown_it().parse(source)
        for token in self.parsed:
            if token.type == "fence":
                token.info = token.info.strip().partition(",")[0]
            token.children = list(_readable(token.children)) if token.children else token.children


def _readable(tokens: list[Token]) -> Iterator[Token]:
    """Inline tokens with the target of a link or picture as text behind it."""
    label, target, inside = "", "", False
    for token in tokens:
        if token.type == "link_open":
            label, target, inside = "", str(token.attrs["href"]), True
        if token.type == "image":
            yield _text(f"🌆 {_alt(token)}".rstrip())
            label += f"🌆 {_alt(token)}".rstrip()
            if not inside:
                yield from _target(str(token.attrs["src"]))
            continue
        yield token
        label += " " if token.type.endswith("break") else token.content
        if token.type == "link_close":
            inside = False
            if label not in {target, target.removeprefix("mailto:")} and (
                markdown_it().normalizeLink(label) != target or "xn--" in target
            ):
                yield from _target(target, " (" if label else "(")


def _alt(token: Token) -> str:
    if token.children:
        return "".join(map(_alt, token.children))
    return " " if token.type.endswith("break") else token.content


def _target(target: str, opening: str = " (") -> Iterator[Token]:
    yield _text(opening)
    yield Token("link_open", "a", 1, attrs={"href": target}, markup="target")
    yield _text(target)
    yield Token("link_close", "a", -1)
    yield _text(")")


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


@cache
def _console(theme: Theme) -> Console:
    styles = {f"markdown.{name}": text for name, text in theme.styles.items()}
    styles["markdown.link_url"] = theme.styles.get("link", "none")
    names = [name for name in RichTheme().styles if name.startswith("markdown.")]
    plain = {name: Style.null() for name in names}
    return Console(
        file=StringIO(),
        theme=RichTheme({**plain, **styles}),
        color_system=None,
        legacy_windows=False,
        _environ={},
    )


def stock_lines(source: str, width: int, theme: Theme) -> list[list[Cell]]:
    """Rich's lines for a whole document, as styled characters, trimmed."""
    console = _console(theme)
    options = console.options.update(width=width)
    return cells(console.render_lines(StockMarkdown(source, theme), options, pad=False))


def cells(lines: list[list[Segment]]) -> list[list[Cell]]:
    """Lines as (character, style) pairs, without blanks at line ends and blank lines around."""
    rows = []
    for line in lines:
        row = [(char, _look(segment.style)) for segment in line for char in segment.text]
        while row and row[-1][0] == " ":
            row.pop()
        rows.append([(char, "" if char == " " else look) for char, look in row])
    while rows and not rows[-1]:
        rows.pop()
    while rows and not rows[0]:
        rows.pop(0)
    return rows


def _look(style: Style | None) -> str:
    return str(style.update_link(None)) if style else "none"

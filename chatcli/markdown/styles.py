"""A theme's colours as Rich styles, for Markdown's elements and for tokens of code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from chatcli.markdown.theme import Theme

if TYPE_CHECKING:
    from pygments.token import _TokenType as TokenType
    from rich.console import Console
    from rich.style import Style
    from rich.syntax import SyntaxTheme


class Styles:
    """Looks styles up by element; an element that the theme does not name has none.

    Args:
        definitions: Rich's style definitions, such as "bold blue", by element.
        code: the name of Rich's colours for code, or None for plain code.
    """

    def __init__(self, definitions: Mapping[str, str], code: str | None) -> None:
        from rich.style import Style

        self.null = Style.null()
        self.code: SyntaxTheme | None = _colours_of_code(code) if code else None
        self._styles = {name: Style.parse(text) for name, text in definitions.items()}

    def code_style(self, token: TokenType | None) -> Style:
        """The style of a token of code; None is text without a type."""
        return self.null if token is None or not self.code else self.code.get_style_for_token(token)

    def __getitem__(self, element: str) -> Style:
        return self._styles.get(element, self.null)


def _colours_of_code(name: str) -> SyntaxTheme:
    from rich.syntax import Syntax

    return Syntax.get_theme(name)


@cache
def styles(theme: Theme) -> Styles:
    """The styles of a theme, made once."""
    return Styles(theme.styles, None if theme.plain else f"ansi_{theme.name}")


@cache
def console() -> Console:
    """The console that Rich needs to resolve styles; nothing is ever written to it."""
    from io import StringIO

    from rich.console import Console

    return Console(file=StringIO(), color_system=None, legacy_windows=False, _environ={})

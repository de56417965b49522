"""A paragraph's inline Markdown as styled text: emphasis, code, links, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcli.core.text import for_terminal
from chatcli.markdown.parser import References, markdown_it, parse_inline

if TYPE_CHECKING:
    from markdown_it.token import Token
    from rich.style import Style
    from rich.text import Text

    from chatcli.markdown.styles import Styles

_LONGEST_DATA = 40
"""Characters shown of a picture that is written out in its address."""


def inline_text(source: str, references: References, styles: Styles, base: Style) -> Text:
    """Return a paragraph's source as text ready to be wrapped; breaks are newlines in it.

    Args:
        source: the content of one markdown-it `inline` token.
        references: the link definitions known by now.
        styles: the theme's.
        base: the style of the block around.
    """
    drawing = _Drawing(styles, base)
    for token in parse_inline(source, references):
        drawing.draw(token)
    return drawing.text


class _Drawing:
    """Appends tokens to a text, keeping the styles and the link that are open."""

    def __init__(self, styles: Styles, base: Style) -> None:
        from rich.text import Text

        self.text = Text()
        self._styles = styles
        self._stack = [base]
        self._link = ""
        self._link_start = 0

    def draw(self, token: Token) -> None:
        if token.type == "text":
            self._add(token.content)
        elif token.type == "softbreak":
            self._add(" ")
        elif token.type == "hardbreak":
            self._add("\n")
        elif token.type == "code_inline":
            self._add(token.content, self._stack[-1] + self._styles["code"])
        elif token.type == "image":
            self._draw_picture(token)
        elif token.type == "link_open":
            self._open_link(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            self._close_link()
        elif token.nesting > 0:
            self._stack.append(self._stack[-1] + self._styles[token.tag])
        elif token.nesting < 0:
            self._stack.pop()

    def _add(self, text: str, style: Style | None = None) -> None:
        # An entity such as &#x202e; becomes a character only now. Newlines stay.
        self.text.append(for_terminal(text), self._stack[-1] if style is None else style)

    def _open_link(self, target: str) -> None:
        from rich.style import Style

        self._link, self._link_start = target, len(self.text)
        self._stack.append(self._stack[-1] + self._styles["link"] + Style(link=target or None))

    def _close_link(self) -> None:
        self._stack.pop()
        target, self._link = self._link, ""
        label = self.text.plain[self._link_start :]
        if not _same(label, target):
            self._add_target(target, " (" if label else "(")

    def _add_target(self, target: str, opening: str = " (") -> None:
        from rich.style import Style

        self._add(opening)
        self._add(target, self._stack[-1] + self._styles["link"] + Style(link=target or None))
        self._add(")")

    def _draw_picture(self, token: Token) -> None:
        source = str(token.attrs.get("src", ""))
        if source.startswith("data:") and len(source) > _LONGEST_DATA:
            source = f"{source[:_LONGEST_DATA]}…"
        words = "".join(_words(child) for child in token.children or [])
        self._add(f"🌆 {words}".rstrip())
        if not self._link:
            self._add_target(source)


def _words(token: Token) -> str:
    """A token inside a picture's description as plain text."""
    if token.children:
        return "".join(map(_words, token.children))
    return " " if token.type.endswith("break") else token.content


def _same(label: str, target: str) -> bool:
    """Whether a link's label already says where it leads.

    Letters of other alphabets in a host's name may look like those of another host.
    """
    if label in {target, target.removeprefix("mailto:")}:
        return True
    return markdown_it().normalizeLink(label) == target and "xn--" not in target.lower()

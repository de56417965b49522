"""Markdown for the terminal, rendered while it arrives.

Importing this package imports nothing heavy: its parts load on first use, and with them Rich,
markdown-it and Pygments; `warm_up` loads all beforehand, in a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcli.markdown.theme import Theme as Theme

if TYPE_CHECKING:
    from chatcli.markdown.stream import (
        MarkdownStream as MarkdownStream,
        render_markdown as render_markdown,
    )

__all__ = ["MarkdownStream", "Theme", "render_markdown", "warm_up"]


def warm_up() -> None:
    """Load all that rendering needs, the usual languages' lexers included; meant for a thread."""
    from chatcli.markdown.stream import render_markdown

    languages = ("python", "bash", "json", "javascript", "typescript", "html", "css", "yaml")
    code = "".join(f"```{language}\na = 1 # b\n```\n" for language in languages)
    render_markdown(f"# a\n\n*b* `c`\n\n|d|\n|-|\n|e|\n\n1. f\n\n> g\n\n{code}", 80, Theme("dark"))


def __getattr__(name: str) -> object:
    """Load what renders on first use (PEP 562)."""
    if name in {"MarkdownStream", "render_markdown"}:
        from chatcli.markdown import stream

        return getattr(stream, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

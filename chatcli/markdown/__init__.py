"""Markdown for the terminal, rendered while it arrives.

Importing this package imports nothing heavy: Rich, markdown-it and Pygments load on first use,
or beforehand in a thread through `warm_up`.
"""

from __future__ import annotations

from chatcli.markdown.stream import (
    MarkdownStream as MarkdownStream,
    render_markdown as render_markdown,
    warm_up as warm_up,
)
from chatcli.markdown.theme import Theme as Theme

__all__ = ["MarkdownStream", "Theme", "render_markdown", "warm_up"]

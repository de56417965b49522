"""How replies are drawn on this terminal, at its present width."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatcli.config.model import Repl
from chatcli.markdown.theme import Theme
from chatcli.ui.paint import Paint

if TYPE_CHECKING:
    from chatcli.markdown import MarkdownStream


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything that determines how text looks."""

    paint: Paint
    theme: Theme
    links: bool = True
    show_reasoning: bool = False

    def stream(self) -> MarkdownStream:
        """A renderer for one reply."""
        from chatcli.markdown import MarkdownStream

        return MarkdownStream(self.theme, links=self.links)


def rendering_for(settings: Repl, width: int) -> Rendering:
    """As configured, for a window of `width` columns."""
    theme = Theme.detect(os.environ, settings.theme)
    paint = Paint(max(width - 1, 10), colours=not theme.plain)
    return Rendering(paint, theme, settings.links and not theme.plain, settings.show_reasoning)

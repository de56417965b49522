"""Text that is probably reasoning, held back until that is settled."""

from __future__ import annotations

from chatcli.core.events import Event, TextDelta, TextWasReasoning, TurnFinished


class TentativeText:
    """Keeps the tentative text of one reply."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def settled(self, event: Event) -> str:
        """The text that belongs to the answer for sure since this event; "" if there is none."""
        match event:
            case TextDelta(text=text, tentative=True):
                self._kept.append(text)
            case TextDelta(text=text):
                return self._taken() + text
            case TurnFinished():
                return self._taken()
            case TextWasReasoning():
                self._kept.clear()
        return ""

    def _taken(self) -> str:
        text = "".join(self._kept)
        self._kept.clear()
        return text

"""Blank lines between the things that are printed: one where two meet, never two."""

from __future__ import annotations

from chatcli.ui.printing.items import Item, ReplyItem, TextItem

BLANK = "\n\n"


class Spacing:
    """Remembers what was printed last."""

    def __init__(self) -> None:
        self._last: Item | None = None
        self._end = BLANK

    def spaced(self, item: Item, text: str) -> str:
        """The item's next text, with the blank line before it that it needs."""
        if not text:
            return ""
        if item is not self._last and self._end == BLANK:
            text = text.removeprefix("\n") if isinstance(item, TextItem) else text
        elif self.wants_blank(item) and not text.startswith("\n"):
            text = f"\n{text}"
        self._last, self._end = item, (self._end + text)[-2:]
        return text

    def wants_blank(self, item: Item) -> bool:
        """Whether a blank line belongs between what was printed last and the item."""
        last = self._last
        if last is None or last is item or self._end == BLANK or not item.apart:
            return False
        if last.leads:  # a reply that goes on is not what the command had to say
            return isinstance(item, ReplyItem)
        return not item.apart == last.apart == "line"

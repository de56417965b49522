"""The turns of a conversation as they are printed, and the notes below a reply."""

from __future__ import annotations

from chatcli.core.model import Fault, Turn, TurnStatus
from chatcli.core.text import one_line
from chatcli.errors import StoreError
from chatcli.ui.hints import below_a_reply
from chatcli.ui.paint import Paint
from chatcli.ui.printing.items import ReplyItem, TextItem


class PromptItem(TextItem):
    """A message as the user wrote it."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(lambda paint: paint.prompt(turn.content) + "\n")


def stored_reply(turn: Turn) -> ReplyItem:
    """A reply from the store."""
    item = ReplyItem(turn.id)
    if turn.reasoning.text:
        item.think(turn.reasoning.text)
    if turn.content:
        item.add(turn.content)
    item.close(lambda paint: last_words(turn, paint))
    return item


def last_words(turn: Turn, paint: Paint, notices: tuple[str, ...] = ()) -> str:
    """What is said after a reply: notices, and why and how it is not whole."""
    said = "".join(paint.dim(f"· {one_line(notice)}") for notice in notices)
    if turn.status not in {TurnStatus.INCOMPLETE, TurnStatus.FAILED}:
        return said
    fault = turn.error or Fault("", "it stopped early")
    failed = turn.status is TurnStatus.FAILED
    if fault.kind == "interrupted" and failed:
        return said + paint.dim("[the reply was stopped before it began · /retry asks again]")
    if fault.kind == "interrupted":
        return said + paint.dim(f"[{fault.message} · /continue goes on, /retry asks again]")
    more = below_a_reply(fault.hint)
    hint = f"hint: {more}" if more else ""
    message = fault.message.removesuffix("; what came is kept")
    if failed:
        kept = "Your message is kept; /retry sends it again."
        return said + paint.panel(f"No reply: {message}", (kept, hint), "error")
    unstored = fault.kind.startswith(StoreError.kind)  # the end of what is shown may be lost
    kept = "What is stored of it stays" if unstored else "The text so far is kept"
    kept = f"{kept}; /continue goes on, /retry asks again."
    return said + paint.panel(f"Incomplete: {message}", (kept, hint), "warning")

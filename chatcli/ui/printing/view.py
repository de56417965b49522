"""One session as the chat shows it: what is still to be printed, and what it is doing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from chatcli.core.events import (
    Event,
    FellBack,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextWasReasoning,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.core.text import one_line
from chatcli.ui.printing.items import Item, ReplyItem, TextItem, notice_item
from chatcli.ui.printing.turns import PromptItem, last_words, stored_reply


@dataclass(slots=True)
class Progress:
    """A reply being written, and how it stands; times are `time.monotonic`."""

    reply: ReplyItem
    since: float
    elsewhere: bool = False
    retry: Retrying | None = None
    retry_at: float = 0.0
    has_text: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The input's text and cursor; long pasted texts as signs."""

    text: str = ""
    cursor: int = 0


class SessionView:
    """Collects what happens in a session; the pump takes from `items` while it is in view."""

    def __init__(self, session: Session, number: int) -> None:
        self.session = session
        self.number = number
        self.interjected: deque[Item] = deque()
        """The output of commands: printed before `items`."""
        self.items: deque[Item] = deque()
        self._writing: dict[int, Progress] = {}
        """By turn: a message of our own may begin before another process's reply is seen to end."""
        self.draft = Draft(session.draft, len(session.draft))
        self.last_status: TurnStatus | None = None
        self.unread = session.unread
        self.seen = session.seen_id or 0
        self.ended = False
        self.opened = False
        """Whether the session has been in view, so that nothing of it may be dropped."""
        self.loaded = False
        """Whether what the store holds has been printed, or is among the items."""
        self._arrived: set[int] = set()
        """The turns that have come as events and are, or were, among the items."""
        self._newest = 0

    @property
    def name(self) -> str:
        """The session's name; one that is not stored yet may have none."""
        return self.session.name or "new"

    @property
    def unused(self) -> bool:
        """Whether the session was never used: no turn, no name, no settings of its own."""
        session = self.session
        given = session.turns or session.name or session.system_prompt or session.options
        return not given and not self.items

    @property
    def progress(self) -> Progress | None:
        """The reply being written, the newest if there are two."""
        return next(reversed(self._writing.values()), None)

    @property
    def has_text(self) -> bool:
        """Whether text of the reply being written has come."""
        return self.progress is not None and self.progress.has_text

    # --- what the store holds -------------------------------------------------

    def load(self, turns: Sequence[Turn], before: Sequence[Item] = ()) -> None:
        """Print stored turns first, without those that have arrived as events."""
        stored: list[Item] = []
        for turn in turns:
            if turn.status is TurnStatus.STREAMING or turn.id in self._arrived:
                continue
            is_prompt = turn.role is Role.USER
            stored.append(PromptItem(turn) if is_prompt else stored_reply(turn))
            self._newest = max(self._newest, turn.id)
        self.items.extendleft(reversed([*before, *stored]))
        self.loaded = True

    # --- what happens ---------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Note an event of this session."""
        if isinstance(event, TurnStarted):
            self._started(event)
            return
        progress = self._writing.get(event.turn_id)
        if progress is None:
            return
        match event:
            case TextDelta(text=text, tentative=True):
                progress.reply.think(text, tentative=True)
                progress.retry = None
            case TextDelta(text=text):
                progress.reply.add(text)
                progress.has_text = True
                progress.retry = None
            case TextWasReasoning(text=text):
                progress.reply.turn_to_reasoning(text)
                progress.has_text = False
            case ReasoningDelta(text=text):
                progress.reply.think(text)
                progress.retry = None
            case Retrying(wait_seconds=seconds):
                progress.retry = event
                progress.retry_at = time.monotonic() + seconds
            case FellBack():
                self._fell_back(event, progress.reply)
            case TurnFinished():
                self._finished(event, progress.reply)

    def _started(self, event: TurnStarted) -> None:
        self.session = event.session
        self.last_status = None
        if event.reply.id <= self._newest and event.reply.status is not TurnStatus.STREAMING:
            return
        if event.prompt is None:
            self.items.append(TextItem(lambda paint: "\n" + paint.dim("(another reply)")))
        elif event.prompt.id > self._newest:
            self.items.append(PromptItem(event.prompt))
        reply = ReplyItem(event.reply.id)
        self.items.append(reply)
        self._writing[event.reply.id] = Progress(reply, time.monotonic(), event.elsewhere)
        self._arrived |= {event.reply.id, *([event.prompt.id] if event.prompt else [])}
        self._newest = max(self._newest, event.reply.id)

    def _fell_back(self, event: FellBack, reply: ReplyItem) -> None:
        told = f"{event.failed_model}: {one_line(event.reason)}; asking {event.model}"
        if reply in self.items:
            index = list(self.items).index(reply)
            self.items.insert(index, notice_item(told))

    def _finished(self, event: TurnFinished, reply: ReplyItem) -> None:
        self.session = event.session
        self.unread = event.session.unread
        turn, notices = event.turn, event.notices
        reply.close(lambda paint: last_words(turn, paint, notices))
        self.last_status = turn.status
        del self._writing[event.turn_id]
        if not self.opened and not self._writing:  # it is read from the store later
            self.items.clear()
            self._arrived.clear()
            self._newest = 0

    # --- coming and going -----------------------------------------------------

    def interject(self, items: Sequence[Item]) -> None:
        """Print these next, whatever is being written."""
        self.interjected.extend(items)

    def cut(self, lines: int, width: int, pointer: str) -> None:
        """Keep about the last `lines` lines; `pointer` says where the rest is."""
        left = lines
        kept: list[Item] = []
        for item in reversed(self.items):
            if kept and left <= 0:
                kept.append(TextItem(lambda paint: paint.dim(pointer)))
                break
            left -= item.shorten(max(left, 1), width)
            kept.append(item)
        self.items = deque(reversed(kept))

    def leave(self) -> list[Item]:
        """The session goes out of view; returns the lines of commands not printed yet.

        A conversation that a command was showing is not shown further.
        """
        lines = [i for i in self.interjected if not isinstance(i, ReplyItem | PromptItem)]
        self.interjected.clear()
        return lines

    def stop_showing(self) -> bool:
        """Show no more of a conversation that a command shows; False if none is."""
        before = len(self.interjected)
        self.interject(self.leave())
        return len(self.interjected) < before

    def queue(self) -> deque[Item]:
        """The queue of the next item to print; empty until the store's turns are loaded."""
        if self.interjected or self.loaded:
            return self.interjected or self.items
        return deque()

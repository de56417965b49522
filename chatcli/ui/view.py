"""One session as the chat sees it: what is still to be printed, and what it is doing."""

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
    StillWaiting,
    TextDelta,
    TurnFinished,
    TurnStarted,
)
from chatcli.core.model import Role, Session, Turn, TurnStatus
from chatcli.core.text import one_line
from chatcli.ui.items import Item, ReplyItem, TextItem, last_words, prompt_item, stored_reply


@dataclass(slots=True)
class Progress:
    """How the reply being written stands; times are `time.monotonic`."""

    since: float
    elsewhere: bool = False
    retry: Retrying | None = None
    retry_at: float = 0.0
    silent_seconds: float = 0.0
    has_text: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the input; long pasted texts as signs."""

    text: str = ""
    cursor: int = 0


class SessionView:
    """Collects what happens in a session; the pump takes from `items` while it is in view."""

    def __init__(self, session: Session, number: int) -> None:
        self.session = session
        self.number = number
        self.interjected: deque[Item] = deque()
        """What commands show: printed before `items`."""
        self.items: deque[Item] = deque()
        self.reply: ReplyItem | None = None
        self.progress: Progress | None = None
        self.draft = Draft(session.draft, len(session.draft))
        self.last_status: TurnStatus | None = None
        self.unread = session.unread
        self.seen = session.seen_id or 0
        self.ended = False
        self.loaded = False
        """Whether what the store holds has been printed, or is among the items."""
        self._newest = 0

    @property
    def name(self) -> str:
        """The session's name; one that is not stored yet may have none."""
        return self.session.name or "new"

    @property
    def has_text(self) -> bool:
        """Whether text of the reply being written has come."""
        return self.progress is not None and self.progress.has_text

    # --- what the store holds -------------------------------------------------

    def load(self, turns: Sequence[Turn], before: Sequence[Item] = ()) -> None:
        """Print stored turns first, without those that have arrived as events."""
        known = {item.turn_id for item in self.items if isinstance(item, ReplyItem)}
        stored: list[Item] = []
        for turn in turns:
            if turn.status is TurnStatus.STREAMING or turn.id in known:
                continue
            is_prompt = turn.role is Role.USER
            stored.append(prompt_item(turn) if is_prompt else stored_reply(turn))
            self._newest = max(self._newest, turn.id)
        self.items.extendleft(reversed([*before, *stored]))
        self.loaded = True

    # --- what happens ---------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Note an event of this session."""
        match event:
            case TurnStarted():
                self._started(event)
            case TextDelta(text=text) if self._is_current(event):
                self._on_text(text)
            case ReasoningDelta(text=text) if self._is_current(event) and self.reply:
                self.reply.think(text)
            case Retrying(wait_seconds=seconds) if self.progress:
                self.progress.retry = event
                self.progress.retry_at = time.monotonic() + seconds
            case StillWaiting(seconds=seconds) if self.progress:
                self.progress.silent_seconds = seconds
            case FellBack():
                self._fell_back(event)
            case TurnFinished():
                self._finished(event)

    def _is_current(self, event: Event) -> bool:
        return self.reply is not None and self.reply.turn_id == event.turn_id

    def _started(self, event: TurnStarted) -> None:
        self.session = event.session
        self.last_status = None
        if event.reply.id <= self._newest and event.reply.status is not TurnStatus.STREAMING:
            return
        self.progress = Progress(time.monotonic(), event.elsewhere)
        if event.prompt is None:
            self.items.append(TextItem(lambda paint: "\n" + paint.dim("(another reply)")))
        elif event.prompt.id > self._newest:
            self.items.append(prompt_item(event.prompt))
        self.reply = ReplyItem(event.reply.id)
        self.items.append(self.reply)
        self._newest = max(self._newest, event.reply.id)

    def _on_text(self, text: str) -> None:
        if self.reply and self.progress:
            self.reply.add(text)
            self.progress.has_text = True
            self.progress.retry = None

    def _fell_back(self, event: FellBack) -> None:
        told = f"{event.failed_model}: {one_line(event.reason)}; asking {event.model}"
        if self.reply is not None and self.reply in self.items:
            index = list(self.items).index(self.reply)
            self.items.insert(index, TextItem(lambda paint: paint.dim(told)))

    def _finished(self, event: TurnFinished) -> None:
        self.session = event.session
        self.unread = event.session.unread
        self.progress = None
        if self._is_current(event) and self.reply:
            turn, notices = event.turn, event.notices
            self.reply.close(lambda paint: last_words(turn, paint, notices))
            self.reply = None
            self.last_status = turn.status
        if not self.loaded:  # it can be read from the store when somebody looks
            self.items.clear()
            self._newest = 0

    # --- coming and going -----------------------------------------------------

    def interject(self, items: Sequence[Item]) -> None:
        """Print these next, whatever is being written."""
        self.interjected.extend(items)

    def cut(self, lines: int, width: int, pointer: str) -> None:
        """Leave out all but the last lines, about so many; `pointer` says where the rest is."""
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
        lines = [item for item in self.interjected if not isinstance(item, ReplyItem)]
        self.interjected.clear()
        return lines

    def queue(self) -> deque[Item]:
        """Where the next item to print is taken from."""
        return self.interjected or self.items

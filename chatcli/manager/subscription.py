"""Events handed to every consumer at its own pace."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TypeGuard

from chatcli.core.events import Event, ReasoningDelta, TextDelta


class Subscription(AsyncIterator[Event]):
    """One consumer's queue. Deltas of a turn that wait next to each other become one.

    A slow consumer therefore holds up no other, and finds the text it missed in one piece.
    Iterate over it with `async for`; `close` ends the iteration.
    """

    def __init__(self, on_close: Callable[[Subscription], None]) -> None:
        self._events: deque[Event] = deque()
        self._pieces: list[str] = []
        self._arrived = asyncio.Event()
        self._on_close = on_close
        self.closed = False

    def put(self, event: Event) -> None:
        """Add an event; called by the publisher only."""
        if self._events and _is_more(event, self._events[-1]):
            self._pieces.append(event.text)
            return
        self._join()
        if isinstance(event, TextDelta | ReasoningDelta):
            self._pieces.append(event.text)
        self._events.append(event)
        self._arrived.set()

    def _join(self) -> None:
        """Give the delta at the end of the queue the whole text that was merged into it."""
        if len(self._pieces) > 1:
            self._events[-1] = replace(self._events[-1], text="".join(self._pieces))  # type: ignore[call-arg]
        self._pieces = []

    def take(self) -> Event | None:
        """The next event if there is one now."""
        if not self._events:
            return None
        if len(self._events) == 1:
            self._join()
        return self._events.popleft()

    async def __anext__(self) -> Event:
        while True:
            event = self.take()
            if event is not None:
                return event
            if self.closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()

    def close(self) -> None:
        """Take no more events; what is queued can still be read."""
        self.closed = True
        self._arrived.set()
        self._on_close(self)


def _is_more(event: Event, last: Event) -> TypeGuard[TextDelta | ReasoningDelta]:
    """Whether the event only adds text to the one before it."""
    if type(last) is not type(event) or last.turn_id != event.turn_id:
        return False
    if isinstance(last, TextDelta) and isinstance(event, TextDelta):
        return last.tentative is event.tentative
    return isinstance(event, ReasoningDelta)


class Publisher:
    """Hands each event to every subscription."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self) -> Subscription:
        """A new queue; it sees what is published from now on."""
        subscription = Subscription(self._forget)
        self._subscriptions.append(subscription)
        return subscription

    def _forget(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def publish(self, event: Event) -> None:
        """Queue `event` everywhere; never waits."""
        for subscription in self._subscriptions:
            subscription.put(event)

    def close(self) -> None:
        """End every subscription."""
        for subscription in list(self._subscriptions):
            subscription.close()

"""The one thread in which replies reach the disk, so that the event loop never waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from chatcli.core.ports import ReplyText, Store
from chatcli.errors import ChatcliError, StoreError, StoreRefusedError

CHECKPOINT_SECONDS = 0.05
"""Text waits so long for company, counted from its first piece, a write before it included;
that leaves four times as much for a slow disk and a busy machine within the promised 0.25 s."""
HEARTBEAT_SECONDS = 5.0
AGAIN_SECONDS = 0.1
"""After these, what the disk refused is tried once more."""

P = ParamSpec("P")
T = TypeVar("T")


class StoreThread:
    """Runs store calls one after the other in a thread of their own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="chatcli-store")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; a cancelled caller does not undo the call."""
        future = asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))
        future.add_done_callback(_note_failure)
        await asyncio.wait({future})  # unlike `shield`, it reports nothing when nobody waits
        return future.result()

    async def insist(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `call`, and once more if the disk failed: a moment's fault must end no reply.

        The thread itself waits in between, so that all calls stay in their order.
        """

        def twice() -> T:
            try:
                return function(*args, **kwargs)
            except StoreRefusedError:
                raise
            except StoreError as error:
                if not error.may_be_read:
                    raise
            time.sleep(AGAIN_SECONDS)
            return function(*args, **kwargs)

        return await self.call(twice)

    def close(self) -> None:
        """Wait for what is queued, then end the thread."""
        self._pool.shutdown(wait=True)


def _note_failure(future: asyncio.Future[T]) -> None:
    """Take the error of a call whose caller was cancelled; what it is about is stored again."""
    if not future.cancelled():
        future.exception()


class Checkpoints:
    """Writes the text of all replies under way, batched, shortly after it arrives.

    `on_failure` is told the turn whose text could not be stored, and why.
    """

    def __init__(
        self,
        store: Store,
        thread: StoreThread,
        on_failure: Callable[[int, ChatcliError], None],
    ) -> None:
        self._store = store
        self._thread = thread
        self._on_failure = on_failure
        self._text: dict[int, list[str]] = {}
        self._reasoning: dict[int, list[str]] = {}
        self._moved: set[int] = set()
        """Replies whose text before what waits in `_text` was reasoning."""
        self._earlier: list[ReplyText] = []
        """What waits and came before that was known."""
        self._open: set[int] = set()
        self._dirty = asyncio.Event()
        self._dirty_since = 0.0
        self._task: asyncio.Task[None] | None = None

    def open(self, turn_id: int) -> None:
        """A reply begins; the owner's heartbeat runs while any is open."""
        self._open.add(turn_id)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def add(
        self, turn_id: int, text: str, reasoning: str = "", *, text_was_reasoning: bool = False
    ) -> None:
        """More of a reply has arrived and may have been shown; see ReplyText."""
        if text_was_reasoning:
            self._earlier.append(self._taken(turn_id))
            self._moved.add(turn_id)
        if text:
            self._text.setdefault(turn_id, []).append(text)
        if reasoning:
            self._reasoning.setdefault(turn_id, []).append(reasoning)
        if not self._dirty.is_set():
            self._dirty_since = time.monotonic()
            self._dirty.set()

    def drop(self, turn_id: int) -> None:
        """A reply ends: its whole text is about to be stored at once."""
        self._open.discard(turn_id)
        self._taken(turn_id)
        self._earlier = [piece for piece in self._earlier if piece.turn_id != turn_id]

    def _taken(self, turn_id: int) -> ReplyText:
        """What waits of a reply, which is taken out."""
        text = "".join(self._text.pop(turn_id, ()))
        reasoning = "".join(self._reasoning.pop(turn_id, ()))
        moved = turn_id in self._moved
        self._moved.discard(turn_id)
        return ReplyText(turn_id, text, reasoning, moved)

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._dirty.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                await self._beat()
                continue
            await asyncio.sleep(self._dirty_since + CHECKPOINT_SECONDS - time.monotonic())
            await self._write()

    async def _beat(self) -> None:
        if self._open:
            with contextlib.suppress(ChatcliError):  # the next write will tell
                await self._thread.call(self._store.heartbeat)

    async def _write(self) -> None:
        self._dirty.clear()
        pieces, self._earlier = self._earlier, []
        waiting = self._text.keys() | self._reasoning.keys() | self._moved
        pieces.extend(self._taken(turn_id) for turn_id in waiting)
        try:
            await self._thread.insist(self._store.append_text, pieces)
        except ChatcliError as error:
            lost = getattr(error, "turn_ids", ()) or [piece.turn_id for piece in pieces]
            for turn_id in lost:
                self.drop(turn_id)  # what came meanwhile would only fail again
                self._on_failure(turn_id, error)

    async def close(self) -> None:
        """Stop; the replies have been finished before."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

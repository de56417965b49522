"""Store calls run in a thread of their own, whatever becomes of those who wait for them."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from chatcli.errors import StoreError, StoreRefusedError
from chatcli.manager.disk import StoreThread


async def reported(*, cancelled: bool) -> tuple[BaseException | None, list[dict[str, Any]]]:
    """How a call that fails ends for its caller, and what the event loop has to say about it."""
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    thread, begun, go_on = StoreThread(), threading.Event(), threading.Event()

    def fails() -> None:
        begun.set()
        go_on.wait(30)
        raise StoreError("the disk is full")

    caller = asyncio.create_task(thread.call(fails))
    await asyncio.to_thread(begun.wait, 30)
    if cancelled:
        caller.cancel()
        await asyncio.wait({caller})
    go_on.set()
    (ending,) = await asyncio.gather(caller, return_exceptions=True)
    await thread.call(int)  # the failed call is behind us
    await asyncio.sleep(0)
    thread.close()
    del caller
    gc.collect()
    return ending, said


def test_a_failure_is_its_caller_s() -> None:
    ending, said = asyncio.run(reported(cancelled=False))
    assert (type(ending), said) == (StoreError, [])


def test_a_failure_behind_a_cancelled_caller_is_no_traceback_on_the_terminal() -> None:
    ending, said = asyncio.run(reported(cancelled=True))
    assert (type(ending), said) == (asyncio.CancelledError, [])


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (StoreError("an I/O error", may_be_read=True), 2),
        (StoreError("locked"), 1),  # its time to wait is over
        (StoreRefusedError("read-only", may_be_read=True), 1),
    ],
)
def test_what_the_disk_refused_is_tried_once_more(error: StoreError, attempts: int) -> None:
    calls: list[str] = []

    def fails_at_first() -> str:
        calls.append("call")
        if len(calls) == 1:
            raise error
        return "stored"

    async def insist() -> str | BaseException:
        thread = StoreThread()
        first, second = thread.insist(fails_at_first), thread.call(calls.append, "next")
        end, _ = await asyncio.gather(first, second, return_exceptions=True)
        thread.close()
        return end

    assert asyncio.run(insist()) == ("stored" if attempts == 2 else error)
    assert calls == [*["call"] * attempts, "next"]  # nothing got in between

"""An event loop for a program: no thread that waits for something can hold up its end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class _LeftAlone(ThreadPoolExecutor):
    """Threads that need not have ended when the loop does.

    What has to be done has been waited for by then. What is left waits for a name server or
    for a program that prints a key, which nothing can stop from here.
    """

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as in the class above
        super().shutdown(wait=False, cancel_futures=cancel_futures)


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, for a caller that ends the process by `os._exit` afterwards."""
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_LeftAlone(thread_name_prefix="chatcli"))
        return runner.run(main)

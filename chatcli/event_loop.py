"""An event loop for a program: no thread that waits for something can hold up its end."""

from __future__ import annotations

import asyncio
import logging
import sys
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


def _to_log(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A fault that nobody waited for is no traceback on the terminal."""
    logger = logging.getLogger("chatcli")
    if not logger.handlers:  # there is no log yet
        loop.default_exception_handler(context)
    else:
        logger.error("%s", context.get("message"), exc_info=context.get("exception"))


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, for a caller that ends the process by `os._exit` afterwards.

    Faults that nobody waits for go to the log.
    """
    runner = asyncio.Runner()
    try:
        loop = runner.get_loop()
    except OSError:  # no more files can be opened
        main.close()
        sys.unraisablehook = lambda _: None  # it would print how the half of a loop goes
        raise
    with runner:
        loop.set_exception_handler(_to_log)
        loop.set_default_executor(_LeftAlone(thread_name_prefix="chatcli"))
        return runner.run(main)

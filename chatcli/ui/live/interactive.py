"""One run of the interactive chat: the prompt first, the rest loads while the user types."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from chatcli.config.paths import state_folder
from chatcli.ui.early import write_now
from chatcli.ui.live.streams import printing_goes_to_log
from chatcli.ui.prompt.interface import Interface
from chatcli.ui.prompt.screen import HeldOutput
from chatcli.ui.prompt.starting import StartingController

if TYPE_CHECKING:
    from chatcli.commands.registry import Registry
    from chatcli.config import Config
    from chatcli.manager import SessionManager
    from chatcli.ui.live.running import RunningChat
    from chatcli.ui.start import Wanted

logger = logging.getLogger("chatcli")

FRAME_SECONDS = 1.0
"""Seconds to wait for the first frame before loading continues."""
UNEXPECTED = 1
FROM_SIGNAL = 128


class InteractiveChat:
    """The chat in a terminal.

    Args:
        config: as loaded.
        make_manager: called once, in a thread.
        make_registry: called once, in a thread.
        wanted: what the command line asks for.
    """

    def __init__(
        self,
        config: Config,
        make_manager: Callable[[], SessionManager],
        make_registry: Callable[[], Registry],
        wanted: Wanted,
    ) -> None:
        self._config = config
        self._make_manager = make_manager
        self._make_registry = make_registry
        self._wanted = wanted
        self._interface = Interface(config.repl, state_folder() / "history.jsonl")
        self._starting = StartingController(self._interface)
        self._interface.controller = self._starting
        self._running: RunningChat | None = None
        self._error: Exception | None = None

    async def run(self, release_prompt: Callable[[], None]) -> int:
        """Run until the user leaves; returns the exit code. Raises ChatcliError: no start."""
        with printing_goes_to_log(), self._signals():
            asyncio.get_running_loop().set_exception_handler(self._unexpected)
            code = await self._run_application()
        release_prompt()
        if self._error is not None:
            raise self._error
        self._say_how_to_come_back()
        return code

    async def _run_application(self) -> int:
        app = self._interface.app
        work: list[asyncio.Task[None]] = []

        def begin() -> None:
            app.output.write_raw("\r")  # a static prompt may stand there
            work.append(asyncio.create_task(self._work()))

        try:
            return await app.run_async(pre_run=begin, set_exception_handler=False)
        except EOFError:  # the terminal is gone
            return FROM_SIGNAL + 1
        finally:
            for task in work:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await self._put_away()

    async def _work(self) -> None:
        """Load everything else in a thread, once the prompt is visible, and run it."""
        output = self._interface.app.output
        if isinstance(output, HeldOutput):
            await asyncio.to_thread(output.writer.drain, FRAME_SECONDS)
        try:
            running = await self._load()
            self._running = running
            await running.start(self._make_manager, self._wanted, self._starting.entered)
        except Exception as error:  # noqa: BLE001 - raised again once the terminal is restored
            self._error = error
            self._interface.end(UNEXPECTED)
        else:
            await running.run()

    async def _load(self) -> RunningChat:
        module = await asyncio.to_thread(importlib.import_module, "chatcli.ui.live.running")
        registry = await asyncio.to_thread(self._make_registry)
        running: RunningChat = module.RunningChat(self._config, registry, self._interface)
        return running

    # --- the end --------------------------------------------------------------

    async def _put_away(self) -> None:
        if self._running is not None:
            await self._running.put_away()
        await asyncio.to_thread(self._interface.history.close)
        output = self._interface.app.output
        if isinstance(output, HeldOutput):
            await asyncio.to_thread(output.close)

    def _say_how_to_come_back(self) -> None:
        write_now(self._running.way_back() if self._running else "")

    # --- what comes from outside ----------------------------------------------

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGTERM and SIGHUP end the chat in good order."""
        if sys.platform == "win32":
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._interface.end, FROM_SIGNAL + number)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        logger.error("%s", context.get("message"), exc_info=context.get("exception"))
        if self._running is not None:
            self._running.tell_unexpected()

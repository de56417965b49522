"""Starts the embedded engine's process, says why it did not start, and ends it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from chatcli.backends.local import engine
from chatcli.backends.local.faults import start_error
from chatcli.backends.local.file import ModelFile
from chatcli.config.model import BackendConfig
from chatcli.errors import LocalEngineError

SLOTS = 2
"""Replies written at the same time; more wait in the engine's queue. Each costs the memory of a
whole context (our own model: 93 MB for 4096 tokens); all together write about as fast as one."""
_LOG_BYTES = 16_384
_BUNDLED_SAMPLING = {"temp": 0.2, "top_p": 0.9, "dry_multiplier": 0.8, "penalty_repeat": 1.1}
# So small a model repeats itself: without the last two, a third of its replies never end.
_BUNDLED_MAX_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine is started with; `context_size` is tokens for each slot (0: the model's).

    `max_tokens` bounds a reply whose request sets no bound; -1 is no bound but the context.
    """

    model_file: str
    model: str
    context_size: int
    threads: int
    prompt_threads: int
    max_tokens: int = -1
    slots: int = SLOTS
    sampling: Mapping[str, float] = field(default_factory=dict)


def engine_settings(file: ModelFile, config: BackendConfig) -> EngineSettings:
    """The settings for a model file: measured ones for our own, the engine's for others."""
    cores = os.cpu_count() or 1
    threads, prompt_threads = (1, 2) if file.bundled else (max(1, cores // 2), cores)
    return EngineSettings(
        model_file=str(file.path.absolute()),
        model=file.model,
        context_size=config.context_size,
        threads=config.threads or threads,
        prompt_threads=config.threads or prompt_threads,
        max_tokens=_BUNDLED_MAX_TOKENS if file.bundled else -1,
        sampling=_BUNDLED_SAMPLING if file.bundled else {},
    )


def engine_command(settings: EngineSettings) -> list[str]:
    """The command line of the child: this Python, which must not import from the work folder."""
    return [sys.executable, "-P", engine.__file__, json.dumps(asdict(settings))]


class EngineProcess:
    """A running engine; made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._log = b""
        self._reading = asyncio.create_task(self._read_log())
        self.port = 0

    @classmethod
    async def start(
        cls, command: Sequence[str], key: str, file: ModelFile, seconds: float
    ) -> EngineProcess:
        """Run `command` and wait until it says where it answers.

        Args:
            command: from `engine_command`.
            key: what requests must carry; it goes through the environment.
            file: the model, for messages.
            seconds: how long it may take; 0 is no limit.

        Raises LocalEngineError. A process that did not start well, or whose start was
        cancelled, is gone afterwards.
        """
        process = cls(await _spawn(command, key))
        try:
            await process._await_port(file, seconds)
        except BaseException:
            await process.stop()
            raise
        return process

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as is known."""
        return self._process.returncode is None

    async def ended(self, seconds: float) -> bool:
        """Whether it ends within this time, in seconds."""
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """End the process at once; it has nothing to save."""
        if self.alive:
            with suppress(ProcessLookupError):  # it ended just now
                self._process.kill()
        await self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        await self._reading

    async def _read_log(self) -> None:
        """Keep the end of standard error, in memory only."""
        stream = self._process.stderr
        assert stream  # noqa: S101 - it is a pipe
        while piece := await stream.read(4096):
            self._log = (self._log + piece)[-_LOG_BYTES:]

    async def _read_report(self) -> Mapping[str, str]:
        """The engine's one line; empty if it ended without. Other output is passed over."""
        stream = self._process.stdout
        assert stream  # noqa: S101 - it is a pipe
        while line := await stream.readline():
            with suppress(ValueError):
                report = json.loads(line)
                if isinstance(report, dict):
                    return report
        return {}

    async def _await_port(self, file: ModelFile, seconds: float) -> None:
        try:
            report = await asyncio.wait_for(self._read_report(), seconds or None)
        except TimeoutError as error:
            raise LocalEngineError(
                f"the embedded model did not load within {seconds:g} s",
                hint="raise timeouts.local_start in the configuration (0: no limit)",
            ) from error
        if "port" in report:
            self.port = int(report["port"])
            return
        code = await self._process.wait()
        await self._reading
        raise start_error(
            report, code, self._log.decode(errors="replace").splitlines(), file.path, file.remedy
        )


async def _spawn(command: Sequence[str], key: str) -> asyncio.subprocess.Process:
    """The child in a session of its own, so that Ctrl-C in the terminal does not reach it."""
    new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            creationflags=new_group,
            env={**os.environ, engine.KEY_VARIABLE: key},
        )
    except OSError as error:
        raise LocalEngineError(f"the embedded engine cannot be run: {error}") from error

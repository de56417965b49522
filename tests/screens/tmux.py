"""Drives a program in a private tmux server, which unlike the emulator re-wraps lines."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.screens.pseudo_terminal import WAIT_SECONDS, terminal_environment

SETTINGS = """\
set -g history-limit 50000
set -g remain-on-exit on
set -g status off
set -s escape-time 0
"""
POLL_SECONDS = 0.05


class TmuxTerminal:
    """One window of a tmux server of its own."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if not shutil.which("tmux"):
            raise RuntimeError("tmux is not installed")
        self._name = f"chatcli-{os.getpid()}-{time.monotonic_ns()}"
        self._environment = terminal_environment({})
        given = " ".join(f"{k}={shlex.quote(v)}" for k, v in (environment or {}).items())
        with tempfile.TemporaryDirectory() as folder:
            settings = Path(folder) / "tmux.conf"
            settings.write_text(SETTINGS)
            size = ("-x", str(columns), "-y", str(rows))
            command = f"exec env {given} {shlex.join(argv)}"
            self._tmux("-f", str(settings), "new-session", "-d", *size, command)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", self._name, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"tmux {arguments}: {done.stderr}")
        return done.stdout

    def send(self, text: str) -> None:
        """Type `text` as it is."""
        self._tmux("send-keys", "-l", text)

    def key(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, C-u, Up, M-Enter."""
        self._tmux("send-keys", *names)

    def enter(self, text: str) -> None:
        """Type a line and press Enter."""
        self.send(text)
        self.key("Enter")

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def lines(self) -> list[str]:
        """Scrollback and screen, re-wrapped rows joined, without the empty rows at the end."""
        captured = self._tmux("capture-pane", "-p", "-J", "-S", "-")
        lines = [line.rstrip() for line in captured.split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def text(self) -> str:
        """Scrollback and screen as one text."""
        return "\n".join(self.lines())

    def shows(self, expected: str | re.Pattern[str]) -> bool:
        """Whether the screen shows it now."""
        seen = self._tmux("capture-pane", "-p")
        return bool(expected.search(seen)) if isinstance(expected, re.Pattern) else expected in seen

    def wait_for(
        self,
        expected: str | re.Pattern[str] | Callable[[], object],
        seconds: float = WAIT_SECONDS,
    ) -> None:
        """Wait until the screen shows a text or pattern, or a predicate is true."""
        until = time.monotonic() + seconds
        while not (expected() if callable(expected) else self.shows(expected)):
            if time.monotonic() > until:
                screen = self._tmux("capture-pane", "-p")
                raise TimeoutError(f"{expected!r} not seen; screen:\n{screen}")
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """End the server."""
        with contextlib.suppress(RuntimeError):
            self._tmux("kill-server")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

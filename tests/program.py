"""Runs the real program in folders of its own: `python -m chatcli …`, as a user's shell does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WAIT_SECONDS = 60.0
"""How long a process or a condition is waited for: generous, a loaded machine must pass."""
NOT_PASSED_ON = ("CHATCLI_", "OPENAI_", "OLLAMA_", "PYTHONIO", "NO_COLOR", "COLUMNS", "LINES")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left: exit code and both streams, as bytes and as text."""

    code: int
    output: bytes
    errors: bytes

    @property
    def stdout(self) -> str:
        return self.output.decode()

    @property
    def stderr(self) -> str:
        return self.errors.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.output)

    @property
    def lines(self) -> list[Any]:
        """Standard output as lines of JSON."""
        return [json.loads(line) for line in self.stdout.splitlines()]


@dataclass(slots=True)
class Program:
    """One user's configuration, data and state below `folder`."""

    folder: Path
    config: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(self.config)
        self.config_file.chmod(0o600)

    @property
    def config_file(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "chatcli.db"

    @property
    def log(self) -> Path:
        return self.folder / "state" / "chatcli.log"

    def environ(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """The process's environment: nothing of the tester's own settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_PASSED_ON)}
        return {
            **kept,
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "CHATCLI_CONFIG": str(self.config_file),
            "CHATCLI_DATA_DIR": str(self.folder / "data"),
            "CHATCLI_STATE_DIR": str(self.folder / "state"),
            **self.environment,
            **(extra or {}),
        }

    def start(
        self, *arguments: str, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start it; standard input is empty unless `stdin` says otherwise."""
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            **options,
        }
        command = [sys.executable, "-m", "chatcli", *arguments]
        return subprocess.Popen(command, env=self.environ(env), **options)

    def run(
        self,
        *arguments: str,
        text: str | bytes | None = None,
        env: dict[str, str] | None = None,
        **options: Any,
    ) -> Result:
        """Run it to its end; `text` goes to standard input through a pipe."""
        if text is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*arguments, env=env, **options)
        given = text.encode() if isinstance(text, str) else text
        try:
            output, errors = process.communicate(given, timeout=WAIT_SECONDS)
        finally:
            process.kill()
        return Result(process.returncode, output or b"", errors or b"")

    def ok(self, *arguments: str, **options: Any) -> Result:
        """Run it and require exit code 0."""
        result = self.run(*arguments, **options)
        assert result.code == 0, (arguments, result)
        return result

    def history(self, reference: str) -> list[dict[str, Any]]:
        """What `history --json` tells."""
        turns = self.ok("history", reference, "--json").json
        assert isinstance(turns, list)
        return turns

    def sessions(self) -> list[dict[str, Any]]:
        """What `list --all --json` tells."""
        sessions = self.ok("list", "--all", "--json").json
        assert isinstance(sessions, list)
        return sessions


def wait_until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Look again and again until it holds; AssertionError after a long time."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited too long for {what}"
        time.sleep(0.01)

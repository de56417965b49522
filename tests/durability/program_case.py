"""`chatcli send` with a server that keeps on talking, and what it has printed so far."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading

from tests.fault_server import FaultServer
from tests.program import Program

WHOLE = "".join(f"{number} " for number in range(1, 100_000))
"""What `endless` says, and more than any test waits for."""


def configure(program: Program, server: FaultServer, more: str = "") -> None:
    """Name the server as the backend `fake`."""
    backend = f'[backends.fake]\nbase_url = "{server.base_url}"\napi_key = "k"\n'
    config = f'model = "fake/ok"\n[retries]\nmax_retries = 0\n{backend}{more}'
    program.config_file.write_text(config)


class Sending:
    """A `send` that runs; a thread reads what it prints."""

    def __init__(self, program: Program, prompt: str, *flags: str) -> None:
        where = ("-s", "notes", "-m", "fake/endless:50")
        self.process = program.start("send", "-q", *flags, *where, prompt)
        self.shown = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while piece := os.read(self.process.stdout.fileno(), 65536):
            self.shown += piece

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: exit code, all it printed, its errors."""
        assert self.process.stderr is not None
        errors = self.process.stderr.read().decode()
        code = self.process.wait(60)
        self._reader.join(60)
        return code, self.shown.decode(), errors

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.end()


def checkpoints(program: Program) -> int:
    """How often the reply being written has reached the disk."""
    try:
        reader = sqlite3.connect(f"file:{program.database}?mode=ro", uri=True)
    except sqlite3.OperationalError:  # no database yet
        return 0
    try:
        query = (
            "SELECT count(*) FROM turn_pieces WHERE turn_id = (SELECT max(id) FROM turns) "
            "AND text != ''"
        )
        return int(reader.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # no table yet
        return 0
    finally:
        reader.close()

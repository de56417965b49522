"""The program's event loop: what nobody waited for is in the log, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio
import gc
import sys
from pathlib import Path

from chatcli.event_loop import run
from chatcli.output.log import start_log

async def fails():
    raise RuntimeError(" ".join(["words", "of", "a", "prompt"]))

async def main():
    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    del task
    gc.collect()

start_log(Path(sys.argv[1]))
run(main())
"""


def test_a_fault_that_nobody_waited_for_is_in_the_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    logged = (tmp_path / "chatcli.log").read_text()
    assert "Task exception was never retrieved" in logged
    assert "builtins.RuntimeError" in logged
    assert "words of a prompt" not in logged

"""The background writer on real pipes, in a process of its own."""

import subprocess
import sys
from typing import Any

PROGRAM = """
import sys, time
from chatcli.output.writer import BackgroundWriter
writer = BackgroundWriter()
started = time.monotonic()
for number in range({count}):
    writer.write(f"{{number}}\\n")
sys.stderr.write("handed over\\n")
sys.stderr.flush()
writer.close()
sys.stderr.write(f"gone {{writer.reader_gone}}\\n")
"""


def start(count: int, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM.format(count=count)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def test_a_reader_that_does_not_read_holds_up_nothing_and_misses_nothing() -> None:
    with start(200_000, stdout=subprocess.PIPE) as process:
        assert process.stderr
        assert process.stdout
        assert process.stderr.readline() == "handed over\n"  # far more than a pipe holds
        lines = process.stdout.read().splitlines()
    assert lines == [str(number) for number in range(200_000)]


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    with start(200_000, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == "handed over\ngone True\n"
    assert process.returncode == 0


def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full, start(10, stdout=full) as process:  # noqa: PTH123
        assert process.stderr
        assert "standard output cannot be written: No space left" in process.stderr.read()
    assert process.returncode != 0


ORDERED = """
import os
from chatcli.output.writer import BackgroundWriter
writer = BackgroundWriter()
for number in range(1000):
    writer.write(f"{number} ")
    writer.then(lambda: os.write(1, b"then "))
writer.close()
"""


def test_an_action_comes_after_the_text_before_it_and_before_the_text_after_it() -> None:
    command = [sys.executable, "-c", ORDERED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "".join(f"{number} then " for number in range(1000))

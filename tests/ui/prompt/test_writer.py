"""The thread that writes to the terminal."""

from __future__ import annotations

import os
import termios
import threading

import pytest

from chatcli.ui.prompt.writer import InLowWindow, TerminalWriter


def test_order_is_kept_and_what_was_taken_is_told() -> None:
    reader, fd = os.pipe()
    writer = TerminalWriter(fd)
    told = threading.Event()
    for number in range(100):
        writer.write(f"{number} ")
    writer.write("end", told.set)
    assert told.wait(60)
    assert os.read(reader, 10_000).decode() == "".join(f"{n} " for n in range(100)) + "end"
    writer.close()
    os.close(reader)
    os.close(fd)


@pytest.mark.parametrize(
    ("rows", "expected"), [(6, "text and interface"), (5, "text"), (0, "text and interface")]
)
def test_an_interface_that_no_longer_fits_is_left_out(rows: int, expected: str) -> None:
    """The window became lower after the frame was made; 0: its size is not known."""
    reader, fd = os.openpty()
    termios.tcsetwinsize(fd, (rows, 80))
    writer = TerminalWriter(fd)
    writer.write("text and interface", low=InLowWindow(6, "text"))
    assert writer.drain(60)
    assert os.read(reader, 10_000).decode() == expected
    writer.close()
    os.close(reader)
    os.close(fd)


def test_a_reader_that_does_not_read_holds_up_nobody() -> None:
    reader, fd = os.pipe()
    writer = TerminalWriter(fd)
    told = threading.Event()
    writer.write("x" * 1_000_000, told.set)
    assert not writer.drain(0.05)
    assert writer.backlog == 1_000_000
    assert not told.is_set()
    read = 0
    while read < 1_000_000:
        read += len(os.read(reader, 65536))
    assert writer.drain(60)
    assert told.wait(60)
    writer.close()
    os.close(reader)
    os.close(fd)


def test_a_terminal_that_is_gone_takes_nothing_and_nothing_fails() -> None:
    reader, fd = os.pipe()
    os.close(reader)
    writer = TerminalWriter(fd)
    told = threading.Event()
    writer.write("into the void", told.set)
    assert writer.drain(60)
    assert not told.is_set()
    writer.close()
    os.close(fd)


def test_a_terminal_made_non_blocking_by_others_is_waited_for() -> None:
    reader, fd = os.pipe()
    os.set_blocking(fd, False)
    writer = TerminalWriter(fd)
    writer.write("y" * 300_000)
    read = 0
    while read < 300_000:
        read += len(os.read(reader, 65536))
    assert writer.drain(60)
    writer.close()
    os.close(reader)
    os.close(fd)


def test_what_the_encoding_lacks_is_a_question_mark() -> None:
    reader, fd = os.pipe()
    writer = TerminalWriter(fd, "latin-1")
    writer.write("é 漢")
    assert writer.drain(60)
    assert os.read(reader, 100) == "é ?".encode("latin-1")
    writer.close()
    os.close(reader)
    os.close(fd)

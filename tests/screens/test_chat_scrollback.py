"""The text above the prompt stays exact: every word once, in order, whatever the window does."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.screens.chat import interface_rows, numbers, open_chat, open_chat_in_tmux
from tests.screens.terminal import Terminal
from tests.screens.tmux import TmuxTerminal

pytestmark = pytest.mark.screen

WORDS = 1200
ORDER = f"words {WORDS} 400 w"


def has_reached(chat: Terminal | TmuxTerminal, number: int) -> bool:
    """Whether the words up to that number have been printed."""
    return max(numbers(chat.text(), "w"), default=0) >= number


def milestones(chat: Terminal | TmuxTerminal, step: int) -> Iterator[None]:
    """Whenever so many words more have been printed, until all are."""
    for milestone in range(step, WORDS, step):
        chat.wait_for(partial(has_reached, chat, milestone))
        yield
    chat.wait_for(lambda: f"w{WORDS - 1}" in chat.text())


def has_read(chat: Terminal, count: int) -> bool:
    """Whether so many bytes have come from the program."""
    return chat.bytes_read > count


def words(chat: Terminal) -> list[int]:
    """The reply's words, also those that a window narrower than their line broke in two."""
    return [int(number) for number in re.findall(r"w(\d+)", "".join(chat.lines()))]


def end_of(chat: Terminal, last: int = WORDS - 1) -> None:
    """Wait until the reply is over and all of it is printed."""
    chat.wait_for(lambda: last in numbers(chat.text(), "w"))
    chat.wait_for(lambda: not any("Ctrl-C stops" in line for line in chat.visible()))
    every = list(range(last + 1))
    chat.wait_for(lambda: every in (words(chat), numbers(chat.text(), "w")))
    chat.settle()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_window_that_changes_at_random(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with open_chat(tmp_path) as chat:
        chat.enter(ORDER)
        for _ in milestones(chat, 40):
            chat.resize(chance.randint(25, 120), chance.randint(6, 45))
        end_of(chat)
        assert list(range(WORDS)) in (words(chat), numbers(chat.text(), "w"))
        assert len(interface_rows(chat.lines())) == 1


def test_typing_and_pasting_while_it_changes(tmp_path: Path) -> None:
    chance = random.Random(3)
    typed = 0
    with open_chat(tmp_path) as chat:
        chat.enter(ORDER)
        for _ in milestones(chat, 60):
            chat.resize(chance.randint(40, 120), chance.randint(16, 45))
            typed += 1
            if typed % 3:
                chat.send(f"typed{typed} ")
            else:
                chat.paste(f"pasted{typed}\n" * 3)
            if typed % 7 == 0:
                chat.key("enter")
        end_of(chat)
        chat.wait_for(lambda: chat.text().count("You said: typed") >= typed // 7)
        chat.settle()
        assert list(range(WORDS)) in (words(chat), numbers(chat.text(), "w"))
        assert len(interface_rows(chat.lines())) <= 1


def test_a_window_lower_than_the_rows_above_the_cursor(tmp_path: Path) -> None:
    """While a key was just pressed, and while the input has many rows."""
    with open_chat(tmp_path) as chat:
        chat.enter(ORDER)
        for step, _ in enumerate(milestones(chat, 60)):
            if step == 10:
                chat.paste("".join(f"line{n}\n" for n in range(8)))
            chat.send(f"typed{step} ")
            chat.wait_for(f"typed{step}")
            chat.resize(80, 6)
            chat.resize(80, 24)
        end_of(chat)
        assert numbers(chat.text(), "w") == list(range(WORDS))
        assert chat.text().count("line3") == 1


def types_in_sight(chat: Terminal, row: str, column: int) -> bool:
    """Whether the terminal's cursor is seen there."""
    cursor = chat.screen.cursor
    return not cursor.hidden and cursor.x == column and chat.visible()[cursor.y] == row


def test_an_input_method_finds_the_cursor_in_the_input(tmp_path: Path) -> None:
    with open_chat(tmp_path) as chat:
        chat.enter("words 100000 50 w")
        chat.wait_for("writing")
        chat.send("漢字")
        chat.wait_for(lambda: types_in_sight(chat, "> 漢字", len("> 漢字") + 2))


@pytest.mark.parametrize("rows", [2, 3, 4, 5])
def test_a_very_low_window(tmp_path: Path, rows: int) -> None:
    with open_chat(tmp_path, columns=50, rows=rows) as chat:
        chat.enter(ORDER)
        chat.wait_for_line("w9")
        chat.key("ctrl-d")
        chat.wait_for("Esc stays")
        chat.key("esc")
        end_of(chat)
        assert list(range(WORDS)) in (words(chat), numbers(chat.text(), "w"))
        assert b"too small" not in chat.raw


def test_wide_characters(tmp_path: Path) -> None:
    source = tmp_path / "wide.md"
    words = [f"w{n} 漢字かな交じり文 👩‍👩‍👧 ❤️ é" for n in range(150)]
    source.write_text("\n\n".join(words))
    chance = random.Random(5)
    with open_chat(tmp_path) as chat:
        chat.enter(f"file {source} 800")
        for _ in range(12):
            seen = chat.bytes_read + 300
            chat.wait_for(partial(has_read, chat, seen))
            chat.resize(chance.randint(33, 100), chance.randint(12, 40))
        end_of(chat, 149)
        assert numbers(chat.text(), "w") == list(range(150))


needs_tmux = pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")


@needs_tmux
def test_tmux_which_wraps_lines_anew(tmp_path: Path) -> None:
    with open_chat_in_tmux(tmp_path) as chat:
        chat.enter(ORDER)
        widths = [50, 80] * WORDS
        for _ in milestones(chat, 60):
            chat.resize(widths.pop(), 24)
        chat.wait_for(lambda: "Ctrl-C stops" not in chat.text())
        # tmux may have moved rows of the interface into its history before the chat knew of
        # the new width: such words stand there twice, but none is missing or out of order
        assert list(dict.fromkeys(numbers(chat.text(), "w"))) == list(range(WORDS))


@needs_tmux
def test_tmux_does_not_get_the_interface_into_its_history(tmp_path: Path) -> None:
    with open_chat_in_tmux(tmp_path) as chat:
        for letter in "abcdefghijkl":
            chat.enter(f"words 60 0 {letter}")
            chat.wait_for(f"{letter}59")
        chat.wait_for(lambda: "Ctrl-C stops" not in chat.text())
        assert len(interface_rows(chat.lines())) == 1

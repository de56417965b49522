"""The chat in a pseudo-terminal, with folders of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatcli.storage.sqlite import SqliteStore
from tests.screens.terminal import Terminal
from tests.screens.tmux import TmuxTerminal

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, str(ROOT / "tests" / "screens" / "chat_program.py")]
READY = "Message, or /help"
"""What an empty input shows."""


def environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The chat's environment, everything it keeps in `folder`."""
    places = {"CHATCLI_DATA_DIR": str(folder), "CHATCLI_STATE_DIR": str(folder)}
    return {**places, "PYTHONPATH": str(ROOT), **(extra or {})}


def open_chat(
    folder: Path,
    *settings: str,
    columns: int = 80,
    rows: int = 24,
    extra: Mapping[str, str] | None = None,
) -> Terminal:
    """The chat, ready for input; `settings` as chat_program takes them."""
    chat = Terminal([*PROGRAM, *settings], columns, rows, environment(folder, extra))
    chat.wait_for(READY)
    chat.wait_for_line("/help shows")  # a long session's last page may have moved it up by now
    return chat


def open_chat_in_tmux(
    folder: Path, *settings: str, columns: int = 80, rows: int = 24
) -> TmuxTerminal:
    """The same in tmux."""
    chat = TmuxTerminal([*PROGRAM, *settings], columns, rows, environment(folder))
    chat.wait_for(READY)
    chat.wait_for(lambda: "/help shows" in chat.text())
    return chat


def numbers(text: str, prefix: str) -> list[int]:
    """The numbered words with that prefix, as they stand in a text."""
    return [int(found) for found in re.findall(rf"\b{prefix}(\d+)\b", text)]


def wait_for_words(chat: Terminal, count: int, prefix: str = "w") -> None:
    """Wait until so many numbered words stand there, each once and in order; and so they stay."""
    every = list(range(count))
    chat.wait_for(lambda: numbers(chat.text(), prefix) == every)
    chat.settle()
    assert numbers(chat.text(), prefix) == every


def interface_rows(lines: Sequence[str]) -> list[str]:
    """Rows that belong to the interface and not to the text above it."""
    signs = (READY, "Ctrl-C stops", "queued ·")
    return [line for line in lines if any(sign in line for sign in signs)]


def prompts(folder: Path, session: str = "chat-1") -> list[str]:
    """The messages that a session holds."""
    store = SqliteStore.open(folder / "chatcli.db")
    try:
        turns = store.thread(store.find_session(session).id)
    finally:
        store.close()
    return [turn.content for turn in turns if turn.role == "user"]

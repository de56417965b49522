"""Texts of a killed process that go back to the sessions they were typed in."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from chatcli import SessionManager
from chatcli.ui.unsent.file import Unsent
from chatcli.ui.unsent.leftovers import GivenBack, give_back

KEEP_AND_DIE = """
import os, sys
from pathlib import Path
from chatcli.ui.unsent.file import UnsentFile
UnsentFile(Path(sys.argv[1])).keep({"notes": "not sent", "gone": "of no session"})
os.kill(os.getpid(), 9)
"""
NO_DRAFTS = """
CREATE TRIGGER no_drafts BEFORE UPDATE OF draft ON sessions
BEGIN SELECT RAISE(ABORT, 'not now'); END
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what a killed process left, and the data folder at once."""
    monkeypatch.setenv("CHATCLI_DATA_DIR", str(tmp_path))
    subprocess.run([sys.executable, "-c", KEEP_AND_DIE, str(tmp_path)], check=False)
    return tmp_path


def test_they_stand_before_what_the_session_has_for_a_draft(folder: Path) -> None:
    async def main() -> None:
        async with SessionManager() as manager:
            notes = manager.create_session("scripted/echo", name="notes")
            await manager.send_message(notes, "hello")
            manager.save_draft(notes, "typed since")
            left = give_back(manager, folder)
            assert left == GivenBack(["notes"], [Unsent("gone", "of no session")])
            assert manager.get_session("notes").draft == "not sent\n\ntyped since"
            assert give_back(manager, folder) == GivenBack([], [])

    asyncio.run(main())


def test_what_the_database_does_not_take_is_not_dropped(folder: Path) -> None:
    async def main() -> None:
        async with SessionManager() as manager:
            notes = manager.create_session("scripted/echo", name="notes")
            await manager.send_message(notes, "hello")
            database = sqlite3.connect(folder / "chatcli.db")
            database.execute(NO_DRAFTS)
            database.close()
            left = give_back(manager, folder)
            assert left.names == []
            assert Unsent("notes", "not sent") in left.others

    asyncio.run(main())

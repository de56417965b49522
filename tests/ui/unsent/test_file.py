"""What a crash leaves of sessions that were never stored."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

from chatcli.ui.unsent.file import Unsent, UnsentFile, take_leftovers

KEEP_AND_DIE = """
import os, sys
from pathlib import Path
from chatcli.ui.unsent.file import UnsentFile
file = UnsentFile(Path(sys.argv[1]))
file.keep({"sent": "sent meanwhile"})
file.keep({"": "without a name", "notes": "for the notes"})
os.kill(os.getpid(), 9)
"""


def test_a_process_that_was_killed_leaves_its_drafts_once(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KEEP_AND_DIE, str(tmp_path)], check=False)
    [path] = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert take_leftovers(tmp_path) == [
        Unsent("", "without a name"),
        Unsent("notes", "for the notes"),
    ]
    assert take_leftovers(tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_a_living_process_keeps_its_own(tmp_path: Path) -> None:
    file = UnsentFile(tmp_path)
    file.keep({"notes": "being typed"})
    assert take_leftovers(tmp_path) == []
    file.close()
    assert not list(tmp_path.iterdir())


def test_nothing_to_keep_is_no_file(tmp_path: Path) -> None:
    file = UnsentFile(tmp_path)
    file.keep({"notes": "text"})
    file.keep({"notes": "   "})
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "unsent-1-x.json").write_text("{")
    (tmp_path / "unsent-2-x.json").write_text("[1]")
    (tmp_path / "unsent-3-x.json").write_text(json.dumps({"pid": os.getpid()}))
    assert take_leftovers(tmp_path) == []
    UnsentFile(tmp_path / "unsent-1-x.json").keep({"notes": "no folder"})

"""The README says what is true: commands, exit codes, the library's example."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatcli.cli.help import EXIT_CODES
from chatcli.commands.catalogue import default_registry

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_every_slash_command_is_named() -> None:
    missing = [c.name for c in default_registry() if f"/{c.name}" not in README]
    assert missing == []


def test_every_verb_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chatcli", "--help"], capture_output=True, text=True, check=True
    )
    verbs = re.findall(r"^  ([a-z]+)  +[A-Z]", done.stdout, re.MULTILINE)
    assert len(verbs) > 15
    assert [verb for verb in verbs if f"`{verb}" not in README] == []


def test_every_exit_code_is_explained() -> None:
    table = re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert {int(code): meaning for code, meaning in table} == EXIT_CODES


def test_the_files_it_points_to_are_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("example", code_blocks("python"))
def test_the_library_example_runs(example: str, tmp_path: Path) -> None:
    environment = {
        "CHATCLI_DATA_DIR": str(tmp_path / "data"),
        "CHATCLI_STATE_DIR": str(tmp_path / "state"),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", example]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert done.stderr == ""
    assert "Hello!" in done.stdout

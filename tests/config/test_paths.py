"""Where the user's files are, and that they are the user's alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chatcli.config.paths import (
    config_path,
    data_folder,
    ensure_private_folder,
    open_private,
    state_folder,
)
from chatcli.errors import ConfigError

FINDERS = [
    (config_path, "CHATCLI_CONFIG"),
    (data_folder, "CHATCLI_DATA_DIR"),
    (state_folder, "CHATCLI_STATE_DIR"),
]


@pytest.mark.parametrize(("find", "variable"), FINDERS)
def test_a_variable_names_the_place(find: type, variable: str, tmp_path: Path) -> None:
    assert find({variable: str(tmp_path / "x")}) == tmp_path / "x"
    assert find({variable: "~/x"}) == Path.home() / "x"
    assert find({variable: "x"}) == Path.cwd() / "x"
    assert find({variable: " "}) == find({})
    assert find({}).is_absolute()
    assert "chatcli" in find({}).parts


def ask(expression: str, **environ: str) -> str:
    """Evaluate something about paths in a process with these variables only."""
    code = f"""if True:
        from chatcli.config import paths
        from chatcli.errors import ConfigError
        try:
            print({expression})
        except ConfigError as error:
            print(error.message, "|", error.hint)
    """
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
def test_the_users_folders_are_those_of_the_system() -> None:
    asked = "paths.config_path(), paths.data_folder(), paths.state_folder()"
    assert ask(f"*({asked}), sep=' '", HOME="/h") == (
        "/h/.config/chatcli/config.toml /h/.local/share/chatcli /h/.local/state/chatcli"
    )
    moved = ask(f"*({asked}), sep=' '", HOME="/h", XDG_CONFIG_HOME="/c", XDG_DATA_HOME="/d")
    assert moved == "/c/chatcli/config.toml /d/chatcli /h/.local/state/chatcli"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("finder", ["config_path", "data_folder", "state_folder"])
def test_a_user_without_a_home_is_told_what_to_set(finder: str) -> None:
    nobody = "__import__('platformdirs'), __import__('pwd'), __import__('os').setuid(54321)"
    said = ask(f"({nobody}, paths.{finder}())[-1]")
    assert said.startswith("no home folder was found for the ")
    assert "set HOME, or CHATCLI_CONFIG" in said


def test_a_relative_home_never_means_the_current_folder() -> None:
    said = ask("paths.config_path()", HOME="home", XDG_CONFIG_HOME="here")
    assert said.startswith(("/", "there is no home folder"))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
def test_folders_and_files_are_private(tmp_path: Path) -> None:
    folder = ensure_private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with open_private(folder / "x", "x") as stream:
        stream.write("é")
    with open_private(folder / "x", "a") as stream:
        stream.write("ü")
    assert stat.S_IMODE((folder / "x").stat().st_mode) == 0o600
    assert (folder / "x").read_text(encoding="utf-8") == "éü"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert ensure_private_folder(tmp_path) == tmp_path
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigError, match=f"the folder {folder} cannot be created") as caught:
            ensure_private_folder(folder)
        assert "CHATCLI_DATA_DIR" in caught.value.hint

"""Files are their owner's alone, and a folder somebody else filled decides nothing."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from tests.program import Program

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no modes of this kind")


def modes(folder: Path) -> dict[str, int]:
    return {str(f.relative_to(folder)): stat.S_IMODE(f.stat().st_mode) for f in folder.rglob("*")}


def test_all_that_is_made_is_private_whatever_the_umask(program: Program, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    names = ("CHATCLI_CONFIG", "CHATCLI_DATA_DIR", "CHATCLI_STATE_DIR")
    nowhere = dict.fromkeys(names, "") | {"HOME": str(home), "XDG_CONFIG_HOME": ""}
    environment = {**nowhere, "XDG_DATA_HOME": "", "XDG_STATE_HOME": ""}
    program.ok("config", "init", env=environment, umask=0)
    named = {**environment, "CHATCLI_CONFIG": str(program.config_file)}
    program.ok("send", "-s", "notes", "Hi", env=named, umask=0)
    made = modes(home)
    assert any(name.endswith("config.toml") for name in made)
    assert any(name.endswith("chatcli.db") for name in made)
    for name, mode in made.items():
        wanted = 0o700 if (home / name).is_dir() else 0o600
        assert mode == wanted or (mode & 0o077) == 0, (name, oct(mode))


@pytest.mark.parametrize(("mode", "warns"), [(0o644, True), (0o640, True), (0o600, False)])
def test_a_key_that_others_can_read_is_warned_about(
    program: Program, mode: int, warns: bool
) -> None:
    program.config_file.chmod(mode)
    for arguments in (["list"], ["send", "Hi"]):
        errors = program.ok(*arguments).stderr
        assert ("chmod 600" in errors) is warns


def test_a_device_is_nobody_s_to_be_made_private(program: Program) -> None:
    result = program.run("--config", os.devnull, "config", "show")
    assert (result.code, result.errors) == (0, b"")


def test_nothing_in_the_current_folder_is_read(program: Program, tmp_path: Path) -> None:
    trap, proof = tmp_path / "trap", tmp_path / "proof"
    trap.mkdir()
    command = json.dumps([sys.executable, "-c", f"open({str(proof)!r}, 'w')"])
    config = (
        'model = "evil/m"\n[backends.evil]\nbase_url = "http://127.0.0.1:1/v1"\n'
        f"api_key_command = {command}\n"
    )
    for name in ("config.toml", ".chatcli.toml", "chatcli.toml", "chatcli/config.toml"):
        file = trap / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(config)
    (trap / ".env").write_text("OPENAI_API_KEY=sk-from-the-folder\nCHATCLI_MODEL=evil/m\n")
    (trap / "openai.py").write_text(f"open({str(proof)!r}, 'w')\n")
    # as the installed script does, not `python -m`, which looks for modules in the current folder
    start = "import sys; from chatcli.cli import main; sys.exit(main())"
    for arguments in (["send", "Hi"], ["config", "show"]):
        result = run_in(program, trap, [sys.executable, "-P", "-c", start, *arguments])
        assert "evil" not in result
        assert "sk-from" not in result
    assert not proof.exists()


def run_in(program: Program, folder: Path, command: list[str]) -> str:
    """What a command prints in that folder; it must succeed."""
    import subprocess

    done = subprocess.run(
        command, cwd=folder, env=program.environ(), capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done
    return (done.stdout + done.stderr).decode()


def test_a_key_command_is_run_without_a_shell(program: Program, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    words = f"; touch {proof}; $(touch {proof}) `touch {proof}` | tee {proof} > {proof}"
    script = "import sys; assert sys.argv[1].startswith(';'); print('sk-of-the-command')"
    command = json.dumps([sys.executable, "-c", script, words])
    config = program.config.replace('api_key = "sk-any"', f"api_key_command = {command}")
    program.config_file.write_text(config)
    assert program.ok("send", "Hi").output == b"Hi\n"
    assert not proof.exists()

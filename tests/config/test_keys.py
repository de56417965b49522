"""Keys: found in the right place, cleaned or refused, never shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from chatcli.config import BackendConfig
from chatcli.config.key_command import first_line_of
from chatcli.config.keys import find_key, key_source
from chatcli.errors import ConfigError

SECRET = "sk-VERYSECRET1234567890"
PATH = {"PATH": os.environ["PATH"]}


def prints(text: str, *, code: int = 0) -> tuple[str, ...]:
    """A command that prints a text and ends with an exit code."""
    script = f"import sys; sys.stdout.write({text!r}); sys.stderr.write({text!r}); sys.exit({code})"
    return (sys.executable, "-c", script)


EVERYWHERE = BackendConfig(
    api_key_env="KEY", api_key="from-file", api_key_command=prints("from-command")
)


@pytest.mark.parametrize(
    ("backend", "environ", "key", "source"),
    [
        (EVERYWHERE, {"KEY": "from-variable"}, "from-variable", "$KEY"),
        (EVERYWHERE, {"KEY": ""}, "from-file", "backends.b.api_key"),
        (EVERYWHERE, {"KEY": " \n"}, "from-file", "backends.b.api_key"),
        (
            BackendConfig(api_key_env="KEY", api_key_command=prints("from-command")),
            {},
            "from-command",
            f"command {sys.executable}",
        ),
        (BackendConfig(api_key_env="KEY"), {}, None, ""),
        (BackendConfig(api_key_env="KEY"), {"OTHER": "x"}, None, ""),
        (BackendConfig(), {"OPENAI_API_KEY": "x"}, None, ""),
        (BackendConfig(api_key=" '' "), {}, None, ""),
    ],
)
def test_the_first_place_that_has_one(
    backend: BackendConfig, environ: dict[str, str], key: str | None, source: str
) -> None:
    assert find_key("b", backend, environ) == key
    assert key_source("b", backend, environ) == source


@pytest.mark.parametrize(
    "text",
    [
        f"{SECRET}",
        f"  {SECRET}\n",
        f'"{SECRET}"',
        f"'{SECRET}'\r\n",
        f"Bearer {SECRET}",
        f"\ufeff{SECRET}\u200b",
        f"\u00a0{SECRET}\t",
    ],
)
def test_what_copying_leaves_around_it_is_taken_off(text: str) -> None:
    backend = BackendConfig(api_key_env="KEY")
    assert find_key("b", backend, {"KEY": text}) == SECRET
    assert find_key("b", BackendConfig(api_key=text), {}) == SECRET


@pytest.mark.parametrize("inside", ["\n", "\r", "\0", " ", "\x1b", "\x7f", "é", "\u2028", "\u2013"])
def test_what_no_key_can_hold_is_refused_without_showing_it(inside: str) -> None:
    backend = BackendConfig(api_key_env="KEY")
    with pytest.raises(ConfigError, match=r"\(\$KEY\) holds") as caught:
        find_key("b", backend, {"KEY": f"{SECRET}{inside}x"})
    assert SECRET not in caught.value.message + caught.value.hint


# --- api_key_command ----------------------------------------------------------


def from_command(*command: str, environ: dict[str, str] | None = None) -> str | None:
    return find_key("work", BackendConfig(api_key_command=command), environ or PATH)


@pytest.mark.parametrize("text", [f"{SECRET}\n", f"{SECRET}", f"\n{SECRET}\nurl: x\nuser: é\n"])
def test_the_first_line_of_a_commands_output_is_the_key(text: str) -> None:
    assert from_command(*prints(text)) == SECRET


def test_a_command_gets_the_environment_and_is_looked_for_in_its_path(tmp_path: Path) -> None:
    program = tmp_path / "get-key"
    program.write_text('#!/bin/sh\necho "$SECRET"\n')
    program.chmod(0o700)
    environ = {"PATH": f"{tmp_path}:{PATH['PATH']}", "SECRET": SECRET}
    assert from_command("get-key", environ=environ) == SECRET


def test_no_shell_reads_the_words() -> None:
    script = "import json, sys; print(json.dumps(sys.argv[1:], separators=(',', ':')))"
    words = ("$HOME", "$(id)", "`id`", ";", "|", ">x", "*")
    printed = from_command(sys.executable, "-c", script, *words)
    assert printed is not None
    assert json.loads(printed) == list(words)


def test_a_command_has_no_input() -> None:
    command = (sys.executable, "-c", "import sys; print('[' + sys.stdin.read() + ']')")
    code = (
        "from chatcli.config import BackendConfig; from chatcli.config.keys import find_key\n"
        f"print(find_key('b', BackendConfig(api_key_command={command!r})))"
    )
    ours = [sys.executable, "-c", code]
    done = subprocess.run(ours, input="typed", capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (prints(SECRET, code=3), "exit code 3"),
        (prints(""), "printed nothing"),
        (prints("\n\n"), "printed nothing"),
        (("/no/such/program", SECRET), "cannot be started: No such file"),
        (("/", SECRET), "cannot be started"),
        (("nul\0byte", SECRET), "cannot be started"),
        (prints(f"{SECRET} {SECRET}"), "holds a space"),
        (prints(f"{SECRET}é"), "holds a space, a control character or a non-ASCII letter"),
        ((sys.executable, "-c", "while True: print('y' * 1000)"), "exit code"),
    ],
)
def test_a_command_that_fails_shows_neither_output_nor_arguments(
    command: tuple[str, ...], fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        from_command(*command)
    assert fault in caught.value.message
    assert "work" in caught.value.message
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.__cause__ is None
    assert capfd.readouterr() == ("", "")


def test_a_command_that_does_not_end_is_ended() -> None:
    script = "while True: pass"
    with pytest.raises(ConfigError, match=r"did not end within 0\.1 s"):
        first_line_of([sys.executable, "-c", script], "b", PATH, seconds=0.1)  # and returns


def test_a_child_that_keeps_the_output_open_does_not_hold_us_up(tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    child = f"import os, time\nwhile not os.path.exists({str(stop)!r}): time.sleep(0.05)"
    script = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"print({SECRET!r})"
    )
    try:
        assert from_command(sys.executable, "-c", script) == SECRET
    finally:
        stop.touch()


# --- the keyring --------------------------------------------------------------

KEYRING = BackendConfig(api_key_keyring="chat:cli:me")


def run_with_keyring(folder: Path, module: str | None) -> str:
    """What `find_key` gives or raises where the package keyring is `module`, or is absent."""
    if module is not None:
        (folder / "keyring.py").write_text(textwrap.dedent(module))
    code = f"""if True:
        import sys
        sys.path.insert(0, {str(folder)!r})
        {"" if module is not None else "sys.modules['keyring'] = None"}
        from chatcli.config import BackendConfig
        from chatcli.config.keys import find_key, key_source
        from chatcli.errors import ConfigError
        backend = BackendConfig(api_key_keyring="chat:cli:me")
        print(key_source("b", backend, {{}}))
        try:
            print(find_key("b", backend, {{}}))
        except ConfigError as error:
            print(error.message, "|", error.hint)
    """
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_a_key_from_the_keyring(tmp_path: Path) -> None:
    module = f"""
        def get_password(service, user):
            return {SECRET!r} if (service, user) == ("chat:cli", "me") else None
    """
    assert run_with_keyring(tmp_path, module) == f"keyring chat:cli:me\n{SECRET}\n"


def test_a_keyring_without_that_entry(tmp_path: Path) -> None:
    said = run_with_keyring(tmp_path, "get_password = lambda service, user: None")
    assert "the keyring has no entry chat:cli:me for the backend b" in said
    assert "keyring set chat:cli me" in said


def test_a_keyring_that_cannot_be_asked(tmp_path: Path) -> None:
    module = f"""
        class NoKeyringError(RuntimeError): pass
        def get_password(service, user):
            raise NoKeyringError({SECRET!r})
    """
    said = run_with_keyring(tmp_path, module)
    assert "the keyring cannot be used for the backend b (NoKeyringError)" in said
    assert SECRET not in said


def test_the_extra_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "pip install 'chatcli[keyring]'" in run_with_keyring(tmp_path, None)

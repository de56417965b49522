"""What is in force, and why: flags, environment, file, defaults; warnings; nothing leaks."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatcli.config import BackendConfig, Config
from chatcli.config.loader import load
from chatcli.errors import ConfigError

SECRET = "sk-VERYSECRET1234567890"


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("flag", "variable", "line"), list(itertools.product([True, False], repeat=3))
)
def test_flags_before_environment_before_file_before_defaults(
    tmp_path: Path, flag: bool, variable: bool, line: bool
) -> None:
    file = write(tmp_path, "\nmodel = 'from-file'" if line else "")
    loaded = load(
        file,
        environ={"CHATCLI_MODEL": "from-environment" if variable else ""},
        flags={"model": "from-flag" if flag else None},
    )
    expected = [
        (flag, "from-flag", "flag --model"),
        (variable, "from-environment", "$CHATCLI_MODEL"),
        (line, "from-file", "config.toml:2"),
        (True, "", "default"),
    ]
    value, origin = next((value, origin) for given, value, origin in expected if given)
    assert (loaded.config.model, loaded.origins["model"]) == (value, origin)


def test_origins_tell_the_line_the_variable_and_the_flag(tmp_path: Path) -> None:
    file = write(tmp_path, "[limits]\nmax_sessions = 3\n[backends.groq]\noptions.top_p = 1\n")
    loaded = load(file, environ={"OPENAI_BASE_URL": "http://x/v1"}, flags={"timeouts.total": 30})
    origins = loaded.origins
    assert origins["limits.max_sessions"] == "config.toml:2"
    assert origins["limits.context_tokens"] == "default"
    assert origins["backends.groq.options.top_p"] == "config.toml:4"
    assert origins["backends.groq.base_url"] == "default"
    assert origins["backends.openai.base_url"] == "$OPENAI_BASE_URL"
    assert origins["timeouts.total"] == "flag --timeout"
    assert loaded.config.timeouts.total == 30.0


@pytest.mark.parametrize("bad", ["flag", "environment"])
def test_a_wrong_value_from_outside_names_its_place(tmp_path: Path, bad: str) -> None:
    flags = {"model": "opneai/x"} if bad == "flag" else {}
    environ = {"CHATCLI_MODEL": "opneai/x"} if bad == "environment" else {}
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, "model = 'x'"), environ=environ, flags=flags)
    place = "flag --model" if bad == "flag" else "$CHATCLI_MODEL"
    assert caught.value.message.startswith(f"{place}: model names the backend")
    assert "did you mean openai/x?" in caught.value.hint


@pytest.mark.skipif(os.name == "nt", reason="no such device")
def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(ConfigError, match="/dev/zero is larger than 4 MB"):
        load(Path("/dev/zero"))


def test_a_wrong_address_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^\$OPENAI_BASE_URL: backends\.openai\.base_url must"):
        load(write(tmp_path, ""), environ={"OPENAI_BASE_URL": "ftp://x"})


# --- the backend openai and other well-known ones -----------------------------


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "  "}, None),
        ({"OPENAI_API_KEY": "k"}, "https://api.openai.com/v1"),
        ({"OPENAI_BASE_URL": "http://x/v1"}, "http://x/v1"),
        ({"OPENAI_BASE_URL": " http://x/v1\n", "OPENAI_API_KEY": "k"}, "http://x/v1"),
        ({"OPENAI_BASE_URL": "", "OPENAI_API_KEY": "k"}, "https://api.openai.com/v1"),
    ],
)
def test_the_environment_makes_the_backend_openai(
    tmp_path: Path, environ: dict[str, str], expected: str | None
) -> None:
    backends = load(write(tmp_path, ""), environ=environ).config.backends
    if expected is None:
        assert backends == {}
    else:
        assert backends == {
            "openai": BackendConfig(base_url=expected, api_key_env="OPENAI_API_KEY")
        }


def test_backends_of_the_file_come_before_the_one_of_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path, "[backends.groq]\n[backends.ollama]\n")
    config = load(file, environ={"OPENAI_API_KEY": "k"}).config
    assert list(config.backends) == ["groq", "ollama", "openai"]


def test_the_file_may_name_another_variable_for_openai(tmp_path: Path) -> None:
    file = write(tmp_path, "[backends.openai]\napi_key_env = 'WORK_KEY'\n")
    config = load(file, environ={"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://x"}).config
    assert config.backends["openai"].api_key_env == "WORK_KEY"
    assert config.backends["openai"].base_url == "http://x"


def test_a_well_known_name_is_all_that_a_backend_needs(tmp_path: Path) -> None:
    names = "[backends.groq]\n[backends.gemini]\nbase_url=''\n[backends.ollama]\n[backends.local]"
    file = write(tmp_path, names)
    environ = {"GOOGLE_API_KEY": "k", "OLLAMA_HOST": "0.0.0.0:9999"}
    backends = load(file, environ=environ).config.backends
    assert backends["groq"].base_url == "https://api.groq.com/openai/v1"
    assert backends["groq"].api_key_env == "GROQ_API_KEY"
    assert backends["gemini"].base_url.startswith("https://generativelanguage")
    assert backends["gemini"].api_key_env == "GOOGLE_API_KEY"
    assert backends["ollama"].base_url == "http://127.0.0.1:9999/v1"
    assert backends["local"].kind == "local"


def test_what_the_file_says_goes_before_what_is_well_known(tmp_path: Path) -> None:
    file = write(tmp_path, "[backends.groq]\nbase_url = 'http://proxy/v1'\nkind = 'openai'\n")
    backend = load(file, environ={}).config.backends["groq"]
    assert (backend.base_url, backend.api_key_env) == ("http://proxy/v1", "GROQ_API_KEY")


# --- the file -----------------------------------------------------------------


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    loaded = run_load(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "none"))
    assert loaded == f"{Config()!r} False"


def test_the_file_in_the_users_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "chatcli").mkdir()
    write(tmp_path / "chatcli", "model = 'found'")
    assert "model='found'" in run_load(tmp_path, XDG_CONFIG_HOME=str(tmp_path))


def test_a_file_in_the_current_folder_is_not_read(tmp_path: Path) -> None:
    for name in ("config.toml", "chatcli.toml", ".chatcli.toml", ".chatcli/config.toml", ".env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("model = 'found'\nOPENAI_API_KEY=k\n")
    loaded = run_load(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "none"))
    assert loaded == f"{Config()!r} False"


def run_load(folder: Path, **environ: str) -> str:
    """Load in a process of its own, `folder` being the current one."""
    code = "from chatcli.config.loader import load; x = load(); print(x.config, x.exists)"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHATCLI", "OPENAI", "XDG"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**kept, "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(ConfigError, match=f"no configuration file {missing}") as caught:
        load(missing, environ={})
    assert caught.value.hint


def test_the_place_of_the_file_may_be_named_before_there_is_one(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    loaded = load(environ={"CHATCLI_CONFIG": str(missing)})
    assert (loaded.path, loaded.exists, loaded.config) == (missing, False, Config())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, environ={})


def test_the_mark_and_line_ends_of_other_systems_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbfmodel = 'a'\r\n[limits]\r\nmax_sessions = 3\r\n")
    loaded = load(file, environ={})
    assert (loaded.config.model, loaded.config.limits.max_sessions) == ("a", 3)
    assert loaded.origins["limits.max_sessions"] == "config.toml:3"


def test_files_are_looked_for_beside_the_configuration(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "[backends.local]\nmodel_file = 'm.gguf'\n[backends.groq]\nca_file = '/etc/ca.pem'\n"
        "api_key_command = ['./key', '-x', '~/k', 'a/b']\n[backends.scripted]\nscript = '~/s.toml'",
    )
    backends = load(file, environ={}).config.backends
    assert backends["local"].model_file == str(tmp_path / "m.gguf")
    assert backends["groq"].ca_file == "/etc/ca.pem"
    assert backends["groq"].api_key_command == (
        str(tmp_path / "key"),
        "-x",
        str(Path.home() / "k"),
        "a/b",
    )
    assert backends["scripted"].script == str(Path.home() / "s.toml")


# --- warnings, secrets --------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
@pytest.mark.parametrize(
    ("text", "mode", "warned"),
    [
        ("[backends.groq]\napi_key = 'k'", 0o600, ""),
        ("[backends.groq]\napi_key = 'k'", 0o644, "can read"),
        ("[backends.groq]\napi_key = 'k'", 0o640, "can read"),
        ("[backends.groq]\nheaders = {Authorization = 'k'}", 0o604, "can read"),
        ("[backends.groq]\n", 0o644, ""),
        ("", 0o666, "changed by anyone"),
    ],
)
def test_a_file_that_is_open_to_others_is_warned_about(
    tmp_path: Path, text: str, mode: int, warned: str
) -> None:
    file = write(tmp_path, text, mode)
    warnings = load(file, environ={}).warnings
    if warned:
        assert warned in warnings[0]
        assert f"chmod 600 {file}" in warnings[0]
    else:
        assert warnings == ()


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f"""[backends.groq]
        api_key = "{SECRET}"
        api_key_command = ["echo", "{SECRET}"]
        headers = {{ Authorization = "{SECRET}" }}
        query = {{ key = "{SECRET}" }}
        proxy = "http://user:{SECRET}@proxy:8080"
        base_url = "https://user:{SECRET}@host/v1?key={SECRET}"
        """,
    )
    loaded = load(file, environ={"OPENAI_API_KEY": SECRET})
    assert loaded.config.backends["groq"].api_key == SECRET
    assert SECRET not in repr(loaded)
    assert SECRET not in repr(loaded.config)
    assert SECRET not in repr(loaded.origins)


def test_nothing_heavy_is_imported_for_it(tmp_path: Path) -> None:
    file = write(tmp_path, "model = 'a'\n[backends.groq]\n")
    code = f"""
import sys
from pathlib import Path
import chatcli.config.loader as loader
assert "tomllib" not in sys.modules
loader.load(Path({str(file)!r}))
heavy = {{"asyncio", "difflib", "json", "openai", "platformdirs", "prompt_toolkit", "rich",
          "sqlite3", "subprocess", "typer"}}
print(*heavy & set(sys.modules))
"""
    command = [sys.executable, "-S", "-c", code]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.strip() == ""

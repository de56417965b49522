"""`config show`: every value in force with its origin; secrets only as set or not set."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatcli.config.loader import load
from chatcli.config.model import Limits, Repl, Retries, Timeouts
from chatcli.config.schema import keys_of
from chatcli.config.show import Row, public_part, rows

SECRET = "sk-VERYSECRET1234567890"


def shown(folder: Path, text: str, **environ: str) -> dict[str, Row]:
    file = folder / "config.toml"
    file.write_text(text)
    return {row.key: row for row in rows(load(file, environ=environ), environ)}


def test_all_settings_are_there(tmp_path: Path) -> None:
    found = shown(tmp_path, "")
    sections = {"limits": Limits, "timeouts": Timeouts, "retries": Retries, "repl": Repl}
    keys = {f"{name}.{key}" for name, kind in sections.items() for key in keys_of(kind)}
    assert set(found) == {"model", *keys}
    assert found["limits.max_sessions"] == Row("limits.max_sessions", 20, "default")
    assert {row.origin for row in found.values()} == {"default"}


def test_values_of_the_file_with_their_lines(tmp_path: Path) -> None:
    found = shown(
        tmp_path,
        "[backends.groq]\ndefault_model = 'x'\n[models.fast]\nmodel = 'groq/x'\n"
        "options = { temperature = 0.5 }\nfallbacks = ['groq/y']\nprice.input = 1\n"
        "[roles.r]\nsystem = 'Be\\nbrief'",
    )
    groq = "backends.groq"
    assert found[f"{groq}.base_url"][1:] == ("https://api.groq.com/openai/v1", "default")
    assert found[f"{groq}.default_model"][1:] == ("x", "config.toml:2")
    assert found[f"{groq}.api_key_env"][1:] == ("GROQ_API_KEY", "default")
    assert found["models.fast.options.temperature"][1:] == (0.5, "config.toml:5")
    assert found["models.fast.fallbacks"][1:] == (("groq/y",), "config.toml:6")
    assert found["models.fast.price.input"][1:] == (1.0, "config.toml:7")
    assert found["roles.r.system"][1:] == ("Be\\nbrief", "config.toml:9")
    assert f"{groq}.ca_file" not in found


@pytest.mark.parametrize(
    ("line", "environ", "value", "origin"),
    [
        ("", {}, "not set", "default"),
        ("", {"GROQ_API_KEY": SECRET}, "set", "$GROQ_API_KEY"),
        (f"api_key = '{SECRET}'", {}, "set", "config.toml:2"),
        (f"api_key_command = ['echo', '{SECRET}']", {}, "set", "command echo"),
        ("api_key_keyring = 'chat:me'", {}, "set", "keyring chat:me"),
    ],
)
def test_of_a_key_only_whether_and_where(
    tmp_path: Path, line: str, environ: dict[str, str], value: str, origin: str
) -> None:
    found = shown(tmp_path, f"[backends.groq]\n{line}", **environ)
    assert found["backends.groq.api_key"][1:] == (value, origin)
    assert SECRET not in repr(found)


def test_nothing_secret_is_shown(tmp_path: Path) -> None:
    found = shown(
        tmp_path,
        f"""[backends.work]
        base_url = "https://user:{SECRET}@host:8443/v1?key={SECRET}#{SECRET}"
        api_key = "{SECRET}"
        api_key_command = ["pass", "{SECRET}"]
        headers = {{ Authorization = "{SECRET}" }}
        query = {{ key = "{SECRET}" }}
        proxy = "http://user:{SECRET}@proxy:8080"
        """,
    )
    assert SECRET not in repr(found)
    work = "backends.work"
    assert found[f"{work}.base_url"].value == "https://host:8443/v1"
    assert found[f"{work}.proxy"].value == "http://proxy:8080"
    assert found[f"{work}.headers.Authorization"][1:] == ("set", "config.toml:5")
    assert found[f"{work}.query.key"].value == "set"
    assert found[f"{work}.api_key_command"].value == ("pass", "…")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://localhost:1/v1", "http://localhost:1/v1"),
        ("none", "none"),
        ("user:pw@host/v1", "host/v1"),
        ("http://user:a/b?c#d@host/v1", "http://host/v1"),
        ("http://[x@", "http://"),
        ("https://a@b@host/v1?k=v", "https://host/v1"),
        ("https://host/sk-abcdefghij0123456789/v1", "https://host/[key]/v1"),
        ("https://host/hf-inference/v1", "https://host/hf-inference/v1"),
    ],
)
def test_the_public_part_of_an_address(url: str, public: str) -> None:
    assert public_part(url) == public

"""`config.example.toml` says what the code does, and `config init` writes it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chatcli.config import Config
from chatcli.config.entries import entries
from chatcli.config.example import example, write_example
from chatcli.config.loader import load, problems
from chatcli.config.model import BackendConfig, ModelAlias, RoleConfig
from chatcli.config.schema import keys_of
from chatcli.errors import ConfigError

FILE = Path(__file__).parents[2] / "config.example.toml"
SWITCHED_OFF = re.compile(r"^#(?=\S)", re.MULTILINE)


def switched_on() -> str:
    return SWITCHED_OFF.sub("", FILE.read_text(encoding="utf-8"))


def test_the_file_is_what_the_code_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == example(), (
        "run: python -m chatcli.config.example > config.example.toml"
    )


def test_it_changes_nothing_as_it_stands() -> None:
    assert problems(FILE, environ={}) == []
    assert load(FILE, environ={}).config == Config()


def test_every_key_is_there_with_its_default() -> None:
    tables: dict[str, Any] = tomllib.loads(switched_on())
    tables["backends"] = tables["backends"]["openai"]
    tables["models"] = tables["models"]["fast"]
    tables["roles"] = tables["roles"]["reviewer"]
    named = {"backends": BackendConfig, "models": ModelAlias, "roles": RoleConfig}
    assert list(tables) == list(keys_of(Config))
    for name, key in keys_of(Config).items():
        table = named.get(name) or key.type
        if table is str:
            assert tables[name] == key.default
            continue
        assert list(tables[name]) == list(keys_of(table))
        for inner in keys_of(table).values():
            expected = inner.default if inner.example is None else inner.example
            value = tables[name][inner.name]
            assert (tuple(value) if isinstance(value, list) else value) == expected


def test_switched_on_it_is_right(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(switched_on())
    assert problems(file, environ={}) == []
    loaded = load(file, environ={})
    changed = {entry.path for entry in entries(loaded.config) if entry.value != entry.key.default}
    assert changed == {
        ("backends", "openai", "base_url"),
        ("backends", "openai", "api_key_env"),
        ("models", "fast", "model"),
        ("models", "fast", "price", "input"),
        ("models", "fast", "price", "output"),
        ("roles", "reviewer", "system"),
    }


def test_every_recipe_at_its_top_is_right(tmp_path: Path) -> None:
    recipes = re.findall(r"(?:^#     \S.*\n)+", example(), re.MULTILINE)
    assert len(recipes) == 3
    for recipe in recipes:
        file = tmp_path / "config.toml"
        file.write_text(re.sub(r"^#     ", "", recipe, flags=re.MULTILINE))
        assert problems(file, environ={}) == []


ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from chatcli.config.example import write_example
from chatcli.errors import ConfigError
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_example(Path(sys.argv[1]))
except ConfigError as error:
    sys.exit("cannot be written" not in error.message)
sys.exit("it was written")
"""


def test_no_line_is_too_long() -> None:
    assert max(map(len, example().splitlines())) <= 100


def test_it_is_written_for_the_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    write_example(file)
    assert file.read_text(encoding="utf-8") == example()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("model = 'mine'")
    with pytest.raises(ConfigError, match="already exists"):
        write_example(file)
    assert file.read_text() == "model = 'mine'"
    dangling = tmp_path / "link.toml"
    dangling.symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError, match="already exists"):
        write_example(dangling)
    assert not (tmp_path / "elsewhere.toml").exists()


def test_a_full_disk_leaves_no_half_of_it(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    file = tmp_path / "config.toml"
    done = subprocess.run([sys.executable, "-c", ON_A_FULL_DISK, str(file)], check=False)
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be created"):
        write_example(tmp_path / "file" / "config.toml")

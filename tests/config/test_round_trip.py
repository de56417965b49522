"""Whatever right values a file holds are the values in force, each with its line as origin."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from hypothesis import given, settings, strategies as st

from chatcli.config import Config
from chatcli.config.entries import entries
from chatcli.config.loader import load, problems
from chatcli.config.problem import KeyPath, dotted
from chatcli.config.schema import Key, keys_of

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
FORMS: dict[str, st.SearchStrategy[str]] = {
    "": st.text(LETTERS, max_size=9) | st.just("one\ntwo\tthree\x1b"),
    "line": st.text(LETTERS, max_size=9).filter(lambda text: "/" not in text),
    "url": st.sampled_from(["http://x/v1", "https://h:1/a?b=c", "localhost:1234"]),
    "proxy": st.sampled_from(["", "none", "http://x:3128", "socks5h://u:p@x"]),
    "variable": st.from_regex(r"[A-Z_][A-Z0-9_]{0,9}", fullmatch=True),
    "keyring": st.sampled_from(["", "service:user", "a:b:c"]),
    "header": st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9),
    "path": st.sampled_from(["", "/a/b", "/with space/x"]),
    "command": st.sampled_from(["pass", "show", "-x", "", "é", "a/b"]),
}
NAMES = st.text(LETTERS, min_size=1, max_size=5).filter(
    lambda name: name.isprintable() and not set(name) & {"/", " "}
)
JSON: st.SearchStrategy[object] = st.recursive(
    st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | st.text(LETTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


def values(key: Key, kind: Any = None) -> st.SearchStrategy[Any]:
    """Values that a key takes, as a TOML file holds them."""
    kind = kind or key.type
    text = FORMS[key.form]
    if get_origin(kind) is UnionType:
        kind = get_args(kind)[0]
    if isinstance(kind, type) and is_dataclass(kind):
        return tables(kind)
    if get_origin(kind) is Mapping:
        return mappings(get_args(kind)[1], text)
    by_kind: dict[Any, st.SearchStrategy[Any]] = {
        int: st.integers(int(key.minimum), 2**53),
        float: st.floats(key.minimum, 2**53) | st.integers(int(key.minimum), 99),
        bool: st.booleans(),
        str: text,
        Literal: st.sampled_from(get_args(kind) or ("",)),
        tuple: st.lists(text, max_size=3),
    }
    return by_kind[get_origin(kind) or kind]


def mappings(kind: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    if kind is str:
        names = st.from_regex(r"[A-Za-z][A-Za-z-]{0,5}", fullmatch=True)
        return st.dictionaries(names, text, max_size=2)
    if kind is object:
        return st.dictionaries(NAMES, JSON, max_size=2)
    required = {"BackendConfig": {"base_url": "http://x"}, "ModelAlias": {"model": "local/x"}}
    given_anyway = required.get(kind.__name__, {})
    named = tables(kind).map(lambda table: {**given_anyway, **table})
    return st.dictionaries(NAMES, named, max_size=2)


def tables(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    keys = keys_of(kind)
    return st.fixed_dictionaries({}, optional={name: values(key) for name, key in keys.items()})


def toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml(name)} = {toml(item)}" for name, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def document(tables: Mapping[str, Any]) -> tuple[str, dict[KeyPath, int]]:
    """A TOML text with one key on each line, and the line of each."""
    lines: list[str] = []
    places: dict[KeyPath, int] = {}

    def write(table: Mapping[str, Any], path: KeyPath) -> None:
        plain = {k: v for k, v in table.items() if not (isinstance(v, dict) and len(path) < 2)}
        if path:
            lines.append(f"[{'.'.join(map(toml, path))}]")
        for name, value in plain.items():
            lines.append(f"{toml(name)} = {toml(value)}")
            places[*path, name] = len(lines)
        for name, value in table.items():
            if name not in plain:
                write(value, (*path, name))

    write(tables, ())
    return "\n".join(lines), places


def is_right(tables: dict[str, Any]) -> bool:
    """Whether no alias leads to itself or to nothing."""
    aliases = tables.get("models", {})
    return all(alias["model"] and alias["model"] not in aliases for alias in aliases.values())


def plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@settings(max_examples=150)
@given(tables(Config).filter(is_right))
def test_what_the_file_says_is_in_force(tables: dict[str, Any]) -> None:
    text, places = document(tables)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(text, encoding="utf-8")
        assert problems(file, environ={}) == []
        loaded = load(file, environ={})
        origins = loaded.origins
    for entry in entries(loaded.config):
        written = value_at(tables, entry.path)
        if written is MISSING:
            assert origins[dotted(entry.path)] == "default"
            continue
        assert plain(entry.value) == written
        line = next(places[entry.path[:n]] for n in (3, 2, 1) if entry.path[:n] in places)
        assert origins[dotted(entry.path)] == f"config.toml:{line}"


MISSING = object()


def value_at(tables: Any, path: KeyPath) -> object:
    for step in path:
        if not isinstance(tables, dict) or step not in tables:
            return MISSING
        tables = tables[step]
    return tables

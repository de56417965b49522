"""From the tables of a TOML file to a Config; every fault is collected, none is fatal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

from chatcli.config import values
from chatcli.config.known_backends import KNOWN_BACKENDS
from chatcli.config.model import (
    BackendConfig,
    Config,
    Limits,
    ModelAlias,
    Repl,
    Retries,
    RoleConfig,
    Timeouts,
)
from chatcli.config.problem import Fault, KeyPath, WrongValueError, did_you_mean, dotted
from chatcli.config.schema import Key, keys_of

T = TypeVar("T")
_READERS: Mapping[object, Callable[[Key, object, Path], object]] = {
    bool: values.flag,
    int: values.whole_number,
    float: values.number,
    str: values.text,
    Literal: values.choice,
    tuple: values.texts,
}
_SECTIONS = (Limits, Timeouts, Retries, Repl)
_NAMED = {"backends": BackendConfig, "models": ModelAlias, "roles": RoleConfig}


def decode(tables: Mapping[str, object], folder: Path) -> tuple[Config, list[Fault]]:
    """Check and convert all of it.

    Args:
        tables: as read by `tomllib`, with the overrides of environment and flags.
        folder: where relative paths in it start.

    Returns:
        the configuration, with defaults in place of wrong values, and the faults.
    """
    decoder = _Decoder(folder)
    config = decoder.table(Config, tables, ())
    decoder.check_required(config)
    return config, decoder.faults


class _Decoder:
    """Reads tables by the keys of their dataclasses and collects what is wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[Fault] = []

    def table(self, kind: type[T], table: object, path: KeyPath) -> T:
        """One table as its dataclass."""
        keys = keys_of(kind)
        if not isinstance(table, Mapping):
            header = dotted((path[0], "NAME") if path[-1] in keys else path)
            self._add(path, "must be a table", f"write [{header}] on a line of its own")
            return kind()
        known: dict[str, Any] = {}
        for name, value in table.items():
            if name in keys:
                self._read_into(known, keys[name], value, (*path, name))
            else:
                self.faults.append(unknown_key(kind, (*path, name)))
        return kind(**known)

    def _read_into(self, known: dict[str, Any], key: Key, value: object, path: KeyPath) -> None:
        try:
            known[key.name] = self._value(key, value, path)
        except WrongValueError as wrong:
            self._add((*path, *wrong.item), wrong.message, wrong.hint)

    def _value(self, key: Key, value: object, path: KeyPath) -> object:
        kind = key.type
        if get_origin(kind) is UnionType:  # a table that may be absent
            kind = get_args(kind)[0]
        if isinstance(kind, type) and is_dataclass(kind):
            return self.table(kind, value, path)
        if get_origin(kind) is Mapping:
            return self._named(get_args(kind)[1], key, value, path)
        return _READERS[get_origin(kind) or kind](key, value, self._folder)

    def _named(self, kind: Any, key: Key, value: object, path: KeyPath) -> object:
        if kind is str:
            return values.named_texts(key, value, self._folder)
        if kind is object:
            return values.parameters(key, value, self._folder)
        if not isinstance(value, Mapping):
            raise WrongValueError("must be a table", f"write [{path[0]}.NAME] on a line of its own")
        return {
            name: self.table(kind, table, (*path, name))
            for name, table in value.items()
            if self._is_name((*path, name), name)
        }

    def _is_name(self, path: KeyPath, name: str) -> bool:
        good = bool(name) and name.isprintable() and not set(name) & {"/", " "}
        if not good:
            self._add(path, "must be named without a slash, space or control character")
        return good

    def check_required(self, config: Config) -> None:
        """Note a fault for each required key that is missing."""
        for name, backend in config.backends.items():
            if backend.kind == "openai" and not backend.base_url:
                self._add_missing(("backends", name), "base_url", "http://localhost:8000/v1")
        for name, alias in config.models.items():
            if not alias.model:
                self._add_missing(("models", name), "model", "openai/gpt-5.4-mini")

    def _add_missing(self, table: KeyPath, name: str, example: str) -> None:
        if not any(fault.path[: len(table)] == table for fault in self.faults):
            self._add(table, f"needs {name}", f'for example {name} = "{example}"')

    def _add(self, path: KeyPath, message: str, hint: str = "") -> None:
        self.faults.append(Fault(path, f"{dotted(path)} {message}", hint))


def unknown_key(kind: type, path: KeyPath) -> Fault:
    """The fault of a key that its table does not have: the nearest, and which there are."""
    *table, name = path
    keys = keys_of(kind)
    place = f"[{dotted(tuple(table))}]" if table else "the top level"
    hint = _elsewhere(str(name)) or did_you_mean(str(name), keys)
    if not table and name in KNOWN_BACKENDS:
        hint = f"a backend's table is called [backends.{name}];"
    allowed = f"{place} takes {', '.join(keys)}"
    return Fault(path, f"unknown key {dotted(path)}", f"{hint} {allowed}" if hint else allowed)


def _elsewhere(name: str) -> str:
    """The table to which a key of this name belongs."""
    if name in keys_of(Config):
        return f"{name} belongs at the top, before the first [table];"
    for section, key in keys_of(Config).items():
        if key.type in _SECTIONS and name in keys_of(key.type):
            return f"{name} belongs under [{section}];"
    for section, kind in _NAMED.items():
        if name in keys_of(kind):
            return f"{name} belongs under [{section}.NAME];"
    return ""

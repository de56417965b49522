"""All values of a Config, one by one, with their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, NamedTuple

from chatcli.config.model import Config
from chatcli.config.problem import KeyPath
from chatcli.config.schema import Key, keys_of


class Entry(NamedTuple):
    """One value: `named` if it is in a table that the user named ([backends.NAME])."""

    path: KeyPath
    key: Key
    value: object
    named: bool


def entries(config: Config) -> Iterator[Entry]:
    """Every value in force, in the order of the example file; secrets too."""
    return _table(config, (), named=False)


def _table(table: Any, path: KeyPath, *, named: bool) -> Iterator[Entry]:
    for name, key in keys_of(type(table)).items():
        yield from _value(key, getattr(table, name), (*path, name), named=named)


def _value(key: Key, value: object, path: KeyPath, *, named: bool) -> Iterator[Entry]:
    if is_dataclass(value):
        yield from _table(value, path, named=named)
    elif isinstance(value, Mapping) and value and all(map(is_dataclass, value.values())):
        for name, table in value.items():
            yield from _table(table, (*path, name), named=True)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield Entry((*path, name), key, item, named)
    else:
        yield Entry(path, key, value, named)

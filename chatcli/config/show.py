"""The values in force with their origins, for `config show`; secrets only as set or not."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from chatcli.config.entries import Entry, entries
from chatcli.config.keys import key_source
from chatcli.config.loader import Loaded
from chatcli.config.problem import dotted
from chatcli.core.text import without_keys_in_path

SET = "set"
NOT_SET = "not set"


class Row(NamedTuple):
    """A dotted key, its value (in TOML's types, as it may be shown) and its origin."""

    key: str
    value: object
    origin: str


def rows(loaded: Loaded, environ: Mapping[str, str] = os.environ) -> list[Row]:
    """The configuration in the order of the example file.

    Of tables with a name of the user's own (backends, models, roles) only what is not the
    default is there, and for each backend whether there is a key and where it is found.
    """
    origins = loaded.origins
    shown: list[Row] = []
    for entry in entries(loaded.config):
        path = dotted(entry.path)
        if entry.path[-1] == "api_key" and entry.path[0] == "backends":
            name = str(entry.path[1])
            backend = loaded.config.backends[name]
            if backend.kind == "openai":
                source = key_source(name, backend, environ)
                value = SET if source else NOT_SET
                shown.append(Row(path, value, _origin(source, path, origins)))
        elif not entry.named or origins[path] != "default" or entry.value != entry.key.default:
            shown.append(Row(path, _shown(entry), origins[path]))
    return shown


def _origin(source: str, path: str, origins: Mapping[str, str]) -> str:
    """Where the key is found; of one in the file, the line."""
    return origins[path] if source in {"", path} else source


def _shown(entry: Entry) -> object:
    """The value, without what must not be shown."""
    if not entry.key.secret:
        return entry.value
    if entry.key.form in {"url", "proxy"} and isinstance(entry.value, str):
        return public_part(entry.value)
    if entry.key.form == "command" and isinstance(entry.value, tuple) and entry.value:
        return (entry.value[0], "…") if len(entry.value) > 1 else entry.value
    return SET if entry.value else NOT_SET


def public_part(url: str) -> str:
    """An address without user name, password, query, fragment and keys in its path.

    Rather too little than too much: whatever stands before the last @ is taken for a password.
    """
    scheme, sign, rest = url.partition("://") if "://" in url else ("", "", url)
    return without_keys_in_path(scheme + sign + re.split("[?#]", rest.rpartition("@")[2])[0])

"""Overrides of the configuration by environment variables, flags and well-known names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chatcli.config.known_backends import KNOWN_BACKENDS, OLLAMA_PORT
from chatcli.config.problem import KeyPath

Environ = Mapping[str, str]

_FLAG_NAMES = {"timeouts.total": "timeout"}
"""Flags whose name differs from their key's."""


class Override(NamedTuple):
    """A value that replaces the file's."""

    path: KeyPath
    value: object
    origin: str


def variable(environ: Environ, name: str) -> str:
    """A variable's value without the space around it; set but empty counts as not set."""
    return environ.get(name, "").strip()


def from_environment(environ: Environ, tables: Mapping[str, Any]) -> Iterator[Override]:
    """The overrides of the environment, over the file's `tables`.

    OPENAI_API_KEY and OPENAI_BASE_URL make the backend `openai` where there is none. The key
    itself stays in the environment; only the variable's name becomes part of the configuration.
    """
    model = variable(environ, "CHATCLI_MODEL")
    if model:
        yield Override(("model",), model, "$CHATCLI_MODEL")
    url = variable(environ, "OPENAI_BASE_URL")
    if url:
        yield Override(("backends", "openai", "base_url"), url, "$OPENAI_BASE_URL")
    if variable(environ, "OPENAI_API_KEY") and not _value(tables, "backends", "openai"):
        path = ("backends", "openai", "api_key_env")
        yield Override(path, "OPENAI_API_KEY", "$OPENAI_API_KEY")


def from_flags(flags: Mapping[str, object]) -> Iterator[Override]:
    """The overrides of the command line: dotted keys; None stands for a flag not given."""
    for key, value in flags.items():
        if value is not None:
            name = _FLAG_NAMES.get(key) or key.rpartition(".")[2].replace("_", "-")
            yield Override(tuple(key.split(".")), value, f"flag --{name}")


def merged(tables: Mapping[str, Any], overrides: Sequence[Override]) -> dict[str, Any]:
    """`tables` with the overrides in place; the argument stays as it is."""
    result = dict(tables)
    for override in overrides:
        *way, name = map(str, override.path)
        table = result
        for step in way:
            inner = table.get(step, {})
            if not isinstance(inner, Mapping):
                break  # not a table: the decoder will say so
            table[step] = inner = dict(inner)
            table = inner
        else:
            table[name] = override.value
    return result


def with_known_backends(tables: Mapping[str, Any], environ: Environ) -> dict[str, Any]:
    """`tables` with the address and key variable of each backend whose name is well known."""
    backends = tables.get("backends")
    if not isinstance(backends, Mapping):
        return dict(tables)
    completed = {
        name: {**defaults_of(name, environ), **_given(table)}
        if isinstance(table, Mapping)
        else table
        for name, table in backends.items()
    }
    return {**tables, "backends": completed}


def defaults_of(name: str, environ: Environ) -> dict[str, object]:
    """The keys that a backend of this name has by itself; none for an unknown name."""
    known = KNOWN_BACKENDS.get(name)
    if known is None:
        return {}
    url = known.base_url
    if name == "ollama":
        url = ollama_url(environ)
    elif name == "azure" and variable(environ, "AZURE_OPENAI_ENDPOINT"):
        url = variable(environ, "AZURE_OPENAI_ENDPOINT").rstrip("/") + "/openai/v1"
    variables = known.key_variables or ("",)
    found = next((each for each in variables if variable(environ, each)), variables[0])
    return {"kind": known.kind, "base_url": url, "api_key_env": found}


def ollama_url(environ: Environ) -> str:
    """Where Ollama answers: `$OLLAMA_HOST` as Ollama's own client reads it, else this machine.

    It may be HOST, HOST:PORT, :PORT or a URL; 0.0.0.0 is what a server listens on, and a
    client finds it at 127.0.0.1.
    """
    host = variable(environ, "OLLAMA_HOST").strip("\"'")
    scheme, sign, rest = host.partition("://")
    if not sign:
        scheme, rest = "http", host
    address, slash, path = rest.partition("/")
    name, port = _host_and_port(address)
    if not port:
        port = (
            {"http": "80", "https": "443"}[scheme] if sign and scheme in {"http", "https"} else ""
        )
    everywhere = {"", "0.0.0.0", "[::]"}  # noqa: S104 - only compared
    name = "127.0.0.1" if name in everywhere else name
    return f"{scheme}://{name}:{port or OLLAMA_PORT}{(slash + path).rstrip('/')}/v1"


def _host_and_port(address: str) -> tuple[str, str]:
    if address.count(":") > 1 and not address.startswith("["):
        return f"[{address}]", ""  # IPv6 without the brackets that a URL wants
    name, _, port = address.rpartition(":")
    return (name, port) if port.isdecimal() else (address.rstrip(":"), "")


def _given(table: Mapping[str, Any]) -> dict[str, Any]:
    """A backend's keys, but an empty address or variable: that is as good as none."""
    return {
        name: value
        for name, value in table.items()
        if value != "" or name not in {"base_url", "api_key_env"}
    }


def _value(tables: Mapping[str, Any], *path: str) -> object:
    value: Any = tables
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value

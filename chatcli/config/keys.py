"""Find a backend's key: environment, file, command or keyring; never show it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from chatcli.config.model import BackendConfig
from chatcli.core.text import one_line
from chatcli.errors import ConfigError

_AROUND = " \t\r\n\"'\ufeff\u200b\u00a0"  # what copying leaves at both ends


def find_key(
    name: str, backend: BackendConfig, environ: Mapping[str, str] = os.environ
) -> str | None:
    """The key of a backend, clean; None where none is configured or its variable is not set.

    The first of these that is set: the environment variable `api_key_env`, `api_key`,
    `api_key_command`, `api_key_keyring`. May block: a command is given 30 s.

    Args:
        name: the backend's name, for messages.
        backend: its settings.
        environ: the environment variables; a command gets the same.

    Raises:
        ConfigError: command or keyring fail, or what they give cannot be a key. No message
            holds the key or the command's output.
    """
    variable = backend.api_key_env
    if variable and (key := _clean(environ.get(variable, ""), name, f"${variable}")):
        return key
    if key := _clean(backend.api_key, name, "api_key"):
        return key
    if backend.api_key_command:
        from chatcli.config.key_command import first_line_of

        text = first_line_of(backend.api_key_command, name, environ)
        return _clean(text, name, "api_key_command")
    if backend.api_key_keyring:
        return _clean(_from_keyring(backend.api_key_keyring, name), name, "api_key_keyring")
    return None


def key_source(name: str, backend: BackendConfig, environ: Mapping[str, str] = os.environ) -> str:
    """Where `find_key` finds the key, in words; empty where there is none.

    Runs no command and asks no keyring: those may still fail.
    """
    variable = backend.api_key_env
    if variable and environ.get(variable, "").strip(_AROUND):
        return f"${variable}"
    if backend.api_key.strip(_AROUND):
        return f"backends.{one_line(name)}.api_key"
    if backend.api_key_command:
        return f"command {one_line(backend.api_key_command[0])}"
    if backend.api_key_keyring:
        return f"keyring {one_line(backend.api_key_keyring)}"
    return ""


def _clean(text: str, name: str, place: str) -> str | None:
    """A key without what copying leaves around it; None if nothing is left.

    Raises ConfigError: what is left holds something that no key can hold.
    """
    key = text.strip(_AROUND)
    if key.lower().startswith("bearer "):
        key = key[len("bearer ") :].strip(_AROUND)
    if not all("!" <= character <= "~" for character in key):
        raise ConfigError(
            f"the key of the backend {one_line(name)} ({place}) holds a space, a control "
            "character or a non-ASCII letter",
            hint="copy the key again, and nothing else",
        )
    return key or None


def _from_keyring(entry: str, name: str) -> str:
    service, _, user = entry.rpartition(":")
    try:
        import keyring
    except ImportError:
        raise ConfigError(
            f"the backend {one_line(name)} takes its key from the keyring, but the package "
            "keyring is not installed",
            hint="pip install 'chatcli[keyring]'",
        ) from None
    try:
        key = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001 - its backends raise what they like
        raise ConfigError(
            f"the keyring cannot be used for the backend {one_line(name)} ({type(error).__name__})",
            hint="use api_key_env or api_key_command instead",
        ) from None
    if not key:
        raise ConfigError(
            f"the keyring has no entry {one_line(entry)} for the backend {one_line(name)}",
            hint=f"keyring set {one_line(service)} {one_line(user)}",
        )
    return str(key)

"""The key and the headers of a request: present where needed, and valid."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.errors import AuthenticationError, BackendSetupError

PLACEHOLDER_KEY = "none"
"""What is sent to a server that needs no key."""

_FRAMING = ("content-length", "transfer-encoding")
"""Headers that say where a request ends; they must fit its body."""


def needed_key(key: str | None, backend: str, *, required: bool) -> str:
    """The key to send: a placeholder where there is none and none is `required`.

    Raises AuthenticationError: it is required and missing.
    """
    if required and not key:
        raise AuthenticationError(
            f"there is no key for backend '{backend}'",
            hint="set OPENAI_API_KEY, or api_key_env or api_key_command of the backend",
        )
    return key or PLACEHOLDER_KEY


def check_headers(headers: Mapping[str, str], backend: str) -> None:
    """Raise BackendSetupError for a header that cannot be sent; its value is not shown."""
    for name, value in headers.items():
        if not (name.isascii() and name.isprintable() and " " not in name and ":" not in name):
            raise BackendSetupError(f"backend '{backend}' has a header with an impossible name")
        if name.lower() in _FRAMING:
            raise BackendSetupError(f"the header {name} of backend '{backend}' cannot be set")
        if not (value.isascii() and value.replace("\t", " ").isprintable()):
            raise BackendSetupError(
                f"the header {name} of backend '{backend}' holds a character that cannot be sent"
            )

"""Keys and headers from the outside, made fit for a request or refused without being shown."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.errors import AuthenticationError, BackendSetupError

PLACEHOLDER_KEY = "none"
"""What a server that needs no key is sent."""


def clean_key(key: str | None, backend: str) -> str:
    """A key without the white space and quotes that copying leaves around it; "" for none.

    Raises BackendSetupError: it holds what no key can hold. The message does not show it.
    """
    cleaned = (key or "").strip().strip("'\"").strip()
    if cleaned and not (cleaned.isascii() and cleaned.isprintable() and " " not in cleaned):
        raise BackendSetupError(
            f"the key of backend '{backend}' holds a space, a line break or a letter that no "
            "key can hold",
            hint="copy the key again; nothing else may be in that variable or file",
        )
    return cleaned


def needed_key(key: str | None, backend: str, *, required: bool) -> str:
    """The key to send: a placeholder where there is none and none is `required`.

    Raises AuthenticationError (required and missing), BackendSetupError (see `clean_key`).
    """
    cleaned = clean_key(key, backend)
    if required and not cleaned:
        raise AuthenticationError(
            f"there is no key for backend '{backend}'",
            hint="set OPENAI_API_KEY, or api_key_env or api_key_command of the backend",
        )
    return cleaned or PLACEHOLDER_KEY


def check_headers(headers: Mapping[str, str], backend: str) -> None:
    """Raise BackendSetupError for a header that cannot be sent; its value is not shown."""
    for name, value in headers.items():
        if not (name.isascii() and name.isprintable() and " " not in name and ":" not in name):
            raise BackendSetupError(f"backend '{backend}' has a header with an impossible name")
        if not (value.isascii() and value.replace("\t", " ").isprintable()):
            raise BackendSetupError(
                f"the header {name} of backend '{backend}' holds a character that cannot be sent"
            )

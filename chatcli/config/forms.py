"""The forms of certain texts: addresses, names of variables, headers, files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from chatcli.config.problem import WrongValueError, listed

Form = Callable[[str, Path], str]
"""Takes a text and the configuration file's folder; returns it cleaned, or raises
WrongValueError. No message holds the text where that could be a secret."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_KEY_BEGINNING = re.compile(r"(?:sk|gsk|hf|csk|fw|pplx|tgp|r8)_|AIza")
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


def line(text: str, _: Path) -> str:
    """One line without control characters."""
    if _CONTROL.search(text):
        raise WrongValueError("must be one line without control characters")
    return text


def url(text: str, _: Path) -> str:
    """A server's address. Small slips, a missing scheme say, the backend puts right itself."""
    return _address(text, ("http", "https"), "http://localhost:8000/v1")


def proxy(text: str, _: Path) -> str:
    """A proxy's address, or none."""
    return text if text == "none" else _address(text, _PROXY_SCHEMES, "http://localhost:3128")


def _address(text: str, schemes: tuple[str, ...], example: str) -> str:
    from urllib.parse import urlsplit

    text = text.strip().strip("\"'").strip()
    wanted = f"must be an address that begins with {listed(f'{each}://' for each in schemes)}"
    try:
        parts = urlsplit(text if "://" in text else f"{schemes[0]}://{text}")
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if text and (not usable or " " in text or not text.isprintable()):
        raise WrongValueError(wanted, f'for example "{example}"')
    return text


def variable(text: str, _: Path) -> str:
    """The name of an environment variable, not the key that it should hold."""
    if text and (not _VARIABLE.fullmatch(text) or _KEY_BEGINNING.match(text)):
        raise WrongValueError(
            "must be the NAME of an environment variable, such as OPENAI_API_KEY",
            "a key itself is written as api_key",
        )
    return text


def keyring(text: str, folder: Path) -> str:
    """SERVICE:USER."""
    service, _, user = line(text, folder).rpartition(":")
    if text and not (service and user):
        raise WrongValueError("must be SERVICE:USER, an entry of the system's keyring")
    return text


def header(text: str, _: Path) -> str:
    """A header's value; a line break would begin another header."""
    if _CONTROL.search(text) or not text.isascii():
        raise WrongValueError("must be plain ASCII text on one line")
    return text


def path(text: str, folder: Path) -> str:
    """A file; `~` is the home folder, a relative one starts at the configuration's folder."""
    if "\0" in text:
        raise WrongValueError("must be a file's path")
    return str(folder / os.path.expanduser(text)) if text else ""  # noqa: PTH111 - never raises


def command(text: str, folder: Path) -> str:
    """A word of a program's call. No shell sees it, so `~/` and `./` mean what `path` says."""
    if "\0" in text:
        raise WrongValueError("must not hold a NUL character")
    return path(text, folder) if text.startswith(("~/", "./", "../")) else text


FORMS: dict[str, Form] = {
    "line": line,
    "url": url,
    "proxy": proxy,
    "variable": variable,
    "keyring": keyring,
    "header": header,
    "path": path,
    "command": command,
}

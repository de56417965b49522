"""One value of the configuration: checked against its key's type, or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TypeGuard, get_args

from chatcli.config.forms import FORMS
from chatcli.config.problem import WrongValueError, did_you_mean, listed
from chatcli.config.schema import Key
from chatcli.core.text import one_line

NOT_OPTIONS: Mapping[str, str] = {
    "model": "choose the model with -m MODEL or /model",
    "messages": "it is made from the session's turns",
    "prompt": "it is made from the session's turns",
}
"""Keys of a request's body that no option may set, each with what sets it."""
_LONGEST_SHOWN = 40  # characters of a wrong value
_HIGHEST = 2**53  # whole numbers up to here mean the same everywhere
_NAME = re.compile(r"[!-9;-~]+")  # visible ASCII without the colon: headers, query parameters


def flag(key: Key, value: object, _: Path) -> bool:
    """`bool`."""
    if isinstance(value, bool):
        return value
    raise _wrong(key, "must be true or false", value)


def number(key: Key, value: object, _: Path) -> float:
    """`float`: whole numbers too, but neither infinite nor NaN."""
    if _is_number(value) and key.minimum <= value <= _HIGHEST:
        return float(value)
    raise _wrong(key, f"must be a number, {key.minimum:g} or more", value)


def whole_number(key: Key, value: object, _: Path) -> int:
    """`int`."""
    if _is_number(value) and isinstance(value, int) and key.minimum <= value <= _HIGHEST:
        return value
    raise _wrong(key, f"must be a whole number, {key.minimum:g} or more", value)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def text(key: Key, value: object, folder: Path) -> str:
    """`str`, in the key's form."""
    if isinstance(value, str):
        return FORMS[key.form](value, folder) if key.form else value
    raise _wrong(key, "must be a string in quotation marks", value)


def choice(key: Key, value: object, _: Path) -> str:
    """`Literal`: one of a few words."""
    allowed: tuple[str, ...] = get_args(key.type)
    if isinstance(value, str) and value in allowed:
        return value
    words = listed(f'"{word}"' for word in allowed)
    near = did_you_mean(value, allowed) if isinstance(value, str) else ""
    raise _wrong(key, f"must be {words}", value, near)


def texts(key: Key, value: object, folder: Path) -> tuple[str, ...]:
    """`tuple[str, ...]`: a list of texts."""
    if not isinstance(value, list | tuple):
        raise _wrong(key, 'must be a list of strings, such as ["one", "two"]', value)
    return tuple(_item(key, place, item, folder) for place, item in enumerate(value))


def named_texts(key: Key, value: object, folder: Path) -> Mapping[str, str]:
    """`Mapping[str, str]`: a table of texts."""
    if not isinstance(value, Mapping):
        raise _wrong(key, 'must be a table of strings, such as { NAME = "VALUE" }', value)
    for name in value:
        if not _NAME.fullmatch(name):
            raise WrongValueError("takes names of visible ASCII characters without a colon")
    return {name: _item(key, name, item, folder) for name, item in value.items()}


def parameters(key: Key, value: object, _: Path) -> Mapping[str, object]:
    """`Mapping[str, object]`: a table of whatever JSON knows."""
    if not isinstance(value, Mapping):
        raise _wrong(key, "must be a table, such as { temperature = 0.2 }", value)
    for name in value:
        if name in NOT_OPTIONS:
            raise WrongValueError("is not a model parameter", NOT_OPTIONS[name], (name,))
    _check_json(value)
    return dict(value)


def _item(key: Key, place: str | int, item: object, folder: Path) -> str:
    try:
        return text(key, item, folder)
    except WrongValueError as wrong:
        raise WrongValueError(wrong.message, wrong.hint, (place,)) from None


def _check_json(value: object) -> None:
    """Raise WrongValueError unless JSON can say it: no date, no time, no infinite number."""
    if isinstance(value, Mapping | list):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for place, item in items:
            try:
                _check_json(item)
            except WrongValueError as wrong:
                raise WrongValueError(wrong.message, wrong.hint, (place, *wrong.item)) from None
    elif isinstance(value, float) and not isfinite(value):
        raise WrongValueError("must be a finite number")
    elif value is not None and not isinstance(value, str | int | float):
        raise WrongValueError("must not be a date or time", "write it in quotation marks")


def _wrong(key: Key, rule: str, value: object, hint: str = "") -> WrongValueError:
    if not hint and isinstance(value, str) and not key.secret and _is_unquoted(key, value):
        hint = "write it without quotation marks"
    return WrongValueError(f"{rule}, not {_shown(key, value)}", hint)


def _is_unquoted(key: Key, value: str) -> bool:
    if key.type is bool:
        return value in {"true", "false"}
    return key.type in {int, float} and value.strip().replace(".", "", 1).isdecimal()


def _shown(key: Key, value: object) -> str:
    """A wrong value in TOML's words; of secrets and of whole tables only the kind."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if key.secret:
        return "a string" if isinstance(value, str) else "a value of another kind"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{one_line(value, _LONGEST_SHOWN)}"'
    return one_line(str(value), _LONGEST_SHOWN)

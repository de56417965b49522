"""What a configuration key is: its type, default, limits and one line of help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast, get_type_hints

T = TypeVar("T")


class Key(NamedTuple):
    """One key of a table.

    `type` is its annotation as an object. A number is at least `minimum`. `form` names what a
    text must look like (a function of `chatcli.config.forms`). A `secret` value is in no
    message, list or repr. `example` stands in the example file where the default says nothing.
    """

    name: str
    type: Any
    default: object
    help: str
    minimum: float
    form: str
    secret: bool
    example: object


def key(
    default: T,
    help_text: str,
    *,
    minimum: float = 0,
    form: str = "",
    secret: bool = False,
    example: object = None,
) -> T:
    """Declare a key: the field of a dataclass, typed as its default (see `Key`)."""
    about = {
        "help": help_text,
        "minimum": minimum,
        "form": form,
        "secret": secret,
        "example": example,
    }
    if isinstance(default, dict):
        return cast("T", field(default_factory=dict, repr=not secret, metadata=about))
    return field(default=default, repr=not secret, metadata=about)


def keys_of(table: type) -> Mapping[str, Key]:
    """The keys of a dataclass whose fields were declared with `key`, by name, in order."""
    return _keys_of(table)


@cache
def _keys_of(table: Any) -> Mapping[str, Key]:
    types = get_type_hints(table)
    return {
        each.name: Key(
            name=each.name,
            type=types[each.name],
            default={} if each.default is MISSING else each.default,
            **each.metadata,
        )
        for each in fields(table)
    }

"""A TOML file of scripted replies, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from chatcli.core.model import Usage
from chatcli.errors import BackendError, BackendSetupError

DEFAULT_MODEL = "script"
"""The model of a reply that names none; also what is asked when nobody names a model."""
_EXAMPLE = 'a reply looks like [[reply]] model = "name" text = "…"'


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """The error a reply ends with, after `after` characters of its text."""

    kind: str = "server_error"
    message: str = "the script says so"
    hint: str = ""
    after: int = 0
    retry_after: float | None = None

    def to_error(self) -> BackendError:
        """The exception of that kind."""
        kinds = fault_kinds()
        kind = kinds.get(self.kind, BackendError)
        return kind(self.message, hint=self.hint, retry_after=self.retry_after)


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One reply; the file's keys are these fields. Times are in seconds.

    `retries` are the waits shown before it begins, `first_token` the silence after them.
    `tokens_per_second` 0 sends the text at once; a token is a word with the space after it.
    """

    model: str = DEFAULT_MODEL
    text: str = ""
    reasoning: str = ""
    retries: tuple[float, ...] = ()
    first_token: float = 0.0
    tokens_per_second: float = 0.0
    finish_reason: str | None = "stop"
    notice: str = ""
    usage: Usage | None = None
    error: ScriptedFault | None = None


def fault_kinds() -> Mapping[str, type[BackendError]]:
    """The classes of backend faults by the word that stands for them."""
    kinds: dict[str, type[BackendError]] = {}
    waiting: list[type[BackendError]] = [BackendError]
    while waiting:
        kind = waiting.pop(0)
        kinds.setdefault(kind.kind, kind)
        waiting += kind.__subclasses__()
    return kinds


def read_script(path: Path) -> Sequence[ScriptedReply]:
    """The replies of a file, in its order.

    Raises BackendSetupError: no such file, no TOML, or a key or value that means nothing.
    """
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BackendSetupError(
            f"cannot read the script {path}: {error.strerror}",
            hint="`script` of the backend names a TOML file of replies",
        ) from None
    except ValueError as error:  # no UTF-8, or no TOML
        raise BackendSetupError(f"the script {path} is no TOML file: {error}") from None
    entries = document.pop("reply", None)
    if document or not isinstance(entries, list):
        wrong = ", ".join(document) or "no [[reply]]"
        raise BackendSetupError(f"the script {path} holds {wrong}", hint=_EXAMPLE)
    return [_reply(entry, f"reply {n} of {path}") for n, entry in enumerate(entries, 1)]


def _reply(entry: Any, where: str) -> ScriptedReply:
    values = _checked(entry, ScriptedReply, where)
    if "retries" in values:
        values["retries"] = tuple(values["retries"])
    if "usage" in values:
        values["usage"] = Usage(**_checked(values["usage"], Usage, f"usage in {where}"))
    if "error" in values:
        error = _checked(values["error"], ScriptedFault, f"error in {where}")
        if error.get("kind", "server_error") not in fault_kinds():
            allowed = ", ".join(sorted(fault_kinds()))
            raise BackendSetupError(f"{where}: unknown kind of error", hint=f"one of {allowed}")
        values["error"] = ScriptedFault(**error)
    return ScriptedReply(**values)


_NUMBER = (int, float)
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "retries": list,
    "first_token": _NUMBER,
    "tokens_per_second": _NUMBER,
    "retry_after": _NUMBER,
    "after": int,
    "input_tokens": int,
    "output_tokens": int,
    "cost_usd": _NUMBER,
    "usage": dict,
    "error": dict,
}
"""Of the keys that are no text."""


def _checked(entry: Any, kind: type, where: str) -> dict[str, Any]:
    """The table's values, its keys being fields of `kind`, each of the right type."""
    if not isinstance(entry, dict):
        raise BackendSetupError(f"{where} is no table", hint=_EXAMPLE)
    allowed = [each.name for each in fields(kind)]
    for key, value in entry.items():
        if key not in allowed:
            raise BackendSetupError(
                f"{where}: unknown key {key}", hint=f"allowed: {', '.join(allowed)}"
            )
        if not isinstance(value, _TYPES.get(key, str)) or isinstance(value, bool):
            raise BackendSetupError(f"{where}: {key} has a value of the wrong type")
    return dict(entry)

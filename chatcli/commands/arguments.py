"""What several commands do with their arguments: the session meant, a role, a typed value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatcli.config.problem import did_you_mean
from chatcli.core.text import one_line
from chatcli.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from chatcli.commands.registry import Arguments, Context
    from chatcli.config.model import Config, RoleConfig
    from chatcli.core.model import Session


def session_meant(context: Context, arguments: Arguments) -> Session:
    """The session that `arguments["session"]` refers to, else the current one.

    Raises:
        SessionNotFoundError, AmbiguousReferenceError: the reference fits none, or several.
        UsageError: there is neither a reference nor a current session.
    """
    reference = arguments.get("session")
    if isinstance(reference, str):
        return context.manager.get_session(reference)
    if context.session is None:
        raise UsageError("no session was named", hint="chatcli list shows the sessions")
    return context.session


def text_of(arguments: Arguments, name: str) -> str:
    """The argument as text; empty when it was not given."""
    value = arguments.get(name)
    return value if isinstance(value, str) else ""


def number_of(arguments: Arguments, name: str) -> int | None:
    """The argument as a number; None when it was not given."""
    value = arguments.get(name)
    return value if isinstance(value, int) else None


def role_of(config: Config, name: str) -> RoleConfig:
    """The configured role of that name; raises ConfigError that names the nearest."""
    if name in config.roles:
        return config.roles[name]
    hint = did_you_mean(name, config.roles) or "a role is a table [roles.NAME] in the configuration"
    raise ConfigError(f"no role is called '{one_line(name)}'", hint=hint)


def model_parameter(text: str) -> object:
    """What a parameter's value means: a number, true, false, null, other JSON, else the text.

    `0.2` is a number, `["a"]` a list, `high` and `"0.2"` are texts. Numbers that JSON does not
    know (NaN, Infinity) stay texts.
    """
    import json

    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return text
    return value


def parameter_pair(text: str) -> tuple[str, object]:
    """Take KEY=VALUE apart; raises UsageError: no key, no equals sign, no parameter's name."""
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise UsageError(
            f"'{one_line(text, 40)}' is not KEY=VALUE", hint="for example: -o temperature=0.2"
        )
    refuse_other_keys(key)
    return key, model_parameter(value.strip())


def refuse_other_keys(name: str) -> None:
    """Raise UsageError if `name` is part of every request and no parameter of a model."""
    from chatcli.config.values import NOT_OPTIONS

    if name in NOT_OPTIONS:
        raise UsageError(f"{name} is not a model parameter", hint=NOT_OPTIONS[name])

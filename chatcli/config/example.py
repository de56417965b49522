"""The example configuration: every key with its default, made from the dataclasses.

`python -m chatcli.config.example > config.example.toml` writes it again; `chatcli config init`
puts the same text where the user's configuration belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from textwrap import wrap
from typing import get_args

from chatcli.config.known_backends import KNOWN_BACKENDS
from chatcli.config.model import BackendConfig, Config, ModelAlias, RoleConfig
from chatcli.config.paths import ensure_private_folder, open_private
from chatcli.config.schema import Key, keys_of
from chatcli.core.text import one_line
from chatcli.errors import ConfigError

_WIDTH = 100
_HELP_COLUMN = 34
_TOP = """\
# Configuration of chatcli. Every key is listed with its default, commented out by the # directly
# in front of it; remove that # to change the value. `chatcli config path` tells where this file
# belongs, `chatcli config check` finds mistakes, `chatcli config show` prints what is in effect.
#
# The shortest useful configuration, with OPENAI_API_KEY in the environment:
#
#     model = "openai/gpt-5.4-mini"
#
# Other servers need a table; for a well-known name it may be empty:
#
#     model = "groq/llama-3.3-70b-versatile"
#     [backends.groq]                          # GROQ_API_KEY is in the environment
#
#     [backends.work]                          # any other OpenAI-compatible server
#     base_url = "https://llm.example.com/v1"
#     api_key_command = ["pass", "show", "llm"]
"""
_BACKENDS = """\
Any number of backends: servers, the embedded model, scripts. A model named without a backend \
is asked of the first one. Well-known names: """ + ", ".join(KNOWN_BACKENDS)
_SAMPLES = {
    "backends": (BackendConfig, "openai", _BACKENDS),
    "models": (ModelAlias, "fast", "An alias for a model, with its settings: -m fast"),
    "roles": (RoleConfig, "reviewer", "A named system prompt: --role reviewer"),
}


def example() -> str:
    """The text of `config.example.toml`."""
    return "\n".join([_TOP, *_sections()]).rstrip("\n") + "\n"


def write_example(path: Path) -> None:
    """Write the example as a user's configuration (0600), its folder with it.

    Raises ConfigError: there is a file already, which stays as it is, or it cannot be made.
    """
    ensure_private_folder(path.parent)
    try:
        _write_whole(path, example())
    except FileExistsError:
        raise ConfigError(
            f"{one_line(str(path))} already exists; it was not changed",
            hint="chatcli config show prints what is in effect",
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"{one_line(str(path))} cannot be written: {reason}",
            hint="choose another file with --config or CHATCLI_CONFIG",
        ) from error


def _write_whole(path: Path, text: str) -> None:
    """Make a file of `text`, or none: half of it would stand in the way of the next attempt."""
    stream = open_private(path, "x")
    try:
        with stream:
            stream.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sections() -> Iterator[str]:
    tables = keys_of(Config)
    yield from (_setting(key) + "\n" for key in tables.values() if key.type is str)
    for name, key in tables.items():
        if isinstance(key.type, type) and is_dataclass(key.type):
            yield _with_help(f"[{name}]", key.help)
            yield from _settings(key.type)
    for name, (kind, sample, about) in _SAMPLES.items():
        yield "\n".join(f"# {line}" for line in wrap(about, _WIDTH - 2))
        yield f"#[{name}.{sample}]"
        yield from _settings(kind)


def _settings(kind: type) -> Iterator[str]:
    for key in keys_of(kind).values():
        yield _setting(key)
    yield ""


def _setting(key: Key) -> str:
    """A key, switched off, with its help and the words allowed."""
    words = [word for word in get_args(key.type) if isinstance(word, str)]
    about = f"{key.help} ({', '.join(words)})" if words else key.help
    value = key.default if key.example is None else key.example
    return _with_help(f"#{key.name} = {_toml(value)}", about)


def _with_help(setting: str, about: str) -> str:
    """The help beside the setting, above it where that is too long."""
    column = _HELP_COLUMN
    if len(setting) >= column:
        return "\n".join([*(f"# {line}" for line in wrap(about, _WIDTH - 2)), setting])
    first, *others = wrap(about, _WIDTH - column - 2)
    lines = [f"{setting:<{column}}# {first}", *(f"{'#':<{column}}# {each}" for each in others)]
    return "\n".join(lines)


def _toml(value: object) -> str:
    """A value as TOML writes it; texts here hold neither quotation marks nor backslashes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{name} = {_toml(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


if __name__ == "__main__":
    import sys

    sys.stdout.write(example())

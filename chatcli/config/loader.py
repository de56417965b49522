"""Load the configuration: flags before environment before file before defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatcli.config.decode import decode
from chatcli.config.environment import (
    Override,
    from_environment,
    from_flags,
    merged,
    with_known_backends,
)
from chatcli.config.file import Source, read_source
from chatcli.config.model import Config
from chatcli.config.paths import config_path
from chatcli.config.problem import Fault, KeyPath, Problem, dotted
from chatcli.config.references import reference_faults
from chatcli.core.text import one_line, without_keys_in_path
from chatcli.errors import ConfigError

Environ = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Loaded:
    """A configuration and where it comes from.

    `path` is the file, which `exists` or not. `warnings` are sentences for the user.
    """

    config: Config
    path: Path
    exists: bool
    warnings: tuple[str, ...] = ()
    _source: Source = field(default_factory=Source, repr=False)
    _overrides: tuple[Override, ...] = field(default=(), repr=False)

    @property
    def origins(self) -> Mapping[str, str]:
        """Dotted key → `default`, `config.toml:12`, `$OPENAI_BASE_URL` or `flag --model`."""
        from chatcli.config.entries import entries

        return {dotted(entry.path): self._origin(entry.path) for entry in entries(self.config)}

    def _origin(self, path: KeyPath) -> str:
        for override in reversed(self._overrides):
            if override.path == path[: len(override.path)]:
                return override.origin
        line = self._source.line_of(path)
        return f"{one_line(self.path.name)}:{line}" if line else "default"


def load(
    path: Path | None = None,
    *,
    environ: Environ = os.environ,
    flags: Mapping[str, object] | None = None,
) -> Loaded:
    """Read, merge and check the configuration.

    Args:
        path: the file (`--config`), which must exist then; else `$CHATCLI_CONFIG`, or the file
            in the user's configuration folder, if there is one.
        environ: the environment variables.
        flags: dotted keys and values from the command line; None stands for not given.

    Raises:
        ConfigError: the first fault: file, line, key and what is allowed.
    """
    file, required = _find(path, environ)
    source = read_source(file, required=required)
    if source.problem:
        raise _error([source.problem])
    overrides = (*from_environment(environ, source.tables), *from_flags(flags or {}))
    config, faults = _checked(source, file, overrides, environ)
    problems = _located(faults, source, file, overrides)
    if problems:
        raise _error(problems)
    return Loaded(config, file, source.exists, _warnings(source, file, config), source, overrides)


def problems(path: Path, *, environ: Environ = os.environ) -> list[Problem]:
    """Everything that is wrong in a file, by line; nothing but the file counts.

    Raises ConfigError: the file is not there or cannot be read.
    """
    source = read_source(path, required=True)
    if source.problem:
        return [source.problem]
    _, faults = _checked(source, path, (), environ)
    return _located(faults, source, path, ())


def warnings(path: Path, *, environ: Environ = os.environ) -> tuple[str, ...]:
    """What is unwise about a file that is right, as `Loaded.warnings`; raises as `problems`."""
    source = read_source(path, required=True)
    config, _ = _checked(source, path, (), environ)
    return _warnings(source, path, config)


def _find(path: Path | None, environ: Environ) -> tuple[Path, bool]:
    """The file to read, and whether it must be there."""
    if path:
        return path, True
    try:
        return config_path(environ), False
    except ConfigError:  # without a home there is no such file either
        return Path(os.devnull), False


def _checked(
    source: Source, file: Path, overrides: Sequence[Override], environ: Environ
) -> tuple[Config, list[Fault]]:
    tables = with_known_backends(merged(source.tables, overrides), environ)
    config, faults = decode(tables, file.absolute().parent)
    return config, faults or list(reference_faults(config))


def _located(
    faults: Sequence[Fault], source: Source, file: Path, overrides: Sequence[Override]
) -> list[Problem]:
    """The faults with their places, those of the file first and by line."""
    found = []
    for fault in faults:
        origin = _override_of(fault.path, overrides)
        line = None if origin else source.line_of(fault.path, nearest=True)
        place = origin or str(file)
        found.append(Problem(place, line, dotted(fault.path), fault.message, fault.hint))
    return sorted(found, key=lambda problem: (problem.line is None, problem.line or 0))


def _override_of(path: KeyPath, overrides: Sequence[Override]) -> str:
    for override in reversed(overrides):
        if override.path == path[: len(override.path)]:
            return override.origin
    return ""


def _error(problems: Sequence[Problem]) -> ConfigError:
    """The first problem as an error; the hint says how many more there are."""
    first, *others = problems
    hint = first.hint
    if others:
        more = f"chatcli config check shows {len(others)} more"
        hint = f"{hint} ({more})" if hint else more
    return ConfigError(first.sentence, hint=one_line(hint))


def _warnings(source: Source, file: Path, config: Config) -> tuple[str, ...]:
    """What is unwise: a file that others can change, or a key in one that they can read."""
    if not source.exists or os.name != "posix" or not file.is_file():  # /dev/null is everyone's
        return ()
    shown = one_line(str(file))
    holds_key = any(
        b.api_key
        or b.headers
        or "@" in b.base_url
        or b.base_url != without_keys_in_path(b.base_url)
        for b in config.backends.values()
    )
    if source.mode & 0o002:
        return (f"{shown} can be changed by anyone; run chmod 600 {shown}",)
    if holds_key and source.mode & 0o077:
        return (f"{shown} holds a key that others can read; run chmod 600 {shown}",)
    return ()

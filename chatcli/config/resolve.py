"""From a model reference to the backend and model that are asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import NoReturn

from chatcli.config.known_backends import (
    EMBEDDED_MODEL,
    OPENAI_MODEL,
    OPENAI_NAME,
    OPENAI_URL,
    SCRIPTED_MODEL,
)
from chatcli.config.model import BackendConfig, Config, ModelAlias, ModelChoice
from chatcli.config.problem import did_you_mean
from chatcli.config.references import is_absent, split, through_aliases, unknown_backend
from chatcli.core.text import one_line
from chatcli.errors import ConfigError

_THREE_WAYS = (
    "set OPENAI_API_KEY, or add [backends.NAME] to the configuration (chatcli config init), "
    "or get the embedded model (chatcli local setup)"
)


def choose_model(config: Config, reference: str = "") -> ModelChoice:
    """Find out what a reference means.

    Args:
        config: its aliases and backends count, in their order.
        reference: an alias; BACKEND/MODEL, where MODEL may hold slashes; a backend with a
            default model; else a model of the first backend. Empty: `config.model`, else the
            first backend's default model.

    Returns:
        the choice with the settings of the aliases that led to it (an outer alias before an
        inner one), and all fallbacks in one row, each model once. A fallback on a well-known
        backend that is not configured (the variable of its key is not set, say) is left out.

    Raises:
        ConfigError: no such backend, nothing configured, no default, or aliases in a circle.
    """
    found: dict[str, ModelChoice] = {}
    _collect(config, reference or config.model, found)
    first, *others = found.values()
    return replace(first, fallbacks=tuple(others))


def _collect(config: Config, reference: str, found: dict[str, ModelChoice]) -> None:
    """Add what a reference means and then its fallbacks; what is there already stays."""
    names, end = through_aliases(config, reference)
    if end in names:
        way = " -> ".join(one_line(name) for name in (*names, end))
        raise ConfigError(f"the model alias refers to itself: {way}")
    choice = ModelChoice(*_backend_and_model(config, end))
    if choice.name in found:
        return
    aliases = [config.models[name] for name in names]
    found[choice.name] = _with_settings(config, choice, aliases)
    for alias in aliases:
        for fallback in alias.fallbacks:
            if not is_absent(config, fallback):
                _collect(config, fallback, found)


def _with_settings(config: Config, choice: ModelChoice, aliases: list[ModelAlias]) -> ModelChoice:
    options: dict[str, object] = {}
    for alias in reversed(aliases):
        options.update(alias.options)
    tokens = next((alias.context_tokens for alias in aliases if alias.context_tokens), 0)
    return replace(
        choice,
        options=options,
        context_tokens=tokens or config.limits.context_tokens,
        price=next((alias.price for alias in aliases if alias.price), None),
    )


def _backend_and_model(config: Config, reference: str) -> tuple[str, str]:
    """What a reference names that is not an alias."""
    backend, model = split(reference)
    if "/" not in reference:
        named = config.backends.get(reference)
        default = _default_model(reference, named) if named else ""
        if default:  # else it may well be a model's name
            return reference, default
        backend = _first(config, reference)
    elif backend not in config.backends:
        sentence, hint = unknown_backend(config, reference, f'the model "{one_line(reference)}"')
        raise ConfigError(sentence, hint=hint)
    default = _default_model(backend, config.backends[backend])
    return backend, model or default or _no_model(backend)


def _first(config: Config, reference: str) -> str:
    if config.backends:
        return next(iter(config.backends))
    wanted = f' that could have a model "{one_line(reference)}"' if reference else ""
    near = did_you_mean(reference, config.models)
    raise ConfigError(f"no backend is configured{wanted}", hint=near or _THREE_WAYS)


def _default_model(name: str, backend: BackendConfig) -> str:
    """What a backend is asked when only the backend is named; empty: nobody knows.

    OPENAI_BASE_URL mostly leads to a gateway that has OpenAI's models, too.
    """
    if backend.default_model:
        return backend.default_model
    if backend.kind == "local":
        return PurePath(backend.model_file).stem or EMBEDDED_MODEL
    if backend.kind == "scripted":
        return SCRIPTED_MODEL
    is_openai = name == OPENAI_NAME or backend.base_url.rstrip("/") == OPENAI_URL
    return OPENAI_MODEL if is_openai else ""


def _no_model(backend: str) -> NoReturn:
    name = one_line(backend)
    raise ConfigError(
        f"no model is named for the backend {name}",
        hint=f'use -m {name}/MODEL, or set model = "{name}/MODEL" in the configuration; '
        "chatcli models lists them",
    )

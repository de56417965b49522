"""Model references: how they are read, and whether those of a configuration are valid."""

from __future__ import annotations

from collections.abc import Iterator

from chatcli.config.known_backends import KNOWN_BACKENDS
from chatcli.config.model import Config
from chatcli.config.problem import Fault, KeyPath, did_you_mean, dotted
from chatcli.core.text import one_line


def split(reference: str) -> tuple[str, str]:
    """Backend and model of BACKEND/MODEL; without a slash the backend is empty.

    Only the first slash counts: `openrouter/mistralai/mistral-large` asks openrouter.
    """
    backend, slash, model = reference.partition("/")
    return (backend, model) if slash else ("", reference)


def through_aliases(config: Config, reference: str) -> tuple[list[str], str]:
    """The aliases that lead from a reference to a model, and the reference at their end.

    If the aliases form a cycle, the end is an alias that was passed before.
    """
    passed: list[str] = []
    while reference in config.models and reference not in passed:
        passed.append(reference)
        reference = config.models[reference].model
    return passed, reference


def reference_faults(config: Config) -> Iterator[Fault]:
    """What is wrong with the references in a configuration.

    Well-known backends may be named without being configured: the environment or the program
    can bring them in later.
    """
    for path, reference in _references(config):
        backend, model = split(reference)
        if reference in config.models:
            continue
        if backend and backend not in config.backends and backend not in KNOWN_BACKENDS:
            yield Fault(path, *unknown_backend(config, reference, dotted(path)))
        elif "/" in reference and not (backend and model):
            yield Fault(path, f'{dotted(path)} must be BACKEND/MODEL, not "{one_line(reference)}"')
    yield from _circles(config)


def is_absent(config: Config, reference: str) -> bool:
    """Whether a reference names a well-known backend that is not configured here."""
    _, end = through_aliases(config, reference)
    backend, _ = split(end)
    return backend in KNOWN_BACKENDS and backend not in config.backends


def unknown_backend(config: Config, reference: str, subject: str) -> tuple[str, str]:
    """Sentence and hint for a reference to a backend that does not exist."""
    backend, model = split(reference)
    sentence = f'{subject} names the backend "{one_line(backend)}", which is not configured'
    if backend == "openai":
        return sentence, "set OPENAI_API_KEY, or OPENAI_BASE_URL for a server that needs no key"
    if backend in KNOWN_BACKENDS:
        variables = KNOWN_BACKENDS[backend].key_variables
        key = f" and set {variables[0]}" if variables else ""
        return sentence, f"add [backends.{backend}] to the configuration{key}"
    known = {**config.backends, **KNOWN_BACKENDS}
    near = did_you_mean(reference, config.models) or did_you_mean(
        f"{backend}/{model}", [f"{name}/{model}" for name in known]
    )
    names = ", ".join(map(one_line, config.backends)) or "none"
    return sentence, f"{near} known backends: {names}" if near else f"known backends: {names}"


def _references(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Every reference that is set, with its place."""
    if config.model:
        yield ("model",), config.model
    for name, alias in config.models.items():
        if alias.model:
            yield ("models", name, "model"), alias.model
        for number, reference in enumerate(alias.fallbacks):
            yield ("models", name, "fallbacks", number), reference
    for name, role in config.roles.items():
        if role.model:
            yield ("roles", name, "model"), role.model


def _circles(config: Config) -> Iterator[Fault]:
    """One fault for each cycle, at the first of its aliases."""
    seen: set[str] = set()
    for name in config.models:
        passed, end = through_aliases(config, name)
        if end == name and name not in seen:
            seen.update(passed)
            way = " -> ".join(one_line(each) for each in (*passed, end))
            path: KeyPath = ("models", name, "model")
            yield Fault(
                path, f"{dotted(path)} refers to itself: {way}", "make one of them a BACKEND/MODEL"
            )

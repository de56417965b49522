"""Where Ollama answers, as its own client reads OLLAMA_HOST; what well-known names mean."""

from __future__ import annotations

import pytest

from chatcli.config.environment import defaults_of, ollama_url
from chatcli.config.forms import url
from chatcli.config.known_backends import KNOWN_BACKENDS


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, "http://127.0.0.1:11434/v1"),
        ("", "http://127.0.0.1:11434/v1"),
        ("box", "http://box:11434/v1"),
        ("box:80", "http://box:80/v1"),
        (":9999", "http://127.0.0.1:9999/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),  # noqa: S104
        ("0.0.0.0:9999", "http://127.0.0.1:9999/v1"),
        ("http://box", "http://box:80/v1"),
        ("https://box", "https://box:443/v1"),
        ("https://box:8443/ollama/", "https://box:8443/ollama/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("[::1]:9999", "http://[::1]:9999/v1"),
        ("::1", "http://[::1]:11434/v1"),
        ("[::]:9999", "http://127.0.0.1:9999/v1"),
        (' "box" ', "http://box:11434/v1"),
    ],
)
def test_where_ollama_answers(host: str | None, expected: str) -> None:
    assert ollama_url({} if host is None else {"OLLAMA_HOST": host}) == expected


def test_well_known_addresses_are_addresses() -> None:
    for name, known in KNOWN_BACKENDS.items():
        address = defaults_of(name, {})["base_url"]
        assert isinstance(address, str)
        assert url(address, None) == address, name  # type: ignore[arg-type]
        assert address or name == "azure" or known.kind != "openai"


def test_azure_is_where_its_variable_says() -> None:
    environ = {"AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com/"}
    assert defaults_of("azure", environ)["base_url"] == "https://res.openai.azure.com/openai/v1"


def test_an_unknown_name_brings_nothing() -> None:
    assert defaults_of("work", {}) == {}

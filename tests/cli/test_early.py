"""The chat's command line, read before the parser is there."""

from __future__ import annotations

import pytest

from chatcli.cli.early import chat_options


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("", {}),
        ("-s notes -m fast", {"session": "notes", "model": "fast"}),
        ("--session a --session b", {"session": "b"}),
        ("-c --config my.toml --system Hi", {"continue": "", "config": "my.toml", "system": "Hi"}),
    ],
)
def test_options_of_the_chat(line: str, options: dict[str, str]) -> None:
    assert chat_options(line.split()) == options


@pytest.mark.parametrize("line", ["send Hi", "-s", "-s notes list", "--version", "-snotes", "--"])
def test_everything_else_is_for_the_parser(line: str) -> None:
    assert chat_options(line.split()) is None

"""What Tab offers, without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatcli.commands.catalogue import default_registry
from chatcli.ui.commands.completion import Offer, argument_at, file_offers, words_of


@pytest.mark.parametrize(
    ("command", "words", "expected"),
    [
        ("end", [], "session"),
        ("end", ["notes"], None),
        ("set", [], "key"),
        ("set", ["temperature"], "value"),
        ("set", ["temperature", "0.1"], "value"),
        ("new", ["notes", "--model"], "model"),
        ("new", ["--role"], "role"),
        ("new", ["--role", "x"], "name"),
        ("end", ["--summarize"], "session"),
        ("stop", ["a", "b"], None),
    ],
)
def test_the_argument_that_comes_next(command: str, words: list[str], expected: str | None) -> None:
    found = argument_at(default_registry().find(command), words)
    assert (found.name if found else None) == expected


def test_files_and_folders_by_how_they_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.md").write_text("")
    (tmp_path / "repository").mkdir()
    (tmp_path / ".hidden").write_text("")
    monkeypatch.chdir(tmp_path)
    assert [offer.text for offer in file_offers("rep")] == ["report.md", "repository/"]
    assert [offer.text for offer in file_offers("./REP")] == ["./report.md", "./repository/"]
    assert [offer.text for offer in file_offers(f"{tmp_path}/.h")] == [f"{tmp_path}/.hidden"]
    assert list(file_offers("")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/s", ["/s"]),
        ("/s ", ["/s", ""]),
        ("/s  two w", ["/s", "two", "w"]),
        ('/s "two w', ["/s", '"two w']),
        ("/s 'two words' ", ["/s", "'two words'", ""]),
        ('/s "two words"x', ["/s", '"two words"x']),
        ("/s it's m", ["/s", "it's", "m"]),
    ],
)
def test_a_line_is_completed_word_by_word(line: str, expected: list[str]) -> None:
    assert words_of(line) == expected


def test_the_menu_shows_no_character_that_a_terminal_obeys() -> None:
    name = "a\x1b]0;owned\x07\u202egpj\U000e0041"
    completion = Offer(name, f"alias of {name}").completion("a")
    assert completion.text == name
    for shown in (completion.display_text, completion.display_meta_text):
        assert shown.endswith("a␛]0;owned␇<U+202E>gpj<U+E0041>")

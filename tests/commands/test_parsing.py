"""Slash commands as typed: parsed into arguments, or refused with the usage line."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from chatcli.commands.catalogue import default_registry
from chatcli.commands.parsing import parse_arguments, quoted
from chatcli.commands.registry import (
    Arg,
    Command,
    Group,
    Kind,
    Outcome,
)
from chatcli.errors import UsageError


def command(*args: Arg) -> Command:
    return Command("do", "does it", lambda context, arguments: Outcome(), Group.PROGRAM, args=args)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("history", {}),
        ("history 10", {"number": 10}),
        ("new 'two words' --role reviewer", {"name": "two words", "role": "reviewer"}),
        ("end --summarize notes", {"session": "notes", "summarize": True}),
        ("end notes --summarize", {"session": "notes", "summarize": True}),
        ("send notes  keep   all  blanks", {"session": "notes", "text": "keep   all  blanks"}),
        ('send notes "quoted" stays', {"session": "notes", "text": '"quoted" stays'}),
        ("set stop [\"a\", 'b']", {"key": "stop", "value": "[\"a\", 'b']"}),
        ("set --unset temperature", {"unset": True, "key": "temperature"}),
    ],
)
def test_lines_are_taken_apart(line: str, expected: dict[str, object]) -> None:
    _, arguments = default_registry().parse(line)
    assert arguments == expected


@pytest.mark.parametrize("name", ["notes", "release notes", "it's", 'a "b" c', "'odd", '"even'])
def test_a_quoted_name_is_read_back(name: str) -> None:
    _, arguments = default_registry().parse(f"restore {quoted(name)}")
    assert arguments == {"session": name}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("history many", "N is a whole number, 0 or more, not 'many'"),
        (f"history {'9' * 5000}", "not '999"),
        ("history -3", "N is a whole number, 0 or more, not '-3'"),
        ("rename", "/rename needs NAME"),
        ("undo it", "/undo does not take 'it'"),
        ("sessions --alll", "/sessions has no --alll"),
        ("rename 'open", "a quotation mark is not closed"),
        ("new x --model", "--model needs MODEL"),
    ],
)
def test_wrong_lines_are_explained_with_the_usage(line: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().parse(line)
    assert said in caught.value.message
    assert caught.value.hint.startswith("usage: /")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rename my project", '"my project"'),
        ("end my project", '"my project"'),
        ("history 3 4", ""),
        ("undo it", ""),
    ],
)
def test_a_name_of_several_words_is_shown_as_it_is_typed(line: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().parse(line)
    assert caught.value.hint.partition("marks: ")[2] == expected


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")))
def test_any_line_is_parsed_or_refused_by_a_usage_error(line: str) -> None:
    with contextlib.suppress(UsageError):
        default_registry().parse(line)


@given(st.text(min_size=1).filter(lambda text: text.strip() == text and text[0] not in "-'\""))
def test_the_rest_is_taken_as_it_was_typed(text: str) -> None:
    arguments = parse_arguments(command(Arg("text", rest=True)), text)
    assert arguments == {"text": text}


def test_a_number_is_given_as_a_number() -> None:
    assert parse_arguments(command(Arg("n", Kind.NUMBER)), "007") == {"n": 7}

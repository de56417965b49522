import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from chatcli.commands.catalogue import default_registry
from chatcli.commands.registry import (
    Arg,
    Command,
    Group,
    Kind,
    Outcome,
    Registry,
    parse_arguments,
    quoted,
)
from chatcli.errors import UsageError


def command(*args: Arg) -> Command:
    return Command("do", "does it", lambda context, arguments: Outcome(), Group.PROGRAM, args=args)


def test_every_name_and_alias_is_found_and_unique() -> None:
    registry = default_registry()
    names = [name for each in registry for name in (each.name, *each.aliases)]
    assert len(names) == len(set(names))
    assert all(registry.find(name) in list(registry) for name in names)


def test_the_commands_of_the_chat_are_there() -> None:
    names = set(default_registry().names())
    assert names >= {
        "new", "sessions", "list", "ls", "history", "rename", "end", "restore", "stats", "model",
        "system", "set", "send", "stop", "retry", "continue", "undo", "help", "?", "models",
    }  # fmt: skip


def test_an_unknown_command_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().find("histroy")
    assert caught.value.hint == "did you mean /history?"


def test_a_command_like_no_other_points_to_help() -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().find("zzzzzz")
    assert "/help" in caught.value.hint


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
        ("history many", "N is a number"),
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


def test_the_usage_line_shows_what_is_optional() -> None:
    registry = default_registry()
    assert registry.find("history").usage == "/history [N]"
    assert registry.find("send").usage == "/send REF TEXT"
    assert registry.find("end").usage == "/end [REF] [--summarize] [--write-summary]"


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


def test_help_lists_every_command_under_its_group() -> None:
    registry = default_registry()
    outcome = run(registry, "help")
    rows = [row for block in outcome.blocks if hasattr(block, "rows") for row in block.rows]
    assert [usage.split()[0] for usage, _ in rows if usage] == [
        f"/{each.name}" for group in Group for each in registry if each.group is group
    ]


def test_help_on_a_command_shows_its_usage_aliases_and_examples() -> None:
    text = "\n".join(str(block) for block in run(default_registry(), "help /ls").blocks)
    assert "/sessions [--all]" in text
    assert "/ls" in text
    assert "examples: /sessions" in text


def run(registry: Registry, line: str) -> Outcome:
    """Run a command that uses neither manager nor configuration."""
    from chatcli.commands.registry import Context
    from chatcli.config import Config

    nobody: Any = None
    found, arguments = registry.parse(line)
    outcome = found.run(Context(nobody, Config(), registry=registry), arguments)
    return outcome if isinstance(outcome, Outcome) else asyncio.run(_awaited(outcome))


async def _awaited(outcome: Any) -> Outcome:
    result = await outcome
    assert isinstance(result, Outcome)
    return result

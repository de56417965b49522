"""The commands by name and alias, their usage lines, and `/help`."""

import asyncio
from typing import Any

import pytest

from chatcli.commands.catalogue import default_registry
from chatcli.commands.registry import (
    Group,
    Outcome,
    Registry,
)
from chatcli.errors import UsageError


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


@pytest.mark.parametrize("name", ["histroy", "HISTORY"])
def test_an_unknown_command_names_the_nearest(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().find(name)
    assert caught.value.hint == "did you mean /history?"


def test_a_command_like_no_other_points_to_help() -> None:
    with pytest.raises(UsageError) as caught:
        default_registry().find("zzzzzz")
    assert "/help" in caught.value.hint


def test_the_usage_line_shows_what_is_optional() -> None:
    registry = default_registry()
    assert registry.find("history").usage == "/history [N]"
    assert registry.find("send").usage == "/send REF TEXT"
    assert registry.find("end").usage == "/end [REF] [--summarize] [--write-summary]"


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

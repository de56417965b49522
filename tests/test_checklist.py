"""Every number of the checklist is tested, by tests and scenarios that are there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.fault_scenarios import SCENARIOS
from tests.fault_scenarios.checklist import (
    CHECKLIST,
    TESTS,
    numbers_in,
    print_checklist,
    scenarios_of,
)

HERE = Path(__file__).parent
SCENARIO_FILES = HERE / "fault_scenarios"


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@cache
def words_of_the_tests() -> frozenset[str]:
    """Every text in quotes in the tests, and in what is expected of each scenario."""
    files = [path for path in HERE.rglob("*.py") if path.parent != SCENARIO_FILES]
    files.append(SCENARIO_FILES / "endings_expected.py")
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text())))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    return frozenset(text.partition(":")[0] for text in texts if isinstance(text, str))


def test_no_number_is_left_out() -> None:
    assert sorted(CHECKLIST) == list(range(1, 63))


@pytest.mark.parametrize("number", CHECKLIST)
def test_each_number_is_tested(number: int) -> None:
    tests = TESTS.get(number, ())
    assert scenarios_of(number) or tests
    for name in tests:
        path, _, test = name.partition("::")
        assert test in names_in(HERE / path)


def test_each_scenario_is_played_and_has_known_numbers() -> None:
    theirs = {
        name: play
        for name, play in SCENARIOS.items()
        if play.__module__.startswith("tests.fault_scenarios")
    }
    played = words_of_the_tests()
    prefixes = {"body", "overflow"}  # of names that tests put together
    assert not [n for n in theirs if n not in played and n.partition("-")[0] not in prefixes]
    sentences = [play.__doc__ or "" for play in theirs.values()]
    assert {number for says in sentences for number in numbers_in(says)} <= CHECKLIST.keys()
    assert [says for says in sentences if says.startswith("Line") and not numbers_in(says)] == []


def test_the_list_can_be_printed() -> None:
    lines: list[str] = []
    print_checklist(lines.append)
    assert sum(line.lstrip()[:1].isdigit() for line in lines) == len(CHECKLIST)

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.markdown import Theme
from chatcli.markdown.document import document_lines
from tests.markdown.documents import EXAMPLES, found, replies, specification
from tests.markdown.stock_rich import Cell, cells, stock_lines

DARK = Theme("dark")

Rows = list[list[Cell]]


def ours(source: str, width: int, theme: Theme = DARK) -> Rows:
    return cells(list(document_lines(source, width, theme)))


def plain(rows: Rows) -> list[str]:
    return ["".join(character for character, _ in row) for row in rows]


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_looks_as_rich_draws_it(source: str) -> None:
    for width in (100, 40):
        assert ours(source, width) == stock_lines(source, width, DARK)


@settings(max_examples=50)
@given(replies, st.integers(30, 130), st.sampled_from((Theme("dark"), Theme("light"))))
def test_a_reply_looks_as_rich_draws_it(source: str, width: int, theme: Theme) -> None:
    assert ours(source, width, theme) == stock_lines(source, width, theme)


def test_the_specification_looks_as_rich_draws_it() -> None:
    examples = specification()
    assert len(examples) == 652
    for source in examples:
        for width in (133, 60, 20):
            assert ours(source, width) == stock_lines(source, width, DARK), source


def test_documents_read_as_rich_draws_them() -> None:
    for source in found():
        assert plain(ours(source, 90)) == plain(stock_lines(source, 90, DARK))


@pytest.mark.parametrize("after", ["", "text\n", "---\n", "> text\n"])
def test_an_empty_quotation_behind_a_rule_looks_as_rich_draws_it(after: str) -> None:
    source = f"text\n\n---\n\n>\n\n{after}"
    assert ours(source, 40) == stock_lines(source, 40, DARK)

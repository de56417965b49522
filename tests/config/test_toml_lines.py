"""Every key, table and list item has the line it was written on, however it was written."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given, strategies as st

from chatcli.config.problem import KeyPath
from chatcli.config.toml_lines import lines_of

NAMES = st.one_of(
    st.sampled_from(["a", "b", "model", "base_url", "x-1", "7"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=4),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
SCALARS = st.one_of(
    st.booleans().map(lambda value: str(value).lower()),
    st.integers(-99, 99).map(str),
    st.sampled_from(["1979-05-27 07:32:00", "inf", "1e3", "0x1f", "'[]{}#='", "'''a\n'b''\n'''"]),
    st.sampled_from(['"""\n# no comment\n[x]\n\\""" ""\n"""', '"""""a"""""', "''''a'''''", '""']),
    TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False)),
)
BLANKS = st.sampled_from(["", "\n", "# [no.table]\n# x = 1\n"])


class Writer:
    """Writes a TOML document and remembers the line of everything in it."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[KeyPath, int] = {}

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def name(self, name: str) -> None:
        bare = name.isascii() and name.replace("-", "a").isalnum()
        styles = [json.dumps(name, ensure_ascii=False)] + ([name] if bare else [])
        if name.isprintable() and "'" not in name:
            styles.append(f"'{name}'")
        self.text += self.draw(st.sampled_from(styles))

    def document(self) -> None:
        self.pairs((), self.names())
        for name in self.names():
            if (name,) not in self.lines:
                self.text += self.draw(BLANKS) + "["
                self.note((name,))
                self.name(name)
                self.text += " ]  # the end\n"
                self.pairs((name,), self.names())

    def names(self) -> list[str]:
        return list(self.draw(st.lists(NAMES, max_size=3, unique=True)))

    def pairs(self, table: KeyPath, names: list[str]) -> None:
        for name in names:
            self.text += self.draw(BLANKS)
            self.pair((*table, name), depth=0)
            self.text += self.draw(st.sampled_from(["\n", " # a comment = [1]\n", "\r\n"]))

    def pair(self, path: KeyPath, depth: int) -> None:
        self.note(path)
        self.name(str(path[-1]))
        if self.draw(st.booleans()):
            path = (*path, "inner")
            self.text += " . "
            self.note(path)
            self.name("inner")
        self.text += " = "
        self.value(path, depth)

    def value(self, path: KeyPath, depth: int) -> None:
        kind = self.draw(st.sampled_from(["scalar", "list", "table"] if depth < 2 else ["scalar"]))
        if kind == "scalar":
            self.text += self.draw(SCALARS)
        elif kind == "list":
            self.text += "["
            for number in range(self.draw(st.integers(0, 3))):
                self.text += self.draw(st.sampled_from(["", " ", "\n", " # more ]\n  "]))
                self.note((*path, number))
                self.value((*path, number), depth + 1)
                self.text += ", "
            self.text += "]"
        else:
            self.text += "{ "
            for number, name in enumerate(self.names()):
                self.text += ", " if number else ""
                self.pair((*path, name), depth + 1)
            self.text += " }"


@given(st.data())
def test_every_line_is_found(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.document()
    tomllib.loads(writer.text)  # it is TOML
    assert dict(lines_of(writer.text)) == writer.lines


def test_a_table_counts_where_it_is_written_first() -> None:
    text = "[a.b]\nx = 1\n[a]\ny = 2\n[[list]]\n[[list]]\nz = 3\n"
    assert lines_of(text) == {
        ("a",): 1,
        ("a", "b"): 1,
        ("a", "b", "x"): 2,
        ("a", "y"): 4,
        ("list",): 5,
        ("list", "z"): 7,
    }


@given(st.text("[]{}=\"'\\\n#,a.1 ", max_size=40))
def test_any_text_comes_to_an_end(text: str) -> None:
    assert isinstance(lines_of(text), dict)

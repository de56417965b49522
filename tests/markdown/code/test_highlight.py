"""Code coloured line by line against Pygments' tokens of the whole."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pygments
import pytest
import rich
from hypothesis import given, strategies as st

from chatcli.markdown import MarkdownStream, Theme, render_markdown
from chatcli.markdown.code.by_line import Highlighter
from chatcli.markdown.code.highlight import highlighter
from chatcli.markdown.code.lexing import find_lexer, token_lines
from chatcli.markdown.styles import styles

if TYPE_CHECKING:
    from chatcli.markdown.code.lexing import TokenLine

SAMPLES = {
    "python": '@d\ndef f(x: int) -> str:\n    """Doc\n    string.\n    """\n    return f"{x}"\n',
    "c": '#include <a.h>\n/* one\n * two */\nint main(void) {\n  printf("%d\\n", 1); // c\n}\n',
    "c++": "// c\nclass A : public B {\n  std::vector<int> v; /* a\n b */ bool x = true;\n};\n",
    "csharp": 'using A;\n/* b\n c */\nclass D { string E => $"f {g}"; } // h\n',
    "java": "/**\n * Doc\n */\npublic class A {\n  int f() { return 'a'; } // c\n}\n",
    "javascript": "/* a\nb */ const f = (x) => `t ${x}\n more`;\nlet r = /a'b/g; // c\n",
    "typescript": "interface A { b: string }\n/* c\n d */\nexport const e: A = { b: 'f' };\n",
    "go": 'package a\n/* b\n c */\nvar s = `raw\n "x"\n`\nfunc f() error { return nil }\n',
    "rust": '/* a /* b */\n c */\nfn f<\'a>(x: &\'a str) -> u8 { r#"raw\n"x""#; 1 } // d\n',
    "bash": '#!/bin/sh\nx=\'a\nb\'\ncat <<EOF\ntext $x\nEOF\nif [ "$x" ]; then echo "it\'s"; fi\n',
    "sql": "SELECT a, 'b''c' -- d\nFROM e /* f\n g */ WHERE h = 1;\n",
    "css": "/* a\n b */\n.c > d:hover { color: #fff; }\n@media e { f { g: h } }\n",
    "html": "<!DOCTYPE html>\n<!-- a\n b -->\n<p class='c'>d &amp;</p>\n<script>\n"
    "/* e\n f */ let g;\n</script>\n<style>\nh { i: j }\n</style>\n",
    "xml": '<?xml version="1.0"?>\n<!-- a\n b -->\n<c d="e">f</c>\n',
    "json": '{\n  "a": [1, 2.5, null],\n  "b": {"c": "d"}\n}\n',
    "yaml": "a: 1\nb:\n  - c: 'd'\n    e: |\n      text: not\n        a key\nf: [g, h] # i\n",
    "toml": '# a\n[b]\nc = "d"\ne = """\nf\n"""\ng = [1, 2]\n',
    "lua": "--[[ a\n b ]]\nlocal c = [[d\n e]] -- f\nprint(c)\n",
    "php": "<?php\n/* a\n b */\n$c = strlen('d'); // e\n?>\n<p>text</p>\n",
    "diff": "--- a\n+++ b\n@@ -1 +1 @@\n-c\n+d\n e\n",
    "dockerfile": "FROM a\nRUN b && \\\n    c 'd'\n# e\n",
    "swift": 'let a = "b"\n/* c\n d */\nprint(a)\n',
    "kotlin": 'fun main() { println("""a\n b""") } /* c\n d */\n',
    "makefile": "a: b\n\tcc -o $@ $<\n# c\n",
    "ini": "[a]\nb = c\n; d\n",
}

Look = list[list[tuple[str, str]]]


def look(lines: list[TokenLine]) -> Look:
    """Each line's visible characters with their styles."""
    colours = styles(Theme("dark"))
    return [
        [
            (character, str(colours.code_style(kind)))
            for kind, text in line
            for character in text
            if not character.isspace()
        ]
        for line in lines
    ]


def by_line(chosen: Highlighter, code: str) -> list[TokenLine]:
    lines = []
    for line in code.removesuffix("\n").split("\n"):
        chosen.peek(line[: len(line) // 2])
        lines += chosen.add(line)
    return lines + chosen.close()


def whole(language: str, code: str) -> list[TokenLine]:
    lexer = find_lexer(language)
    assert lexer is not None
    return token_lines(list(lexer.get_tokens(code)))


@pytest.mark.parametrize("language", SAMPLES)
def test_code_looks_as_if_highlighted_at_once(language: str) -> None:
    code = SAMPLES[language]
    assert look(by_line(highlighter(language), code)) == look(whole(language, code))


@pytest.mark.parametrize("package", [rich, pygments])
def test_a_program_looks_as_if_highlighted_at_once(package: object) -> None:
    folder = Path(str(getattr(package, "__file__", ""))).parent
    for path in sorted(folder.glob("*.py"))[:8]:
        code = path.read_text("utf-8").expandtabs(4).rstrip() + "\n"
        assert look(by_line(highlighter("python"), code)) == look(whole("python", code))


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_no_language_loses_or_changes_text(language: str, data: st.DataObject) -> None:
    pool = [line for code in SAMPLES.values() for line in code.split("\n")]
    lines = data.draw(st.lists(st.sampled_from(pool), max_size=25))
    code = "\n".join(lines)
    stream = MarkdownStream(Theme("dark"))
    for line in ("````" + language, *lines, "````"):
        stream.feed(f"{line}\n")
        stream.take(1_000)
        stream.tail(1_000, 8)
    plain = render_markdown(f"````\n{code}\n````", 1_000, Theme("none"))
    assert strip(stream.finish(1_000)) == ""
    assert strip(render_markdown(f"````{language}\n{code}\n````", 1_000, Theme("dark"))) == plain


def strip(printed: str) -> str:
    """The text without the sequences for colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", printed)


def test_a_line_in_an_open_comment_waits_for_its_end() -> None:
    chosen = highlighter("javascript")
    assert [len(chosen.add(line)) for line in ("a()", "/* b", "c", "d */", "e()")] == [
        1,
        0,
        0,
        3,
        1,
    ]


def test_a_long_comment_is_not_waited_for() -> None:
    chosen = highlighter("javascript")
    lines = ["/* b", *["c"] * 40, "d */ let e"]
    given_at_once = [chosen.add(line) for line in lines]
    assert max(map(len, given_at_once)) < 12
    assert look(list(chain.from_iterable(given_at_once))) == look(
        whole("javascript", "\n".join(lines) + "\n")
    )


def test_what_never_closes_is_no_comment() -> None:
    chosen = highlighter("javascript")
    assert chosen.add("x /* y") == []
    assert "".join(text for line in chosen.close() for _, text in line) == "x /* y"


@pytest.mark.parametrize("info", ["", "nosuchlanguage", "   ", "{}", "\\"])
def test_an_unknown_language_is_plain(info: str) -> None:
    assert highlighter(info).add("if x: 'y'") == [[(None, "if x: 'y'")]]


@pytest.mark.parametrize(
    "info", ["python", " python", "python title=x", "{.python}", "python:a.py", "py,ignore"]
)
def test_the_language_is_found_in_what_stands_behind_the_fence(info: str) -> None:
    assert look(highlighter(info).add("if x: 'y'")) == look(whole("python", "if x: 'y'\n"))


def test_a_line_of_opening_marks_keeps_its_text() -> None:
    """Each of these marks may open something; not every one is tried."""
    for mark in ("[", "<<A ", "'", '"', "`", "/*"):
        line = mark * (900 // len(mark))
        for language in ("c", "python", "bash", "javascript", "perl"):
            lines = highlighter(language).add(line)
            assert not lines or "".join(text for _, text in lines[0]) == line


def test_a_very_long_line_is_plain() -> None:
    line = "x = 1; " * 1_000
    assert highlighter("python").add(line) == [[(None, line)]]

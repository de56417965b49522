from __future__ import annotations

import re

import pytest

from chatcli.markdown import Theme, render_markdown


def plain(source: str, width: int = 80) -> str:
    return render_markdown(source, width, Theme("none")).removesuffix("\n")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[a page](https://example.org/p)", "a page (https://example.org/p)"),
        (
            "[https://bank.example](https://evil.example)",
            "https://bank.example (https://evil.example)",
        ),
        ("[https://example.org/p](https://example.org/p)", "https://example.org/p"),
        ("<https://example.org/p>", "https://example.org/p"),
        ("https://example.org/p", "https://example.org/p"),
        ("[me@example.org](mailto:me@example.org)", "me@example.org"),
        ("[`code` *here*](x)", "code here (x)"),
        ("[пример](https://пример.example/ж)", "пример (https://xn--e1afmkfd.example/%D0%B6)"),
        ("<https://пример.example>", "https://пример.example (https://xn--e1afmkfd.example)"),
        ("<https://example.org/ж>", "https://example.org/ж"),
        ("[](x)", "(x)"),
        ("[no](javascript:alert)", "[no](javascript:alert)"),
        ("before ![a *picture*](p.png) after", "before 🌆 a picture (p.png) after"),
        ("![](p.png)", "🌆 (p.png)"),
        ("[![badge](b.svg)](https://ci.example)", "🌆 badge (https://ci.example)"),
        (f"![x](data:image/png;base64,{'A' * 90})", f"🌆 x (data:image/png;base64,{'A' * 18}…)"),
        ("a <b>c</b> &lt;d> Vec<T>", "a <b>c</b> <d> Vec<T>"),
    ],
)
def test_links_and_pictures_show_where_they_lead(source: str, shown: str) -> None:
    assert plain(source) == shown


def test_links_are_clickable_where_they_are_absolute() -> None:
    source = (
        "[a](https://example.org) [b](relative) [c](vscode://file/x) [d](ssh://-oProxyCommand=x)"
    )
    printed = render_markdown(source, 80, Theme("dark"))
    targets = re.findall(r"\x1b\]8;id=\w+;(.*?)\x1b\\", printed)
    assert targets == ["https://example.org"] * 2
    assert printed.count("\x1b]8;;\x1b\\") == 2
    assert "\x1b]8" not in render_markdown(source, 80, Theme("dark"), links=False)
    assert "\x1b" not in render_markdown(source, 80, Theme("none"))


def test_the_parts_of_a_wrapped_link_belong_together() -> None:
    printed = render_markdown("[some longer text](https://example.org)", 14, Theme("dark"))
    identities = set(re.findall(r"\x1b\]8;id=(\w+);", printed))
    assert printed.count("\n") > 2
    assert len(identities) == 1


@pytest.mark.parametrize("width", [1, 5, 9, 10, 11, 20, 33])
def test_no_width_loses_a_word(width: int) -> None:
    words = [f"w{number:02}" for number in range(60)]
    family, heart = "👨‍👩‍👧‍👦", "❤️"
    source = (
        f"{' '.join(words[:20])}\n\n"
        f"> - {' '.join(words[20:30])}\n>   1. > {' '.join(words[30:40])}\n\n"
        f"```\n{' '.join(words[40:50])}\n```\n\n{words[50]}{family}{words[51]}{heart} "
        f"{'漢'.join(words[52:])}\n\n```py\nx = '{family * 9}' # {heart * 9}\n```"
    )
    printed = re.sub(r"[\s▌•]|(?<=\D)1(?=w)", "", plain(source, width))
    assert re.findall(r"w\d\d", printed) == words
    assert printed.count(family) == 10
    assert printed.count(heart) == 10

"""Whatever a model writes, only escape sequences of our own reach the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from chatcli.markdown import MarkdownStream, Theme, render_markdown
from tests.markdown.documents import replies, scraps

OURS = re.compile(r"\x1b\[[0-9;]+m|\x1b\]8;(?:id=[0-9a-f]+;[!-~]+|;)\x1b\\")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")

CONTROLS = (
    *map(chr, (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))),
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xE0001, 0xE007F)),
)
SEQUENCES = (
    *("\x1b[2J", "\x1b[31m", "\x1b[0m", "\x1b[?1049h", "\x1b[6n", "\x9b2J", "\x1b(0", "\x1bc"),
    *(
        "\x1b]0;title\x07",
        "\x1b]52;c;YQ==\x07",
        "\x1b]8;;https://evil.example\x1b\\",
        "\x9d0;t\x9c",
    ),
    *(
        "\x1bP+q544e\x1b\\",
        "\x1b_Gf=32\x1b\\",
        "\x1b^m\x1b\\",
        "\x1b]1337;File=:AA==\x07",
        "a\rb\x08",
    ),
)
PLACES = (
    *(
        "{}",
        "a{}b",
        "# {}",
        "- {}",
        "> {}",
        "**{}**",
        "`{}`",
        "``` {}\ncode\n```",
        "```py\n{}\n```",
    ),
    *(
        "```py\n'{}'\n",
        "    {}",
        "| {} |\n|---|\n| {} |",
        "[{}](x)",
        "[a](<{}>)",
        "[a](x{}y)",
        "![{}](x)",
    ),
    *(
        "![a](<{}>)",
        "<https://a.b/{}>",
        "[a]: <{}>\n\n[a]",
        '[a](b "{}")',
        "[x][{}]\n\n[{}]: y",
        "1. {}\n2. {}",
    ),
)


def is_safe(printed: str) -> bool:
    return CONTROL.search(OURS.sub("", printed)) is None


def streamed(source: str, theme: Theme) -> list[str]:
    """All that a stream gives for a text: what is printed, and the tails."""
    stream = MarkdownStream(theme)
    given = []
    for start in range(0, len(source), 25):
        stream.feed(source[start : start + 25])
        given.append(stream.take(40))
        given += [text for line in stream.tail(40, 8) for _, text in line]
    return [*given, stream.finish(40)]


@pytest.mark.parametrize("place", PLACES)
def test_controls_are_shown_not_sent(place: str) -> None:
    for control in (*CONTROLS, *SEQUENCES):
        code = "".join(f"&#x{ord(character):x};" for character in control)
        for text in (control, code):
            source = place.replace("{}", text)
            assert is_safe(render_markdown(source, 40, Theme("dark")))


@settings(max_examples=60)
@given(st.lists(st.one_of(scraps, replies, st.sampled_from(SEQUENCES), st.text()), max_size=6))
def test_no_text_gets_a_control_through(texts: list[str]) -> None:
    source = "".join(texts)
    for theme in (Theme("dark"), Theme("none")):
        assert all(map(is_safe, streamed(source, theme)))


def test_without_a_theme_nothing_but_text_is_written() -> None:
    source = "# a\n\n**b** [c](https://d.example)\n\n```python\ne = 1\n```\n| f |\n|---|\n| g |\n"
    assert "\x1b" not in render_markdown(source, 40, Theme("none"))

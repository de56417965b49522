"""Markdown to render: examples of every construct, generated documents, documents found here."""

from __future__ import annotations

import importlib.metadata
import re
from functools import cache

from hypothesis import strategies as st

from chatcli.markdown.parser import parse_blocks
from tests.extras import commonmark, installed

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n.*?^`{32}$", re.DOTALL | re.MULTILINE)

EXAMPLES = (
    "",
    "one line",
    "two\nlines",
    "a hard  \nbreak, another\\\nbreak",
    "# Title\n\ntext\n\n## Section *two*\ntext",
    "Title\n=====\n\nSection\n---\ntext",
    "####### no heading\n\n#no heading\n\n# closed #",
    "before\n\n---\n\nafter\n\n***\n- list after a rule",
    "*a* **b** ***c*** _d_ __e__ ~~f~~ `g` ``h ` i``",
    "*a **b* c** _un_der_scores_ 2*3*4 **not closed and *neither",
    "`code with  two blanks` and `` ` ``, `not closed",
    "\\*no emphasis\\* &amp; &copy; &#42; &nosuch; \\` \\\\",
    "<b>html</b> is text, Vec<T> too\n\n<div>\nblock\n</div>\n\n<!-- comment -->",
    "[text](https://example.org) [https://example.org](https://example.org) <https://example.org>",
    '[titled](https://example.org "title") [spaced](<a b>) [empty]() [](x)',
    "<me@example.org> [me](mailto:me@example.org) [me@example.org](mailto:me@example.org)",
    "![picture](https://example.org/a.png) and ![](b.png) [![in link](c.png)](d)",
    "[a]: https://example.org/a\n[B]: <b c> 'title'\n\n[a], [text][b], [b][], [no][where]",
    "- a\n- b\n- c",
    "* a\n\n* b\n\n  second paragraph\n\n* c\n+ another list",
    "1. a\n2. b\n10. c",
    "7) a\n7) b\n\n   continued\n8) c\n\n1. new list",
    "- a\n  - b\n    - c\n      - d\n  - e\n- f",
    "1. step\n\n   ```python\n   x = 1\n\n   y = 2\n   ```\n\n2. step\n   > quoted\n   > more",
    "1. a\n2.\n3. c",
    "- [ ] open\n- [x] done",
    "-\n- b\n-   \n\n  c",
    "text\n- list at once\n- more\ntext that goes on lazily",
    "text\n2. no list\n1. list",
    "> quoted\n> more\nlazy\n\n> # title\n> - a\n> - b\n>\n> > deeper\n\n>unspaced",
    "> ```\n> code\n> ```\n> text\n\n> ```\nnot code",
    "    indented\n\n      more\n\n\ntext\n\n\tby a tab\n",
    "```\nplain\n  indented\n\n\nblank lines above\n\n\n```\ntext at once",
    "```python\ndef f(x):\n    return x + 1  # comment\n\nprint(f(2))\n```",
    '``` python\nspaced = True\n```\n\n~~~rust,ignore\nlet x = "~~~";\n~~~\n\n````\n```\n````',
    "```\nnever closed\n- no list\n\n",
    "   ```\n   indented fence\n  less\n     more\n   ```\n\n```a`b\nno fence",
    "```\n```\n\n```\n\n\n```",
    "| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |\n| long cell | *x* | `y \\| z` |",
    "a | b\n- | -\n1\n1 | 2 | 3\n\nafter | the table",
    "|a|\n|-|\ntext\n# heading ends it",
    "text\na | b\n--|--\n1 | 2\n- list ends it",
    "| only | head |\n|---|---|",
    "# a|b\n-|-\n1|2\n\n- a|b\n-|-\n\n~~~a|b\n-|-\n~~~",
    "| wide |\n|---|\n| " + "word " * 40 + "|",
    "漢字かな交じり文がここにあり、折り返されます。" * 4,
    "| 漢字 | b |\n|---|--:|\n| 表 | 二 |\n\n- 項目\n> 引用",
    "a" * 150 + " " + "b" * 90,
    "```\n" + "c" * 150 + " d\n\ttab\tafter\n```",
    "tab\tin text\there\nand\tthere",
    "a\n\n\n\n\nb",
    "\n\n\n- starts with blank lines",
    "* * *\n- - -\n___\n--\n==",
    "one\n\n[x]: /only-a-definition",
)

_MARKS = (
    *("*", "**", "_", "__", "~~", "`", "``", "```", "~~~", "[", "]", "](", "](/u)", "[a]", "!["),
    *("<", ">", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "> ", "# ", "## ", "===", "---", "***"),
    *("| ", "|", "|-|", "|---|\n", "a|b\n-|-\n", "```py\n", "```\n", "    ", "  ", "\t", "\\", ":"),
    *("\n", "\n\n", "\n\n\n", "  \n", "\\\n", " ", "<http://x.y>", "&amp;", "&#42;", "<b>", "-->"),
    *(
        "a",
        "word",
        "two words",
        "Ünï",
        "漢字",
        "😀",
        "x" * 40,
        "def f(x):\n",
        '"""',
        "/*",
        "'",
        "\r\n",
    ),
)

scraps = st.lists(st.sampled_from(_MARKS), max_size=60).map("".join)
"""Anything that may mean something, in any order."""

_words = st.lists(
    st.sampled_from(
        (
            "some",
            "words",
            "of",
            "text",
            "**bold**",
            "*soft*",
            "`code`",
            "[link](/to)",
            "漢字",
            "e.g.",
        )
    ),
    min_size=1,
    max_size=25,
).map(" ".join)
_lines = st.lists(_words, min_size=1, max_size=4).map("\n".join)


def _prefixed(first: str, rest: str) -> st.SearchStrategy[str]:
    def prefix(text: str) -> str:
        return first + text.replace("\n", f"\n{rest}")

    return _lines.map(prefix)


_CODE = {
    "": ("anything", "  goes", "", "- here", "| - |", "it's"),
    "python": ("def f(x):", "    return x + 1", "", '"""doc\nstring"""', "# it's", "x = 'a'"),
    "c": ("int x = 1;", "/* a comment\n   goes on */", "", "// one", 'char *s = "a";'),
    "json": ('{"a": 1,', ' "b": [true, null]}', "", '"c": "d",'),
    "html": (
        "<p class='a'>text</p>",
        "<style>\na { b: c }\n</style>",
        "<!-- a\nb -->",
        "it's",
    ),
    "sh": ("echo 'a\nb'", "# it's", 'if [ "$x" ]; then', "fi", "cat <<EOF\ntext\nEOF", ""),
    "nosuch": ("a b", "", "c"),
}
_fence = st.sampled_from(sorted(_CODE)).flatmap(
    lambda language: st.builds(
        "```{}\n{}\n```".format,
        st.just(language),
        st.lists(st.sampled_from(_CODE[language]), max_size=12).map("\n".join),
    )
)
_table = st.builds(
    lambda rows: "| a | b |\n|---|--:|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows),
    st.lists(st.tuples(_words, _words), max_size=5),
)
_block = st.one_of(
    _lines,
    _words.map("## {}".format),
    st.lists(_prefixed("- ", "  "), min_size=1, max_size=5).map("\n".join),
    st.lists(_prefixed("1. ", "   "), min_size=1, max_size=12).map("\n\n".join),
    _prefixed("- a\n  - ", "    "),
    _prefixed("> ", "> "),
    st.just("---"),
    _fence,
    _fence.map(lambda code: "1. step\n\n   " + code.replace("\n", "\n   ")),
    _table,
)
replies = st.lists(_block, max_size=6).map("\n\n".join)
"""Documents of the kind that models write."""


def found() -> list[str]:
    """The descriptions of the packages installed here, which are Markdown for the most part."""
    packages = importlib.metadata.distributions()
    texts = ((package.read_text("METADATA") or "").partition("\n\n")[2] for package in packages)
    return sorted({text for text in texts if 200 < len(text) < 40_000})[::3]


@cache
def specification() -> list[str]:
    """The examples of the CommonMark specification; they are not kept here, for their licence."""
    text = installed(commonmark).read_text("utf-8")
    return [source.replace("→", "\t") for source in _EXAMPLE.findall(text)]


def defined_first(source: str) -> str:
    """The document with all its link definitions at the start as well."""
    references = parse_blocks(source.replace("\r\n", "\n") + "\n", {}).references
    lines = [f"[{label}]: <{target['href']}>\n" for label, target in references.items()]
    return "".join([*lines, "\n", source]) if lines else source

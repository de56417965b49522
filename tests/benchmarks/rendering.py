"""`python -m tests.benchmarks.rendering [KB] [CHARACTERS]`: the cost of drawing a reply.

A reply of 100 KB comes in ticks of 400 characters, 20 a second (2,000 tokens a second); 20
characters are 100 tokens a second. Each line is one shape of reply: the processor time of all
`take` and `tail` calls; that of drawing the whole text with Rich again and again, with a pause
of ten times the last drawing but at most 2 s; their ratio; the longest tick; and the last fifth
of the reply against its first. Below are the same figures for a table of 4,000 rows.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from time import thread_time

import rich.console
from rich.console import Console
from rich.markdown import Markdown

from chatcli.markdown import MarkdownStream, Theme, warm_up

TICKS_PER_SECOND = 20
WIDTH, ROWS = 100, 8
BUDGET = 0.012
"""Seconds of one `take`."""
LONGEST_PAUSE = 2.0
CHANCE = random.Random(7)
WORDS = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "with",
    "as",
    "on",
    "this",
    "by",
    "it",
)


def words(count: int) -> str:
    """So many words, some of them marked up."""
    marks = ("{}",) * 20 + ("**{}**", "*{}*", "`{}`", "[{}](https://example.org)")
    return " ".join(CHANCE.choice(marks).format(CHANCE.choice(WORDS)) for _ in range(count))


def rows(count: int) -> str:
    """A table."""
    body = (f"| {words(3)} | {CHANCE.randint(0, 9999)} | {words(4)} |" for _ in range(count))
    return "\n".join(("| what | number | note |", "|---|--:|---|", *body))


def code(lines: int) -> str:
    """A code block."""
    source = Path(rich.console.__file__).read_text("utf-8").split("\n")
    return "\n".join(("```python", *(source * 4)[:lines], "```"))


def mixed() -> str:
    """A section as models write them."""
    items = "\n".join(f"{number}. {words(12)}" for number in range(1, 8))
    return f"## Section\n\n{words(60)}\n\n{items}\n\n{code(15)}\n\n{words(40)}\n\n{rows(6)}\n\n"


SHAPES: dict[str, Callable[[int], str]] = {
    "mixed": lambda size: "".join(mixed() for _ in range(size // 1_800)),
    "paragraphs": lambda size: "\n\n".join(words(90) for _ in range(size // 450)),
    "one paragraph": lambda size: words(size // 5),
    "one list": lambda size: "\n".join(f"- {words(12)}" for _ in range(size // 62)),
    "one code block": lambda size: code(size // 36),
    "one table": lambda size: rows(size // 48),
}


def ticks(text: str, characters: int) -> Iterator[str]:
    """The text as it comes."""
    ends = [*range(0, len(text), characters), len(text)]
    return (text[start:end] for start, end in pairwise(ends))


def incremental(text: str, characters: int) -> list[float]:
    """Seconds of each tick, those after the end of the reply included."""
    stream = MarkdownStream(Theme("dark"))
    seconds = []
    for part in ticks(text, characters):
        start = thread_time()
        stream.feed(part)
        stream.take(WIDTH, BUDGET)
        stream.tail(WIDTH, ROWS)
        seconds.append(thread_time() - start)
    start = thread_time()
    stream.finish(WIDTH, BUDGET)
    seconds.append(thread_time() - start)
    while stream.pending:
        start = thread_time()
        stream.finish(WIDTH, BUDGET)
        seconds.append(thread_time() - start)
    return seconds


def repeated(text: str, characters: int) -> float:
    """Seconds of drawing all that has come again and again, with pauses in between."""
    come, now, resume, total = "", 0.0, 0.0, 0.0
    for part in ticks(text, characters):
        come += part
        now += 1 / TICKS_PER_SECOND
        if now >= resume:
            start = thread_time()
            Console(file=StringIO(), force_terminal=True, width=WIDTH).print(Markdown(come))
            seconds = thread_time() - start
            total += seconds
            resume = now + min(10 * seconds, LONGEST_PAUSE)
    return total


def report(name: str, text: str, characters: int) -> None:
    """Measure and print one line."""
    ours = incremental(text, characters)
    whole = repeated(text, characters)
    fifth = max(1, len(ours) // 5)
    print(
        f"{name:<16} {len(text) / 1000:>5.0f} KB {sum(ours):>7.2f} s {whole:>8.2f} s"
        f" {sum(ours) / whole:>7.1%} {max(ours) * 1000:>8.1f} ms"
        f" {sum(ours[-fifth:]) / sum(ours[:fifth]):>9.2f}",
        flush=True,
    )


def main(size: int = 100, characters: int = 400) -> int:
    """Measure every shape."""
    warm_up()
    Console(file=StringIO(), force_terminal=True).print(Markdown("```python\na = 1\n```"))
    print(
        f"{'':<16} {'size':>8} {'ours':>9} {'repeated':>10} {'ratio':>7} {'longest':>11} last/first"
    )
    for name, make in SHAPES.items():
        report(name, make(size * 1000), characters)
    report("4,000 rows", rows(4_000), characters)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""`python -m tests.security.generate COUNT [SEED]`: hostile texts, and what got through.

Each text takes every quick way to a terminal and, in turn, one of the slow ones.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from random import Random

from tests.security.controls import raw_controls
from tests.security.hostile import hostile_text
from tests.security.ways import QUICK_WAYS, SLOW_WAYS, WAYS

BATCH = 500


def passed_by(batch: int, count: int, seed: int) -> Counter[str]:
    """Make texts and send them; how many raw control characters each way let through."""
    os.environ["TERM"] = "xterm-256color"
    random = Random(f"{seed}/{batch}")
    found: Counter[str] = Counter()
    for number in range(count):
        text = hostile_text(random)
        for way in (SLOW_WAYS[number % len(SLOW_WAYS)], *QUICK_WAYS):
            found[way.__name__] += len(raw_controls(way(text)))
    return found


def main(count: int, seed: int) -> int:
    """Print the figures; 1 if anything got through."""
    sizes = [BATCH] * (count // BATCH) + [count % BATCH] * (count % BATCH > 0)
    with ProcessPoolExecutor() as pool:
        found = sum(
            pool.map(passed_by, range(len(sizes)), sizes, [seed] * len(sizes)), Counter[str]()
        )
    print(f"{count} texts (seed {seed}) on {len(WAYS)} ways to a terminal")
    print(f"{found.total()} raw control characters")
    for way, number in found.most_common():
        if number:
            print(f"  {way}: {number}")
    return 1 if found.total() else 0


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(given[0] if given else 10_000, given[1] if len(given) > 1 else 0))

"""`python -m tests.benchmarks.parallel`: 16 sessions at 500 tokens/s in one process.

Every token carries the time at which the server wrote it. Printed: how late tokens reached a
consumer, how long the event loop was blocked, and whether all text was stored.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from chatcli.config import BackendConfig, Config
from chatcli.core.events import TextDelta, TurnFinished
from chatcli.manager import SessionManager, Subscription
from chatcli.storage.sqlite import SqliteStore
from tests.benchmarks.token_server import TOKENS_PER_SECOND, time_stamp, token_server

SESSIONS = 16
SECONDS = 6
PROBE_SECONDS = 0.005


async def consume(subscription: Subscription, late: list[float]) -> None:
    """Note the lateness of each token until all replies have ended."""
    ended = 0
    async for event in subscription:
        if isinstance(event, TextDelta):
            now = time.monotonic()
            late.extend(now - float(stamp) for stamp in event.text.split())
        ended += isinstance(event, TurnFinished)
        if ended == SESSIONS:
            return


async def probe(blocked: list[float]) -> None:
    """How much longer than asked the event loop needs to wake a sleeper."""
    while True:
        before = time.monotonic()
        await asyncio.sleep(PROBE_SECONDS)
        blocked.append(time.monotonic() - before - PROBE_SECONDS)


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return sorted(values)[int((len(values) - 1) * share)] * 1000


async def measure(base_url: str, folder: Path) -> None:
    """Run the sessions and print the table."""
    backend = BackendConfig(base_url=base_url, api_key="none")
    config = Config(backends={"bench": backend})
    store = SqliteStore.open(folder / "chatcli.db")
    async with SessionManager(0, 0, store=store, config=config) as manager:
        await manager.send_message(manager.create_session("bench/warm-up"), "imports and so on")
        late: list[float] = []
        blocked: list[float] = []
        consumer = asyncio.create_task(consume(manager.subscribe(), late))
        sessions = [manager.create_session("bench/m") for _ in range(SESSIONS)]
        prober = asyncio.create_task(probe(blocked))
        cpu, wall = time.process_time(), time.monotonic()
        pending = [manager.submit(session, "go") for session in sessions]
        finished = [await p.finished() for p in pending]
        await consumer
        prober.cancel()
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        stored = [manager.store.turn(f.turn_id).content for f in finished]
    whole = sum(len(text.split()) == TOKENS_PER_SECOND * SECONDS for text in stored)
    rows = [
        ("tokens", f"{len(late)} of {SESSIONS * TOKENS_PER_SECOND * SECONDS}"),
        ("replies stored whole", f"{whole} of {SESSIONS}"),
        ("lateness p50 / p99 / max", _times(late)),
        ("event loop blocked p50 / p99 / max", _times(blocked)),
        ("CPU", f"{cpu / wall:.0%} of a core, {cpu / len(late) * 1e6:.0f} µs a token"),
    ]
    for name, value in rows:
        print(f"{name:<36} {value}")


def _times(values: list[float]) -> str:
    return " / ".join(f"{percentile(values, share):.1f}" for share in (0.5, 0.99, 1)) + " ms"


def main() -> int:
    """Server process, measurement, table."""
    with tempfile.TemporaryDirectory() as folder, token_server(time_stamp, SECONDS) as base_url:
        asyncio.run(measure(base_url, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.stress [MINUTES]`: processes, sessions, faults and kills; then an audit.

Eight processes write into fifty sessions while one of them is killed every second or so. The
audit compares what each of them had shown its user with what the database holds.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from chatcli.core.model import Role, Turn
from chatcli.manager import SessionManager
from tests.durability.journal import Shown, promised_by_time, read_journal, shown_replies
from tests.fakes import FakeBackend
from tests.manager.building import make_manager
from tests.stress.worker import SESSIONS

PROCESSES = 8
KILL_EVERY_SECONDS = 1.0


def start(folder: Path, life: int) -> subprocess.Popen[bytes]:
    """Another worker; its name is used once."""
    command = [sys.executable, "-m", "tests.stress.worker", str(folder), str(life)]
    return subprocess.Popen(command, stderr=(folder / f"errors-{life}").open("wb"))


def run(folder: Path, seconds: float) -> tuple[int, int]:
    """Workers, killed and replaced; returns how many lives and how many kills."""
    workers = [start(folder, life) for life in range(PROCESSES)]
    lives, kills, until = PROCESSES, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(random.random() * 2 * KILL_EVERY_SECONDS)
        victim = random.randrange(PROCESSES)
        workers[victim].kill()
        workers[victim].wait()
        kills += 1
        workers[victim] = start(folder, lives)
        lives += 1
    for worker in workers:
        worker.kill()
        worker.wait()
    return lives, kills + PROCESSES


def audit(manager: SessionManager, shown: dict[int, Shown]) -> Counter[str]:
    """Every acknowledged prompt once and in order, every safe character where it belongs."""
    found: Counter[str] = Counter()
    for name in (f"stress-{number}" for number in range(SESSIONS)):
        thread = manager.thread(name)
        by_id = {turn.id: turn for turn in thread}
        prompts = Counter(turn.content for turn in thread if turn.role is Role.USER)
        found["prompts stored twice"] += sum(count - 1 for count in prompts.values())
        found["turns out of order"] += sum(
            a.id >= b.id or a.role is b.role for a, b in pairwise(thread)
        )
        session_id = manager.get_session(name).id
        for turn_id, reply in shown.items():
            if reply.session == session_id:
                found.update(audit_reply(by_id, turn_id, reply))
    return found


def audit_reply(turns: dict[int, Turn], turn_id: int, shown: Shown) -> Counter[str]:
    """One reply as it was shown against the stored one."""
    turn = turns.get(turn_id)
    prompt = turns.get(turn.parent_id or 0) if turn else None
    return Counter(
        {
            "prompts acknowledged": 1,
            "prompts lost": int(prompt is None or prompt.content != shown.prompt),
            "characters that had to be kept": len(shown.safe),
            "replies short of them": int(turn is None or not turn.content.startswith(shown.safe)),
            "replies seen to their end": int(shown.finished),
            "replies whose end differs": int(
                shown.finished and (turn is None or turn.content != shown.safe)
            ),
        }
    )


FAILURES = (
    "prompts lost",
    "prompts stored twice",
    "turns out of order",
    "replies short of them",
    "replies whose end differs",
)


def main() -> int:
    """Run, audit, print; 1 if anything was lost."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manager = make_manager(folder, FakeBackend("moody"), max_sessions=0, max_turns=0)
        for number in range(SESSIONS):
            manager.create_session("moody/m", name=f"stress-{number}")
        lives, kills = run(folder, minutes * 60)
        shown: dict[int, Shown] = {}
        for life in range(lives):
            entries = list(read_journal(folder / f"journal-{life}"))
            shown.update(shown_replies(entries, promised_by_time(entries)))
        found = audit(manager, shown)
        errors = sum((folder / f"errors-{life}").stat().st_size > 0 for life in range(lives))
        manager.store.close()
    rows = {"minutes": minutes, "processes killed": kills, **found, "workers with errors": errors}
    for what, count in rows.items():
        print(f"{what:<32} {count:>12,}")
    return int(any(found[what] for what in FAILURES))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.benchmarks.repl [PART…]`: the interactive chat in a pseudo-terminal.

Parts: start, loading, sessions, length, opening, stalled (all without arguments). What is
compared runs in turn on the same machine; look at ratios and CPU time rather than at seconds.
"""

from __future__ import annotations

import compileall
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from chatcli.core.model import TurnStatus
from chatcli.core.ports import NewSession, ReplyEnd
from chatcli.storage.sqlite import SqliteStore
from tests.benchmarks.token_server import markdown, token_server
from tests.screens.chat import PROGRAM, READY, environment, numbers
from tests.screens.terminal import Terminal

BARE = """
from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.layout import BufferControl, Layout, Window
control = BufferControl(Buffer())
window = Window(control, get_line_prefix=lambda line, wrapped: "bare prompt> ")
Application(layout=Layout(window)).run()
"""
ROOT = Path(__file__).parents[2]
CHATCLI = [sys.executable, "-m", "chatcli"]
FIRST_LETTER = 0x0400
"""Keys are letters never used before in a run, so that their echo cannot be mistaken."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def echoes(chat: Terminal, count: int, pause: float = 0.05) -> list[float]:
    """Type so many letters; the seconds until each was echoed."""
    seconds = []
    for index in range(count):
        letter = chr(FIRST_LETTER + index % 300)
        seconds.append(chat.seconds_until(letter.encode(), letter))
        time.sleep(pause)
        if index % 30 == 29:
            chat.send("\x15")
            time.sleep(pause)
    chat.send("\x15")
    return seconds


def show_echoes(title: str, seconds: Sequence[float]) -> None:
    """One line: median, 99th percentile, longest."""
    median, late, longest = (percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1.0))
    print(f"{title:40} echo median {median:5.1f} ms, p99 {late:5.1f} ms, longest {longest:5.1f} ms")


# --- the parts ----------------------------------------------------------------


def start(folder: Path) -> None:
    """A prompt to type into, against a bare prompt_toolkit application, both compiled before."""
    compileall.compile_dir(str(ROOT / "chatcli"), quiet=1)
    rows: dict[str, list[tuple[float, float]]] = {"bare": [], "chat": [], "static prompt": []}
    for _ in range(15):
        for name, argv, needle in (
            ("bare", [sys.executable, "-c", BARE], b"bare prompt"),
            ("chat", PROGRAM, READY.encode()[:16]),
            ("static prompt", PROGRAM, b"> "),
        ):
            with Terminal(argv, environment=environment(folder), emulate=False) as program:
                seconds = program.seconds_until(needle)
                rows[name].append((seconds, program.cpu_seconds()))
    for name, measured in rows.items():
        wall = statistics.median(seconds for seconds, _ in measured)
        cpu = statistics.median(seconds for _, seconds in measured)
        print(f"first prompt, {name:26} {wall * 1000:6.0f} ms, CPU {cpu * 1000:6.1f} ms")


def loading(folder: Path) -> None:
    """Keys pressed while renderer and client are imported."""
    seconds: list[float] = []
    for _ in range(5):
        with Terminal(PROGRAM, environment=environment(folder), emulate=False) as chat:
            chat.seconds_until(READY.encode()[:16])
            seconds += echoes(chat, 20, 0.03)
    show_echoes("while the rest is loaded", seconds)


def sessions(folder: Path) -> None:
    """Keys pressed while 16 sessions write 500 tokens a second each, one of them in view."""
    config = folder / "config.toml"
    extra = {"CHATCLI_CONFIG": str(config)}
    with token_server(markdown, 60) as base_url:
        config.write_text(
            f'model = "b/m"\n[limits]\nmax_sessions = 0\n[backends.b]\nbase_url = "{base_url}"\n'
        )
        with Terminal(CHATCLI, environment=environment(folder, extra), emulate=False) as chat:
            chat.seconds_until(READY.encode()[:16])
            time.sleep(3)
            for number in range(16):
                chat.enter(f"/new s{number}")
                time.sleep(0.3)
                chat.enter("go")
            before, began = chat.cpu_seconds(), time.monotonic()
            seconds = echoes(chat, 300)
            share = (chat.cpu_seconds() - before) / (time.monotonic() - began)
    show_echoes("16 sessions at 500 tokens/s", seconds)
    print(f"{'':40} {share:.0%} of a core")


def length(folder: Path) -> None:
    """A reply of 200 KB at 2,000 tokens a second: the cost of its first and last fifth."""
    text = folder / "long.md"
    source = "\n\n".join(path.read_text() for path in sorted(ROOT.glob("*.md"))) or "word " * 1000
    text.write_text((source * (200_000 // len(source) + 1))[:200_000])
    with Terminal(PROGRAM, environment=environment(folder), emulate=False) as chat:
        chat.seconds_until(READY.encode()[:16])
        time.sleep(3)
        chat.enter(f"file {text} 2000")
        costs = []
        for _ in range(5):
            before, began = chat.cpu_seconds(), time.monotonic()
            time.sleep(200_000 / 4 / 2000 / 5)
            costs.append((chat.cpu_seconds() - before) / (time.monotonic() - began))
    print(f"{'200 KB, share of a core by fifths':40} " + "  ".join(f"{c:.0%}" for c in costs))


def opening(folder: Path) -> None:
    """A session of 10,000 turns against one of 10: CPU time until its last page is there."""
    store = SqliteStore.open(folder / "chatcli.db")
    for name, turns in (("short", 10), ("long", 10_000)):
        session = store.create_session(NewSession("obedient/one", name)).session
        for number in range(turns // 2):
            begun = store.begin_turn(session.id, f"message {number}")
            end = ReplyEnd(begun.reply.id, TurnStatus.COMPLETE, f"reply {number} of {name}")
            store.finish_reply(end)
        store.mark_seen(session.id, begun.reply.id)
    store.close()
    cost: dict[str, list[float]] = {"short": [], "long": []}
    for _ in range(7):
        for name, last in (("short", 4), ("long", 4999)):
            argv = [*PROGRAM, f"session={name}"]
            with Terminal(argv, environment=environment(folder), emulate=False) as chat:
                chat.seconds_until(f"reply {last} of {name}".encode()[-16:])
                cost[name].append(chat.cpu_seconds())
    short, long = (statistics.median(cost[name]) for name in ("short", "long"))
    ratio = f"CPU {long:.2f} s / {short:.2f} s = {long / short:.2f}"
    print(f"{'opening 10,000 turns against 10':40} {ratio}")


def stalled(folder: Path) -> None:
    """The terminal reads nothing for 4 s: what a session out of view has written meanwhile."""
    with Terminal(PROGRAM, environment=environment(folder)) as chat:
        chat.wait_for("/help shows")
        chat.enter("words 1000000 500 v")
        chat.wait_for("writing")
        chat.enter("/new front")
        chat.wait_for("── front")
        chat.enter("words 1000000 500 w")
        chat.wait_for("writing")
        store = SqliteStore.open(folder / "chatcli.db")
        background = store.find_session("chat-1")
        chat.reading.clear()
        before = len(numbers(store.thread(background.id)[-1].content, "v"))
        time.sleep(4)
        after = len(numbers(store.thread(background.id)[-1].content, "v"))
        chat.reading.set()
        store.close()
    print(f"{'terminal stalled for 4 s':40} {after - before} of 2000 words written out of view")


PARTS: dict[str, Callable[[Path], None]] = {
    part.__name__: part for part in (start, loading, sessions, length, opening, stalled)
}


def main() -> None:
    """Run the parts that are named."""
    for name in sys.argv[1:] or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    main()

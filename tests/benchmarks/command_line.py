"""`python -m tests.benchmarks.command_line [ROUNDS]`: what start and `send` cost.

Each row compares the program with a reference in the same run: processes in turn, A B A B,
medians of their CPU time (user and system, over all threads) and of their peak memory.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from tests.program import Program

LONG_CHUNKS = 25_000
SHORT_CHUNKS = 20
MEMORY_UNIT = 1024 if sys.platform != "darwin" else 1
"""What ru_maxrss counts in, in bytes."""

PACKAGE_LOOP = """
import sys
from openai import OpenAI
stream = OpenAI(base_url={url!r}, api_key="none").chat.completions.create(
    model={model!r}, messages=[{{"role": "user", "content": "go"}}], stream=True)
for chunk in stream:
    if chunk.choices and chunk.choices[0].delta.content:
        sys.stdout.write(chunk.choices[0].delta.content)
        sys.stdout.flush()
"""


class Cost(NamedTuple):
    """CPU time in seconds, peak memory in bytes."""

    cpu: float
    memory: int


class Server(BaseHTTPRequestHandler):
    """Streams as many chunks as the model's name says, all at once."""

    protocol_version = "HTTP/1.0"
    bodies: dict[str, bytes] = {}  # noqa: RUF012 - shared on purpose

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(self.bodies[request["model"]])

    def log_message(self, *_: object) -> None:
        """Quiet."""


def event_stream(chunks: int) -> bytes:
    """A reply of four letters a chunk."""
    start = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    lines = [
        {**start, "choices": [{"index": 0, "delta": {"content": f"{n % 1000:03} "}}]}
        for n in range(chunks)
    ]
    lines.append({**start, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return (
        b"".join(f"data: {json.dumps(line)}\n\n".encode() for line in lines) + b"data: [DONE]\n\n"
    )


LAUNCHER = """
import json, os, sys
null = os.open(os.devnull, os.O_RDWR)
child = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ,
                       file_actions=[(os.POSIX_SPAWN_DUP2, null, 0)])
_, status, usage = os.wait4(child, 0)
sys.stderr.write(json.dumps([status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


def cost(command: Sequence[str], environment: dict[str, str]) -> Cost:
    """Run it with its output in a pipe that is read, and measure it.

    A small process starts it: a child's peak memory is counted from its parent's size on.
    """
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launcher, env=environment, capture_output=True, check=True)
    status, cpu, memory = json.loads(done.stderr)
    if status:
        raise SystemExit(f"{command} failed with status {status}")
    return Cost(cpu, memory * MEMORY_UNIT)


def compared(
    name: str, ours: Sequence[str], reference: Sequence[str], program: Program, rounds: int
) -> str:
    """One row of the table."""
    environment = program.environ()
    cost(ours, environment)  # writes the caches of compiled modules
    cost(reference, environment)
    pairs = [(cost(ours, environment), cost(reference, environment)) for _ in range(rounds)]
    mine, other = zip(*pairs, strict=True)
    cpu, cpu_other = (statistics.median(c.cpu for c in side) for side in (mine, other))
    memory, memory_other = (statistics.median(c.memory for c in side) for side in (mine, other))
    return (
        f"{name:<44} {cpu * 1000:7.0f} ms {cpu_other * 1000:7.0f} ms {cpu / cpu_other:6.2f} x"
        f" {memory / 1e6:6.0f} MB {memory / memory_other:6.2f} x"
    )


def main() -> int:
    """Serve, measure, print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    Server.bodies = {"short": event_stream(SHORT_CHUNKS), "long": event_stream(LONG_CHUNKS)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), f'[backends.bench]\nbase_url = "{url}"\napi_key = "none"\n')
        send = ["-m", "chatcli", "send", "-q", "-m"]
        loop = {model: ["-c", PACKAGE_LOOP.format(url=url, model=model)] for model in Server.bodies}
        rows = (
            ("chatcli --help / import typer", ["-m", "chatcli", "--help"], ["-c", "import typer"]),
            ("send, short / import openai", [*send, "bench/short", "go"], ["-c", "import openai"]),
            ("send, short / the package's loop", [*send, "bench/short", "go"], loop["short"]),
            ("send, 25,000 chunks / the package's loop", [*send, "bench/long", "go"], loop["long"]),
        )
        print(
            f"{'medians of ' + str(rounds):<44} {'ours':>10} {'reference':>10} {'CPU':>8}   memory"
        )
        for name, ours, reference in rows:
            print(compared(name, ours, reference, program, rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

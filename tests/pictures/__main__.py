"""`python -m tests.pictures`: makes the README's pictures and its recorded session anew.

The real program runs in a pseudo-terminal with scripted replies; Rich draws its screen as SVG.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.screens.terminal import Terminal

FOLDER = Path(__file__).parent
COLUMNS, ROWS = 92, 34
CONFIG = f"""
model = "openai/gpt-5.4-mini"
[backends.openai]
kind = "scripted"
script = {str(FOLDER / "demo.toml")!r}
[backends.groq]
kind = "scripted"
script = {str(FOLDER / "demo.toml")!r}
[backends.ollama]
kind = "scripted"
script = {str(FOLDER / "demo.toml")!r}
"""
COLOURS = {"brown": "yellow", "brightbrown": "bright_yellow"}
"""The emulator's names where they differ from Rich's."""


def colour(name: str) -> str | None:
    """An emulated colour as Rich names it."""
    if name == "default":
        return None
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return f"#{name}"
    name = COLOURS.get(name, name)
    return f"bright_{name[6:]}" if name.startswith("bright") and "_" not in name else name


def picture(terminal: Terminal, title: str) -> str:
    """The emulated screen as SVG."""
    screen = terminal.screen
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for y in range(screen.lines):
        line = Text()
        for x in range(COLUMNS):
            cell = screen.buffer[y][x]
            style = Style(
                color=colour(cell.fg),
                bgcolor=colour(cell.bg),
                bold=cell.bold,
                italic=cell.italics,
                underline=cell.underscore,
                reverse=cell.reverse,
            )
            line.append(cell.data, style)
        line.rstrip()
        console.print(line)
    return console.export_svg(title=title, unique_id=title.replace(" ", "-"))


def save(terminal: Terminal, name: str, title: str) -> None:
    """Write one picture."""
    terminal.settle()
    (FOLDER / f"{name}.svg").write_text(picture(terminal, title))


def play(terminal: Terminal) -> None:
    """The session in the pictures: three conversations at once."""
    terminal.wait_for("/help")
    terminal.enter("/new build -m groq/llama-3.3")
    terminal.wait_for("groq/llama-3.3")
    terminal.enter("Why does the linker not find libfoo?")
    terminal.wait_for("The build fails")
    terminal.enter("/new notes -m ollama/qwen3")
    terminal.enter("Release notes for these commits, please.")
    terminal.wait_for("50 turns")
    terminal.enter("/new retries -m openai/gpt-5.4-mini")
    terminal.enter("How should a client retry a request?")
    terminal.wait_for("idempotent")
    save(terminal, "chat", "three conversations at once")
    terminal.enter("/switch build")
    terminal.wait_for("by the people who run it")
    save(terminal, "switch", "back to another one")
    terminal.enter("/stats")
    terminal.wait_for("tokens")
    save(terminal, "stats", "statistics")


def main() -> int:
    """Play, and write pictures and text."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG)
        environment = {
            "CHATCLI_CONFIG": str(folder / "config.toml"),
            "CHATCLI_DATA_DIR": str(folder / "data"),
            "CHATCLI_STATE_DIR": str(folder / "state"),
            "COLORTERM": "truecolor",
            "PATH": os.environ["PATH"],
        }
        argv = [sys.executable, "-m", "chatcli"]
        with Terminal(argv, COLUMNS, ROWS, environment) as terminal:
            play(terminal)
            terminal.enter("/quit")
            terminal.wait_exit()
            (FOLDER / "session.txt").write_text(terminal.text() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

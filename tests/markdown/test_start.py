from __future__ import annotations

import subprocess
import sys

HEAVY = ("rich", "markdown_it", "pygments", "prompt_toolkit", "asyncio")


def loaded_after(code: str) -> list[str]:
    """Which of the heavy packages are imported once a fresh interpreter has run `code`."""
    report = f"{code}; import sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("from chatcli.markdown import Theme, warm_up; Theme.detect({})") == []


def test_rendering_needs_no_prompt_toolkit_and_no_event_loop() -> None:
    code = "from chatcli.markdown import *; s = MarkdownStream(Theme()); s.feed('a'); s.tail(9, 9)"
    assert loaded_after(code) == ["rich", "markdown_it", "pygments"]


def test_warming_up_loads_what_rendering_needs() -> None:
    code = "from chatcli.markdown import warm_up; warm_up()"
    assert loaded_after(code) == ["rich", "markdown_it", "pygments"]

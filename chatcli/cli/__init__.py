"""The command line: flags become calls, outcomes become text and an exit code."""

from __future__ import annotations


def main() -> None:
    """Run the program on the process's arguments and end the process with its exit code."""
    import os
    import sys

    from chatcli.cli import early

    shown = early.opens_chat(sys.argv[1:]) and "_CHATCLI_COMPLETE" not in os.environ
    release_prompt = early.show_prompt() if shown else None
    from chatcli.cli.program import run

    sys.exit(run(sys.argv[1:], release_prompt))

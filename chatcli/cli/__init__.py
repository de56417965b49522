"""The command line: flags become calls, outcomes become text and an exit code."""

from __future__ import annotations


def main() -> None:
    """Run the program on the process's arguments and end the process with its exit code."""
    import sys

    from chatcli.cli.program import run

    sys.exit(run(sys.argv[1:]))

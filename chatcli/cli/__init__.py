"""The command line: flags become calls, outcomes become text and an exit code."""

from __future__ import annotations

OBJECTS_BETWEEN_SEARCHES = 100_000
"""So many new objects before the interpreter looks for garbage; its own number is some 1000.

Loading a program makes many objects and no garbage: the searches took a tenth of a short run.
"""


def main() -> None:
    """Run the program on the process's arguments and end the process with its exit code."""
    import gc
    import os
    import sys

    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    from chatcli.cli import early

    arguments = sys.argv[1:]
    if early.opens_chat(arguments) and "_CHATCLI_COMPLETE" not in os.environ:
        release_prompt = early.show_prompt()
        from chatcli.cli.repl import run_chat

        _leave(run_chat(arguments, release_prompt))
    from chatcli.cli.program import run

    _leave(run(arguments))


def _leave(code: int) -> None:
    """End the process at once.

    Everything is closed by now. Taking a thousand modules apart would cost a tenth of a short
    run, and could wait for a thread that waits for a reader.
    """
    import contextlib
    import os
    import sys

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    os._exit(code)

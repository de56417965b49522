"""The command line: flags become calls, outcomes become text and an exit code."""

from __future__ import annotations

OBJECTS_BETWEEN_SEARCHES = 100_000
"""The number of new objects after which the interpreter looks for garbage; by default some 1000.

Loading a program makes many objects and no garbage: the searches took a tenth of a short run.
"""


INTERRUPTED = 130
"""The exit code after Ctrl-C; `chatcli.errors` is not loaded yet."""


def main() -> None:
    """Run the program on the process's arguments and end the process with its exit code."""
    import gc
    import sys

    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # Ctrl-C while the program is being loaded
        code = INTERRUPTED
    _leave(code)


def _run(arguments: list[str]) -> int:
    import os

    from chatcli.cli import early

    options = early.chat_options(arguments)
    if options is None or "_CHATCLI_COMPLETE" in os.environ:
        from chatcli.cli.program import run

        return run(arguments)
    release_prompt = early.show_prompt()
    try:
        from chatcli.cli.repl import run_chat

        return run_chat(options, release_prompt)
    finally:
        release_prompt()


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

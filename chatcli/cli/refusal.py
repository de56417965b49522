"""The JSON object for a request that failed before it began: a wrong command line, say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chatcli.cli.help import ASKING
from chatcli.errors import ChatcliError

if TYPE_CHECKING:
    from chatcli.cli.invocation import Invocation


def refused_as_json(
    arguments: Sequence[str], invocation: Invocation, program: Callable[[], int]
) -> int:
    """Run `program`; if it fails before the exchange has begun, print what --json promises.

    Later faults are printed where the session is known. Raises what `program` raises.
    """
    try:
        return program()
    except ChatcliError as error:
        if not invocation.exchange_began:
            _print_refusal(arguments, error)
        raise


def _print_refusal(arguments: Sequence[str], error: ChatcliError) -> None:
    words = list(arguments)
    words = words[: words.index("--")] if "--" in words else words
    as_lines = "--stream-json" in words
    if not (as_lines or "--json" in words) or not any(verb in words for verb in ASKING):
        return
    from chatcli.output.json_reply import JsonLinesReply, JsonReply
    from chatcli.output.writer import BackgroundWriter

    writer = BackgroundWriter()
    (JsonLinesReply if as_lines else JsonReply)(writer).refuse(error, None)
    writer.close()

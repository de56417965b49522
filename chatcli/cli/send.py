"""The verb `send`: one message, its reply on standard output."""

import os
from typing import Annotated

import typer

from chatcli.cli.invocation import Invocation, invocation_of, refuse_two_sessions
from chatcli.cli.options import (
    ContinueOption,
    Json,
    JsonLines,
    ModelOption,
    NoStream,
    NoWait,
    OptionPairs,
    Quiet,
    Raw,
    RoleOption,
    SessionOption,
    SystemOption,
    Timeout,
    Wait,
)
from chatcli.cli.printing import Printing

MessageWords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MESSAGE",
        help="The message; - reads standard input.",
        show_default=False,
    ),
]


def send(
    ctx: typer.Context,
    message: MessageWords = None,
    *,
    session: SessionOption = "",
    continue_last: ContinueOption = False,
    no_create: Annotated[
        bool, typer.Option("--no-create", help="Fail if the session does not exist.")
    ] = False,
    model: ModelOption = "",
    system: SystemOption = "",
    role: RoleOption = "",
    option: OptionPairs = None,
    timeout: Timeout = None,
    wait: Wait = None,
    no_wait: NoWait = False,
    no_stdin: Annotated[
        bool, typer.Option("--no-stdin", help="Do not read standard input.")
    ] = False,
    json: Json = False,
    stream_json: JsonLines = False,
    raw: Raw = False,
    no_stream: NoStream = False,
    quiet: Quiet = False,
) -> int:
    """Send one message and print the reply.

    If standard input is a pipe or a file, it is appended to the message. Without -s (or
    CHATCLI_SESSION) the message gets a session of its own, which is stored as ended.

    In an existing session, -m applies to this message only; --system and --role apply from now
    on.

    Examples:
        chatcli send "What is the capital of Peru?"
        git diff | chatcli send "Review this change."
        chatcli send -s notes "And what did I ask before?"
        chatcli send --json -o temperature=0 "One word, please." | jq -r .text
    """
    from chatcli.cli.asking import NewMessage, message_settings
    from chatcli.cli.destination import Destination
    from chatcli.cli.exchange import ask

    invocation = invocation_of(ctx, model=model)
    reference, last = _session_named(invocation, session, continue_last=continue_last)
    destination = Destination(
        reference,
        last=last,
        create=not no_create,
        model=invocation.model,
        system=system or invocation.system,
        role=role,
    )
    settings = message_settings(destination.model, option, timeout, wait, no_wait=no_wait)
    question = NewMessage(message or (), no_stdin, destination, settings, quiet)
    printing = Printing(json, stream_json, raw, not no_stream, quiet)
    return ask(invocation, question, printing)


def _session_named(
    invocation: Invocation, session: str, *, continue_last: bool
) -> tuple[str, bool]:
    """The reference, and whether the last session is meant.

    The verb's flags go before the program's, and those before the environment.
    """
    refuse_two_sessions(session, continue_last=continue_last)
    if session or continue_last:
        return session, continue_last
    if invocation.session or invocation.continue_last:
        return invocation.session, invocation.continue_last
    return os.environ.get("CHATCLI_SESSION", ""), False

"""The verbs that ask for a reply without a new message: retry and continue."""

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import (
    Json,
    JsonLines,
    ModelOption,
    NoStream,
    NoWait,
    OptionPairs,
    Quiet,
    Raw,
    Reference,
    Timeout,
    Wait,
)
from chatcli.cli.printing import Printing


def retry(
    ctx: typer.Context,
    ref: Reference,
    *,
    model: ModelOption = "",
    option: OptionPairs = None,
    timeout: Timeout = None,
    wait: Wait = None,
    no_wait: NoWait = False,
    json: Json = False,
    stream_json: JsonLines = False,
    raw: Raw = False,
    no_stream: NoStream = False,
    quiet: Quiet = False,
) -> int:
    """Get another reply to the last message.

    The earlier reply stays in the database.

    Examples:
        chatcli retry notes
        chatcli retry notes -m openai/gpt-5 -o temperature=1
    """
    from chatcli.cli.asking import AnotherReply, message_settings
    from chatcli.cli.exchange import ask

    invocation = invocation_of(ctx, model=model)
    settings = message_settings(model, option, timeout, wait, no_wait=no_wait)
    printing = Printing(json, stream_json, raw, not no_stream, quiet)
    return ask(invocation, AnotherReply(ref, settings), printing)


def continue_(
    ctx: typer.Context,
    ref: Reference,
    *,
    model: ModelOption = "",
    option: OptionPairs = None,
    timeout: Timeout = None,
    wait: Wait = None,
    no_wait: NoWait = False,
    json: Json = False,
    stream_json: JsonLines = False,
    raw: Raw = False,
    no_stream: NoStream = False,
    quiet: Quiet = False,
) -> int:
    """Continue an incomplete reply.

    Examples:
        chatcli continue notes
    """
    from chatcli.cli.asking import AnotherReply, message_settings
    from chatcli.cli.exchange import ask

    invocation = invocation_of(ctx, model=model)
    settings = message_settings(model, option, timeout, wait, no_wait=no_wait)
    printing = Printing(json, stream_json, raw, not no_stream, quiet)
    question = AnotherReply(ref, settings, go_on=True)
    return ask(invocation, question, printing)

"""Verbs that only inform: stats, models, doctor."""

from typing import Annotated

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import JsonOption, OptionalReference
from chatcli.cli.showing import show


def stats(ctx: typer.Context, ref: OptionalReference = "", *, json: JsonOption = False) -> int:
    """Show statistics for all sessions, or one: turns, tokens, cost, speed.

    Examples:
        chatcli stats
        chatcli stats notes --json
    """
    return show(ctx, "stats", {"session": ref}, as_json=json)


def models(ctx: typer.Context, *, json: JsonOption = False) -> int:
    """List the models of the configured backends.

    Examples:
        chatcli models
    """
    return show(ctx, "models", {}, as_json=json)


def doctor(
    ctx: typer.Context,
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what was learned about the servers.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """Check configuration, keys, servers, database and terminal.

    Suggests a fix for each problem. The exit code is 0 if there is none. What a server once
    refused is not sent to it again; after --forget it is tried once more.

    Examples:
        chatcli doctor
        chatcli doctor --forget
    """
    from chatcli import event_loop
    from chatcli.commands.doctor import diagnose
    from chatcli.output.outcome import print_outcome

    invocation = invocation_of(ctx)
    invocation.quiet = True  # warnings are findings
    outcome = event_loop.run(diagnose(invocation.load, invocation.make_manager, forget=forget))
    return print_outcome(outcome, as_json=json)

"""Verbs that only tell: stats, models, doctor."""

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


def doctor(ctx: typer.Context, *, json: JsonOption = False) -> int:
    """Check configuration, keys, servers, database and terminal.

    Suggests a fix for each problem. The exit code is 0 if there is none.

    Examples:
        chatcli doctor
    """
    from chatcli import event_loop
    from chatcli.commands.doctor import diagnose
    from chatcli.output.outcome import print_outcome

    invocation = invocation_of(ctx)
    invocation.quiet = True  # warnings are findings
    outcome = event_loop.run(diagnose(invocation.load, invocation.make_manager))
    return print_outcome(outcome, as_json=json)

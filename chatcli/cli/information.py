"""Verbs that only tell: stats, models, doctor."""

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import JsonOption, OptionalReference


def stats(ctx: typer.Context, ref: OptionalReference = "", *, json: JsonOption = False) -> int:
    """Figures over all sessions, or one: turns, tokens, cost, speed.

    Examples:
        chatcli stats
        chatcli stats notes --json
    """
    return invocation_of(ctx).show("stats", {"session": ref}, as_json=json)


def models(ctx: typer.Context, *, json: JsonOption = False) -> int:
    """List the models of the configured backends.

    Examples:
        chatcli models
    """
    return invocation_of(ctx).show("models", {}, as_json=json)

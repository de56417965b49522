"""Verbs about how a session goes on: undo, compact, model, system, set."""

from typing import Annotated

import typer

from chatcli.cli.completion import complete_model
from chatcli.cli.options import JsonOption, Reference
from chatcli.cli.showing import show


def undo(ctx: typer.Context, ref: Reference, *, json: JsonOption = False) -> int:
    """Undo the last message and its reply.

    They leave the conversation but stay in the database.

    Examples:
        chatcli undo notes
    """
    return show(ctx, "undo", {"session": ref}, as_json=json)


def compact(ctx: typer.Context, ref: Reference, *, json: JsonOption = False) -> int:
    """Replace a conversation with a summary, to free up context.

    The session's model writes the summary; the turns stay in the database.

    Examples:
        chatcli compact notes
    """
    return show(ctx, "compact", {"session": ref}, as_json=json)


def model(
    ctx: typer.Context,
    ref: Reference,
    name: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Model to ask from now on; if omitted, print the current one.",
            shell_complete=complete_model,
            show_default=False,
        ),
    ] = "",
    *,
    json: JsonOption = False,
) -> int:
    """Show or change the model of a session.

    Examples:
        chatcli model notes
        chatcli model notes openai/gpt-5
    """
    return show(ctx, "model", {"session": ref, "name": name}, as_json=json)


def system(
    ctx: typer.Context,
    ref: Reference,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="New prompt.", show_default=False)
    ] = None,
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the prompt.")] = False,
    json: JsonOption = False,
) -> int:
    """Show or set the system prompt of a session.

    Examples:
        chatcli system notes "Answer in one sentence."
    """
    no_text = text == ""  # in a script, an empty variable does not ask for the prompt
    arguments: dict[str, object] = {"session": ref, "text": text, "clear": clear or no_text}
    return show(ctx, "system", arguments, as_json=json)


def set_(
    ctx: typer.Context,
    ref: Reference,
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Name of the parameter.", show_default=False)
    ] = "",
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="A number, JSON, or text.", show_default=False)
    ] = "",
    *,
    unset: Annotated[bool, typer.Option("--unset", help="Remove KEY.")] = False,
    json: JsonOption = False,
) -> int:
    """Show or set the model parameters of a session.

    Examples:
        chatcli set notes temperature 0.2
        chatcli set notes temperature --unset
    """
    arguments: dict[str, object] = {"session": ref, "key": key, "value": value, "unset": unset}
    return show(ctx, "set", arguments, as_json=json)

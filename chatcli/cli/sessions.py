"""Verbs about sessions: new, list, history, rename, end, restore."""

import sys
from dataclasses import replace
from typing import Annotated

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import JsonOption, ModelOption, Reference, RoleOption, SystemOption
from chatcli.cli.showing import show
from chatcli.cli.values import whole_number
from chatcli.errors import ExitCode, UsageError


def new(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the session.", show_default=False)
    ],
    *,
    model: ModelOption = "",
    system: SystemOption = "",
    role: RoleOption = "",
    meta: Annotated[
        list[str] | None,
        typer.Option(
            "--meta", metavar="K=V", help="Note to keep with the session; may be repeated."
        ),
    ] = None,
    json: JsonOption = False,
) -> int:
    """Create a session and print its id.

    Examples:
        chatcli new release-notes --model openai/gpt-5 --system "You write release notes."
    """
    invocation = invocation_of(ctx, model=model)
    if not name.strip():
        raise UsageError("a session needs a name")
    arguments: dict[str, object] = {
        "name": name,
        "model": invocation.model,
        "system": system or invocation.system,
        "role": role,
        "meta": dict(_note(text) for text in meta or ()),
        "store": True,
    }
    from chatcli.cli.first_start import with_a_model
    from chatcli.output.outcome import print_outcome

    def program() -> int:
        outcome = invocation.run("new", arguments)
        identity = outcome.open.id if outcome.open else ""
        return print_outcome(replace(outcome, blocks=(identity,)), as_json=json)

    return with_a_model(invocation, program, offer=not json)


def _note(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise UsageError(f"'{text}' is not K=V", hint="for example: --meta ticket=1234")
    return key, value


def list_(
    ctx: typer.Context,
    *,
    all: Annotated[bool, typer.Option("-a", "--all", help="Include ended sessions.")] = False,  # noqa: A002
    json: JsonOption = False,
) -> int:
    """List sessions, most recently used first.

    Examples:
        chatcli list
        chatcli list --all --json | jq -r '.[].name'
    """
    return show(ctx, "sessions", {"all": all}, as_json=json)


def history(
    ctx: typer.Context,
    ref: Reference,
    *,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N", help="Only the last N turns."),
    ] = None,
    json: JsonOption = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the source, not rendered.")] = False,
) -> int:
    """Print the turns of a session.

    Examples:
        chatcli history release-notes
        chatcli history release-notes --limit 2 --json
    """
    from chatcli.output.outcome import print_outcome
    from chatcli.output.streams import is_terminal

    arguments: dict[str, object] = {"session": ref, "number": whole_number("--limit", limit)}
    invocation = invocation_of(ctx)
    outcome = invocation.run("history", arguments)
    look = invocation.load().config.repl
    code = print_outcome(outcome, as_json=json, source=raw, look=look)
    if is_terminal(sys.stdout):
        from chatcli.cli.reading import mark_read

        mark_read(invocation, outcome)
    return code


def rename(
    ctx: typer.Context,
    ref: Reference,
    name: Annotated[str, typer.Argument(metavar="NAME", help="New name.", show_default=False)],
    *,
    json: JsonOption = False,
) -> int:
    """Rename a session.

    Examples:
        chatcli rename sess_1f2e old-notes
    """
    if not name.strip():
        raise UsageError("a session needs a name")
    return show(ctx, "rename", {"session": ref, "name": name}, as_json=json)


def end(
    ctx: typer.Context,
    ref: Reference,
    *,
    summarize: Annotated[
        bool, typer.Option("--summarize", help="Print model, turns, duration and first message.")
    ] = False,
    write_summary: Annotated[
        bool, typer.Option("--write-summary", help="Have the session's model write a summary, too.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Delete the session and its turns permanently.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --purge: do not ask for confirmation.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """End a session; it stays readable and can be restored.

    Examples:
        chatcli end release-notes --summarize
        chatcli end release-notes --purge
    """
    arguments: dict[str, object] = {
        "session": ref,
        "summarize": summarize,
        "write-summary": write_summary,
    }
    if not purge:
        return show(ctx, "end", arguments, as_json=json)
    if summarize or write_summary:
        raise UsageError(
            "--purge cannot be combined with a summary", hint="run end --summarize first"
        )
    if not (yes or _confirmed(ref)):
        from chatcli.output.notes import print_note

        print_note("nothing was deleted")
        return ExitCode.OK
    return show(ctx, "end", {"session": ref, "purge": True}, as_json=json)


def _confirmed(ref: str) -> bool:
    """Ask on the terminal; raises UsageError where nobody can answer."""
    from chatcli.cli.confirmation import confirmed
    from chatcli.core.text import one_line

    if not sys.stdin or not sys.stdin.isatty():
        raise UsageError(
            "--purge deletes permanently and asks for confirmation", hint="add --yes in a script"
        )
    question = f"Delete session {one_line(ref)} and all its turns permanently?"
    return confirmed(question, default=False)


def restore(ctx: typer.Context, ref: Reference, *, json: JsonOption = False) -> int:
    """Reactivate an ended session.

    Examples:
        chatcli list --all
        chatcli restore release-notes
    """
    return show(ctx, "restore", {"session": ref}, as_json=json)

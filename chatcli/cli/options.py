"""The options and arguments that several verbs share."""

from typing import Annotated

import typer

from chatcli.cli.completion import complete_model, complete_role, complete_session

Reference = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="A session's name, id, or a unique prefix of either.",
        shell_complete=complete_session,
        show_default=False,
    ),
]
OptionalReference = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="A session's name, id, or a unique prefix of either; all sessions without.",
        shell_complete=complete_session,
        show_default=False,
    ),
]
SessionOption = Annotated[
    str,
    typer.Option(
        "-s",
        "--session",
        metavar="REF",
        help="The session: name, id or unique prefix. Created if there is none.",
        shell_complete=complete_session,
        show_default=False,
    ),
]
ContinueOption = Annotated[
    bool, typer.Option("-c", "--continue", help="The session that was active last.")
]
ModelOption = Annotated[
    str,
    typer.Option(
        "-m",
        "--model",
        metavar="MODEL",
        help="BACKEND/MODEL, MODEL or an alias.",
        shell_complete=complete_model,
        show_default=False,
    ),
]
SystemOption = Annotated[
    str, typer.Option("--system", metavar="TEXT", help="The system prompt.", show_default=False)
]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="NAME",
        help="A role of the configuration: a system prompt with a name.",
        shell_complete=complete_role,
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

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
        help="A session's name, id, or a unique prefix of either; default: all sessions.",
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
        help="Session to use: name, id or unique prefix. Created if missing.",
        shell_complete=complete_session,
        show_default=False,
    ),
]
ContinueOption = Annotated[
    bool, typer.Option("-c", "--continue", help="Continue the most recently active session.")
]
ModelOption = Annotated[
    str,
    typer.Option(
        "-m",
        "--model",
        metavar="MODEL",
        help="Model to ask: BACKEND/MODEL, MODEL or an alias.",
        shell_complete=complete_model,
        show_default=False,
    ),
]
SystemOption = Annotated[
    str, typer.Option("--system", metavar="TEXT", help="System prompt.", show_default=False)
]
RoleOption = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="NAME",
        help="Role from the configuration: a named system prompt.",
        shell_complete=complete_role,
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

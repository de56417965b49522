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

# --- of every verb with a reply -----------------------------------------------------

OptionPairs = Annotated[
    list[str] | None,
    typer.Option("-o", "--option", metavar="KEY=VALUE", help="Model parameter; may be repeated."),
]
Timeout = Annotated[
    str | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Stop the reply after this time; its text is kept."
    ),
]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        help="How long to wait while another process is writing in the session; "
        "default: until its reply is done.",
    ),
]
NoWait = Annotated[
    bool,
    typer.Option("--no-wait", help="Fail at once (exit code 75) if another process is writing."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, even for an error.")]
JsonLines = Annotated[bool, typer.Option("--stream-json", help="Print one line of JSON per event.")]
Raw = Annotated[bool, typer.Option("--raw", help="Print the source, even on a terminal.")]
NoStream = Annotated[bool, typer.Option("--no-stream", help="Print the reply once it is complete.")]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="Print nothing but errors on standard error.")
]

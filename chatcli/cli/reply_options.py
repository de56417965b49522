"""The options that every verb with a reply has."""

from typing import Annotated

import typer

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

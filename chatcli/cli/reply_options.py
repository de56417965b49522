"""The options that every verb with a reply has."""

from typing import Annotated

import typer

OptionPairs = Annotated[
    list[str] | None,
    typer.Option("-o", "--option", metavar="KEY=VALUE", help="A model parameter; may be repeated."),
]
Timeout = Annotated[
    str | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Stop the reply after so long; its text is kept."
    ),
]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        help="Wait at most so long for another process that writes in the session; "
        "without, until its reply is done.",
    ),
]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Do not wait for another process: exit code 75 at once.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, also for an error.")]
JsonLines = Annotated[
    bool, typer.Option("--stream-json", help="Print a line of JSON for each event.")
]
Raw = Annotated[bool, typer.Option("--raw", help="On a terminal: the source, not rendered.")]
NoStream = Annotated[bool, typer.Option("--no-stream", help="Print the reply when it is whole.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Only errors on standard error.")]

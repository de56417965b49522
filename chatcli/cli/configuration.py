"""The verbs `config path`, `config show`, `config init` and `config check`."""

from pathlib import Path
from typing import Annotated

import typer

from chatcli.cli.invocation import invocation_of
from chatcli.cli.options import JsonOption

ConfigArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE", help="File to check; default: the one in use.", show_default=False
    ),
]


def path(ctx: typer.Context) -> int:
    """Print the path of the configuration file, whether or not it exists.

    Examples:
        chatcli config path
    """
    from chatcli.output.streams import print_value

    print_value(str(_file(ctx)))
    return 0


def show(ctx: typer.Context, *, json: JsonOption = False) -> int:
    """Print the values in effect, each with its origin.

    Keys and passwords are only shown as set or not set.

    Examples:
        chatcli config show
    """
    from chatcli.commands.configuration import show as shown
    from chatcli.output.outcome import print_outcome

    return print_outcome(shown(invocation_of(ctx).load()), as_json=json)


def init(ctx: typer.Context) -> int:
    """Write a configuration file with every key commented out; never overwrites one.

    Examples:
        chatcli config init
    """
    from chatcli.config.example import write_example
    from chatcli.output.streams import print_value

    file = _file(ctx)
    write_example(file)
    print_value(str(file))
    return 0


def check(ctx: typer.Context, file: ConfigArgument = None, *, json: JsonOption = False) -> int:
    """Report every problem in the configuration file: line, key, what is allowed.

    Examples:
        chatcli config check
    """
    from chatcli.commands.configuration import check as checked
    from chatcli.output.outcome import print_outcome

    outcome = checked(Path(file) if file else _file(ctx))
    code = print_outcome(outcome, as_json=json)
    if not code and file is None:
        invocation_of(ctx).load()  # the environment may be wrong where the file is right
    return code


def _file(ctx: typer.Context) -> Path:
    from chatcli.config.paths import config_path

    return invocation_of(ctx).config_file or config_path()

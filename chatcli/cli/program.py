"""The Typer application: the root options, the verbs and their groups."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import typer
from typer.main import get_command

from chatcli.cli import (
    again,
    configuration,
    information,
    local,
    send,
    session_settings,
    sessions,
)
from chatcli.cli.completion import name_the_shell
from chatcli.cli.faults import reported
from chatcli.cli.help import VerbCommand, VerbGroup
from chatcli.cli.invocation import Invocation, invocation_of, refuse_two_sessions
from chatcli.cli.options import ContinueOption, ModelOption, SessionOption, SystemOption
from chatcli.cli.refusal import refused_as_json
from chatcli.cli.values import commands_below, take_as_typed
from chatcli.errors import ExitCode, UsageError

TAKES_ROOT_OPTIONS = ("send", "new")
"""Verbs for which -s, -c, -m and --system mean something when they stand before the verb."""

# Typer carries its parser with it, under a private name; the class of all usage errors is
# reached through one of its public children.
ParserError = cast("type[Exception]", typer.BadParameter.__base__)

_SETTINGS = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=VerbGroup,
    rich_markup_mode=None,
    invoke_without_command=True,
    subcommand_metavar="[VERB] …",
    context_settings=_SETTINGS,
    pretty_exceptions_enable=False,
)


def _verb(panel: str, name: str, function: Callable[..., int]) -> None:
    app.command(name, cls=VerbCommand, rich_help_panel=panel)(function)


CONVERSATIONS, SESSIONS = "Conversations", "Sessions"
SETTINGS, KNOWING = "Session settings", "Setup and information"

_verb(CONVERSATIONS, "send", send.send)
_verb(CONVERSATIONS, "history", sessions.history)
_verb(CONVERSATIONS, "retry", again.retry)
_verb(CONVERSATIONS, "continue", again.continue_)
_verb(CONVERSATIONS, "undo", session_settings.undo)
_verb(CONVERSATIONS, "compact", session_settings.compact)
_verb(SESSIONS, "new", sessions.new)
_verb(SESSIONS, "list", sessions.list_)
_verb(SESSIONS, "rename", sessions.rename)
_verb(SESSIONS, "end", sessions.end)
_verb(SESSIONS, "restore", sessions.restore)
_verb(SETTINGS, "model", session_settings.model)
_verb(SETTINGS, "system", session_settings.system)
_verb(SETTINGS, "set", session_settings.set_)
_verb(KNOWING, "models", information.models)
_verb(KNOWING, "stats", information.stats)
_verb(KNOWING, "doctor", information.doctor)


def _subverbs(name: str, about: str, **functions: Callable[..., int]) -> None:
    group = typer.Typer(
        cls=VerbGroup, rich_markup_mode=None, help=about, subcommand_metavar="VERB …"
    )
    for subverb, function in functions.items():
        group.command(subverb, cls=VerbCommand)(function)
    app.add_typer(group, name=name, rich_help_panel=KNOWING)


_subverbs(
    "config",
    "Show, write and check the configuration file.",
    path=configuration.path,
    show=configuration.show,
    init=configuration.init,
    check=configuration.check,
)
_subverbs(
    "local",
    "Set up the embedded model, which needs no server.",
    setup=local.setup,
    status=local.status,
)


def _print_version(value: bool) -> None:  # noqa: FBT001 - Typer calls it
    if value:
        from chatcli import __version__
        from chatcli.output.streams import print_value

        print_value(f"chatcli {__version__}")
        raise typer.Exit


def _remember_config(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        invocation_of(ctx).take_config(value)


@app.callback()
def chatcli(
    ctx: typer.Context,
    *,
    session: SessionOption = "",
    continue_last: ContinueOption = False,
    model: ModelOption = "",
    system: SystemOption = "",
    config: Annotated[  # noqa: ARG001 - its callback keeps it
        str | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Configuration file.",
            callback=_remember_config,
            expose_value=False,
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback acts
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> int:
    """Several conversations with language models, side by side, in one terminal.

    Without a verb, the interactive chat opens.

    Examples:
        chatcli
        chatcli -s notes
        chatcli send "What is the capital of Peru?"
        git diff | chatcli send "Review this change."
    """
    invocation = invocation_of(ctx)
    refuse_two_sessions(session, continue_last=continue_last)
    invocation.session, invocation.continue_last = session, continue_last
    invocation.model, invocation.system = model, system
    verb = ctx.invoked_subcommand
    if verb is None:
        from chatcli.cli.repl import open_repl

        return open_repl(invocation)
    if (session or continue_last or model or system) and verb not in TAKES_ROOT_OPTIONS:
        raise UsageError(
            f"'{verb}' does not take -s, -c, -m or --system before the verb",
            hint=f"see chatcli {verb} --help",
        )
    return ExitCode.OK


def run(arguments: Sequence[str]) -> int:
    """Run the program on `arguments` and return its exit code; prints everything itself."""
    from chatcli.output.streams import prepare_streams

    prepare_streams()
    invocation = Invocation()
    return reported(
        lambda: refused_as_json(arguments, invocation, lambda: _dispatch(arguments, invocation))
    )


def _dispatch(arguments: Sequence[str], invocation: Invocation) -> int:
    program: Any = get_command(app)
    take_as_typed(program)
    name_the_shell(program)
    _take_config_after_verbs(program)
    words = list(arguments)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    try:
        code = program.main(words, prog_name="chatcli", standalone_mode=False, obj=invocation)
    except ParserError as error:
        from chatcli.cli.misuse import usage_error

        verb = next((word for word in words if word in program.commands), "")
        raise usage_error(error, verb) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else ExitCode.OK


def _take_config_after_verbs(program: Any) -> None:
    """Let every verb take the program's --config, too."""
    config = next(parameter for parameter in program.params if parameter.name == "config")
    for command in commands_below(program):
        if not hasattr(command, "commands"):
            command.params.append(config)

"""Commands that only inform: stats and help."""

from __future__ import annotations

from collections.abc import Mapping

from chatcli.commands.arguments import session_meant, text_of
from chatcli.commands.registry import (
    Arg,
    Arguments,
    Bars,
    Block,
    Column,
    Command,
    Context,
    Group,
    Kind,
    Outcome,
    Table,
)
from chatcli.commands.wording import dollars, number_text, rate_text, seconds_text
from chatcli.core.model import Session
from chatcli.core.stats import Figures, Row
from chatcli.core.text import one_line
from chatcli.errors import UsageError


def _stats(context: Context, arguments: Arguments) -> Outcome:
    session = session_meant(context, arguments) if text_of(arguments, "session") else None
    figures = context.manager.figures(session)
    data = context.manager.get_stats(session)
    blocks: list[Block] = [_overview(context, figures, session)]
    if figures.by_model:
        blocks.append(_by_model(figures.by_model))
        blocks.append(_bars("Tokens by model", figures.by_model))
    if figures.by_day:
        blocks.append(_bars("Tokens by day (UTC)", figures.by_day))
    return Outcome(tuple(blocks), data)


def _overview(context: Context, figures: Figures, session: Session | None) -> Table:
    limits, total = context.config.limits, figures.total
    statuses = ", ".join(f"{n} {status}" for status, n in figures.replies_by_status.items() if n)
    sessions = (
        ("sessions", f"{figures.active_sessions} active, {figures.ended_sessions} ended"),
        ("limit of active sessions", _limit(limits.max_sessions)),
    )
    rows = (
        *(() if session else sessions),
        ("turns", f"{figures.total_turns:,}"),
        ("limit of turns per session", _limit(limits.max_turns_per_session)),
        ("replies", statuses or "none"),
        ("tokens read", number_text(total.input_tokens)),
        ("tokens written", number_text(total.output_tokens)),
        ("replies without usage", f"{total.unknown_usage:,}"),
        ("cost", dollars(total.cost_usd)),
        ("time to first token (median)", seconds_text(total.median_first_token_seconds)),
        ("tokens per second (median)", rate_text(total.median_tokens_per_second)),
    )
    title = "all sessions"
    if session:
        title = f"session {one_line(session.name)}" if session.name else session.label
    return Table((Column(""), Column("")), rows, title=title)


def _limit(value: int) -> str:
    return f"{value:,}" if value else "none"


def _by_model(models: Mapping[str, Row]) -> Table:
    figures = ("replies", "read", "written", "cost", "first token", "tokens/s")
    columns = (Column("model"), *(Column(title, right=True) for title in figures))
    rows = tuple(
        (
            one_line(name),
            f"{row.replies:,}",
            number_text(row.input_tokens),
            number_text(row.output_tokens),
            dollars(row.cost_usd),
            seconds_text(row.median_first_token_seconds),
            rate_text(row.median_tokens_per_second),
        )
        for name, row in models.items()
    )
    return Table(columns, rows, title="Replies by model")


def _bars(title: str, rows: Mapping[str, Row]) -> Bars:
    return Bars(
        title, "tokens", tuple((one_line(name), _tokens(row)) for name, row in rows.items())
    )


def _tokens(row: Row) -> float | None:
    known = [n for n in (row.input_tokens, row.output_tokens) if n is not None]
    return float(sum(known)) if known else None


def _help(context: Context, arguments: Arguments) -> Outcome:
    if context.registry is None:
        raise UsageError("there is no list of commands here", hint="see chatcli --help")
    name = text_of(arguments, "command").removeprefix("/")
    if name:
        return Outcome(_help_on(context.registry.find(name)))
    blocks: list[Block] = []
    for group in Group:
        rows = tuple(
            (command.usage, command.help) for command in context.registry if command.group is group
        )
        if rows:
            blocks.append(Table((Column(""), Column("")), rows, title=group.value))
    blocks.append(
        "/help COMMAND explains one. To send a message that starts with a slash, type two."
    )
    return Outcome(tuple(blocks))


def _help_on(command: Command) -> tuple[Block, ...]:
    blocks: list[Block] = [f"{command.usage}: {command.help}"]
    explained = tuple(
        (f"--{arg.name}" if arg.flag else arg.title, arg.help) for arg in command.args if arg.help
    )
    if explained:
        blocks.append(Table((Column(""), Column("")), explained))
    if command.aliases:
        blocks.append("aliases: " + ", ".join(f"/{alias}" for alias in command.aliases))
    if command.examples:
        blocks.append("examples: " + "   ".join(command.examples))
    return tuple(blocks)


COMMANDS = (
    Command(
        "stats",
        "show statistics for all sessions, or one",
        _stats,
        Group.INFORMATION,
        args=(Arg("session", Kind.SESSION, label="REF"),),
        examples=("/stats", "/stats release-notes"),
        only_reads=True,
    ),
    Command(
        "help",
        "list the commands, or explain one",
        _help,
        Group.PROGRAM,
        aliases=("?",),
        args=(Arg("command", Kind.COMMAND),),
        examples=("/help", "/help switch"),
    ),
)

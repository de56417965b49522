"""What `--help` says: verbs by group, usage lines, exit codes; the nearest verb for a wrong one."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from chatcli.cli.values import unchecked
from chatcli.core.text import one_line
from chatcli.errors import ExitCode, UsageError

ASKING = ("send", "retry", "continue")
"""The verbs that print a reply."""
OTHER_NAMES = {"sessions": "list", "ls": "list"}
"""Other names of the verbs, as in the chat."""
MEANT = {
    **dict.fromkeys(("rm", "delete", "remove", "purge", "kill"), "end"),
    **dict.fromkeys(("log", "show", "cat", "view"), "history"),
    **dict.fromkeys(("ask", "prompt"), "send"),
    **dict.fromkeys(("create", "add"), "new"),
    "usage": "stats",
}
"""Names of the same thing in other programs, with the verb that does it here."""
LONGEST_SUMMARY = 200
"""Characters of a verb's first sentence; more than any has."""

EXIT_CODES = {
    ExitCode.OK: "the reply is complete",
    ExitCode.UNEXPECTED: "unexpected error; the path of a log file is printed",
    ExitCode.USAGE: "wrong usage or configuration",
    ExitCode.REFUSED: "the server refused: key, permission, unknown model, bad request, "
    "context too long, quota",
    ExitCode.SESSION: "no such session, or the session is full",
    ExitCode.INCOMPLETE: "the reply is incomplete; what came is printed and kept",
    ExitCode.TRY_AGAIN: "try again later: rate limit, overload, no connection, timeout, "
    "session busy",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C; what came is kept",
}
VARIABLES = {
    "CHATCLI_SESSION": "Session for `chatcli` and `chatcli send` without -s.",
    "CHATCLI_MODEL": "Model for new sessions without -m.",
    "CHATCLI_CONFIG": "Configuration file.",
    "CHATCLI_DATA_DIR": "Folder of the database.",
    "CHATCLI_STATE_DIR": "Folder of the log and the prompt history.",
    "OPENAI_API_KEY": "API key of the backend openai; others have their own.",
    "OPENAI_BASE_URL": "Base URL of the backend openai.",
    "NO_COLOR": "Disables colours if set to anything.",
    "VISUAL, EDITOR": "Editor for long messages.",
}


def write_help(text: str | None, formatter: Any) -> None:
    """Write a docstring: paragraphs filled, those with indented lines (examples) as they are."""
    for paragraph in (text or "").split("\n\n"):
        formatter.write_paragraph()
        if "\n " in paragraph:
            formatter.write(f"{paragraph}\n")
        else:
            formatter.write_text(paragraph)


def write_exit_codes(formatter: Any) -> None:
    """Write the section that explains them."""
    with formatter.section("Exit codes"):
        formatter.write_dl([(f"{code:d}", meaning) for code, meaning in EXIT_CODES.items()])


def _printed_here(option: Any) -> Any:
    """The same option --help, whose text goes out like all other output."""

    def show(ctx: Any, _: object, value: object) -> None:
        if value and not ctx.resilient_parsing:
            from chatcli.output.streams import print_out

            print_out(f"{ctx.get_help()}\n")
            ctx.exit()

    if option is not None:
        option.callback = show
    return option


class VerbCommand(TyperCommand):
    """A verb whose help keeps its examples' lines."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The usage line's parts: `[OPTIONS] REF [TEXT]`."""
        pieces = ["[OPTIONS]"]
        for each in self.params:
            if each.param_type_name == "argument":
                piece = str(each.metavar) if each.required else f"[{each.metavar}]"
                pieces.append(f"{piece}..." if each.nargs == -1 else piece)
        return pieces

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the docstring."""
        write_help(self.help, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return _printed_here(unchecked(super().get_help_option(ctx)))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each with its help."""
        arguments = [p for p in self.params if p.param_type_name == "argument"]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl([(p.metavar, getattr(p, "help", None) or "") for p in arguments])
        records = (p.get_help_record(ctx) for p in self.get_params(ctx) if p not in arguments)
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])
        if self.name in ASKING:
            write_exit_codes(formatter)


class VerbGroup(TyperGroup):
    """A group of verbs under headings (each verb's help panel)."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the docstring."""
        write_help(self.help, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return _printed_here(unchecked(super().get_help_option(ctx)))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs, a section for each panel, in the order they were added."""
        panels: dict[str, list[tuple[str, str]]] = {}
        width = max(map(len, self.commands))
        for name, command in self.commands.items():
            if not command.hidden:
                panel = getattr(command, "rich_help_panel", None) or "Commands"
                text = command.get_short_help_str(LONGEST_SUMMARY)
                panels.setdefault(str(panel), []).append((name.ljust(width), text))
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl(rows)
        if ctx.parent is None:
            with formatter.section("Environment"):
                formatter.write_dl(list(VARIABLES.items()))
            write_exit_codes(formatter)
        formatter.write_paragraph()
        formatter.write_text(f"{ctx.command_path} VERB --help shows the details of a verb.")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb that was called; raises UsageError that names the nearest one."""
        word = OTHER_NAMES.get(args[0], args[0]) if ctx.parent is None else args[0]
        args = [word, *args[1:]]
        if word in self.commands or ctx.resilient_parsing or word.startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageError(f"unknown verb '{one_line(word, 40)}'", hint=self._hint(ctx, word))

    def _hint(self, ctx: Any, word: str) -> str:
        from difflib import get_close_matches

        known = [*self.commands, *(["help", *OTHER_NAMES] if ctx.parent is None else [])]
        begun = [verb for verb in known if len(word) > 1 and verb.startswith(word)]
        near = begun or get_close_matches(word, known, n=1, cutoff=0.5)
        if ctx.parent is None and word in MEANT:
            near = [MEANT[word]]
        if near:
            return f"did you mean {ctx.command_path} {near[0]}?"
        if ctx.parent is None:
            return 'chatcli send "…" sends a message; chatcli --help lists the verbs'
        return f"{ctx.command_path} --help lists the verbs"

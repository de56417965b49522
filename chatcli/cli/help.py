"""The list of verbs in `chatcli --help`: by group, and the nearest verb for a wrong one."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from chatcli.cli.values import unchecked
from chatcli.core.text import one_line
from chatcli.errors import UsageError


def write_help(text: str | None, formatter: Any) -> None:
    """Write a docstring: paragraphs filled, those with indented lines (examples) as they are."""
    for paragraph in (text or "").split("\n\n"):
        formatter.write_paragraph()
        if "\n " in paragraph:
            formatter.write(f"{paragraph}\n")
        else:
            formatter.write_text(paragraph)


class VerbCommand(TyperCommand):
    """A verb whose help keeps its examples' lines."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the docstring."""
        write_help(self.help, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return unchecked(super().get_help_option(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each with its help."""
        arguments = [p for p in self.params if p.param_type_name == "argument"]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl([(p.metavar, getattr(p, "help", None) or "") for p in arguments])
        records = (p.get_help_record(ctx) for p in self.get_params(ctx) if p not in arguments)
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])


class VerbGroup(TyperGroup):
    """A group of verbs under headings (each verb's help panel)."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the docstring."""
        write_help(self.help, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        return unchecked(super().get_help_option(ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the verbs, a section for each panel, in the order they were added."""
        panels: dict[str, list[tuple[str, str]]] = {}
        width = max(map(len, self.commands))
        for name, command in self.commands.items():
            if not command.hidden:
                panel = getattr(command, "rich_help_panel", None) or "Commands"
                text = command.get_short_help_str(formatter.width - width - 6)
                panels.setdefault(str(panel), []).append((name.ljust(width), text))
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl(rows)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb that was called; raises UsageError that names the nearest one."""
        word = args[0]
        if word in self.commands or ctx.resilient_parsing or word.startswith("-"):
            return super().resolve_command(ctx, args)
        raise UsageError(f"no verb is called '{one_line(word, 40)}'", hint=self._hint(ctx, word))

    def _hint(self, ctx: Any, word: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(word, list(self.commands), n=1, cutoff=0.5)
        if near:
            return f"did you mean {ctx.command_path} {near[0]}?"
        if ctx.parent is None:
            return 'chatcli send "…" sends a message; chatcli --help lists the verbs'
        return f"{ctx.command_path} --help lists the verbs"

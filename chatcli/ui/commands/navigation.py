"""`/switch` and `/quit`, which every chat has; what they do depends on its screen."""

from __future__ import annotations

from chatcli.commands.registry import Arg, Command, Group, Kind, Run


def switch_command(run: Run, label: str, examples: tuple[str, ...]) -> Command:
    """`label`: how the argument may name a session."""
    return Command(
        "switch",
        "go to another session",
        run,
        Group.SESSIONS,
        aliases=("s",),
        args=(Arg("session", Kind.SESSION, required=True, label=label),),
        examples=examples,
    )


def quit_command(run: Run) -> Command:
    """Leave the chat."""
    return Command(
        "quit", "leave the chat", run, Group.PROGRAM, aliases=("exit", "bye"), examples=("/quit",)
    )

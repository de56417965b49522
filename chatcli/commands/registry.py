"""What a command is: one frozen value, from which parsing, help and completion derive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from chatcli.core.model import Session, Turn
from chatcli.errors import UsageError

if TYPE_CHECKING:
    from chatcli.config import Config
    from chatcli.manager import PendingReply, SessionManager


class Kind(Enum):
    """What an argument stands for: decides what completion offers."""

    TEXT = "text"
    SESSION = "session"
    MODEL = "model"
    NUMBER = "number"
    COMMAND = "command"
    OPTION = "option"
    ROLE = "role"


class Group(Enum):
    """The headings of `/help`, in order."""

    SESSIONS = "Sessions"
    CONVERSATION = "This conversation"
    MODEL = "Model"
    INFORMATION = "Information"
    PROGRAM = "Program"


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument. `rest` takes all remaining words, exactly as typed.

    A `flag` is written `--name`, followed by a value unless it is a `switch`. `label` names the
    value in the usage line (empty: the name in capitals). `short` is a flag's single letter.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    rest: bool = False
    flag: bool = False
    switch: bool = False
    help: str = ""
    label: str = ""
    short: str = ""

    @property
    def title(self) -> str:
        """The value's place in a usage line: `NAME`."""
        return self.label or self.name.upper()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `right`-aligned for figures."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text, drawn by a front end."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart; a value of None is unknown."""

    title: str
    unit: str
    bars: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Turns to show as a conversation; `omitted` counts earlier turns that are left out."""

    session: Session
    turns: tuple[Turn, ...]
    omitted: int = 0


Block = str | Table | Bars | Transcript


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did. Front ends draw `blocks` (plain text, no Markdown) or print `data`.

    `open` is the session that the chat switches to. `pending` is a reply that the command asked
    for, which the caller shows, or why there is none. `exit_code` is for the shell.
    """

    blocks: tuple[Block, ...] = ()
    data: object = None
    notices: tuple[str, ...] = ()
    open: Session | None = None
    pending: PendingReply | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What a command may use; never the front end that called it."""

    manager: SessionManager
    config: Config
    session: Session | None = None
    registry: Registry | None = None


Arguments = Mapping[str, object]
Run = Callable[[Context, Arguments], "Outcome | Awaitable[Outcome]"]


@dataclass(frozen=True, slots=True)
class Command:
    """A shell verb, a slash command, or both: one implementation.

    `run` is a plain function, which the chat calls in a thread, or a coroutine function.
    One that `only_reads` stores nothing: it works on a database that cannot be written.
    """

    name: str
    help: str
    run: Run
    group: Group
    aliases: tuple[str, ...] = ()
    args: tuple[Arg, ...] = ()
    examples: tuple[str, ...] = ()
    only_reads: bool = False

    @property
    def usage(self) -> str:
        """The usage line: `/history [N]`."""
        return " ".join([f"/{self.name}", *(_usage_of(arg) for arg in self.args)])


def _usage_of(arg: Arg) -> str:
    if arg.flag:
        return f"[--{arg.name}]" if arg.switch else f"[--{arg.name} {arg.title}]"
    return arg.title if arg.required else f"[{arg.title}]"


@dataclass(slots=True)
class Registry:
    """The commands by name and alias."""

    commands: Sequence[Command]
    _names: dict[str, Command] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._names = {n: c for c in self.commands for n in (c.name, *c.aliases)}

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def names(self) -> Iterable[str]:
        """Every name and alias."""
        return self._names

    def find(self, name: str) -> Command:
        """The command of that name or alias; raises UsageError that names the nearest."""
        if name in self._names:
            return self._names[name]
        import difflib

        near = difflib.get_close_matches(name.lower(), self._names, n=1, cutoff=0.5)
        hint = f"did you mean /{near[0]}?" if near else "/help lists the commands"
        raise UsageError(f"unknown command /{name}", hint=hint)

    def parse(self, line: str) -> tuple[Command, dict[str, object]]:
        """Parse a line without its slash; raises UsageError with the usage line."""
        from chatcli.commands.parsing import parse_arguments

        name, _, rest = line.strip().partition(" ")
        command = self.find(name)
        return command, parse_arguments(command, rest.strip())

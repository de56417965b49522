"""What Tab offers: commands, sessions, models, options, roles, file names."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from chatcli.commands.parsing import quoted
from chatcli.commands.registry import Arg, Command, Kind
from chatcli.commands.wording import age
from chatcli.core.model import Session, SessionState
from chatcli.core.text import for_terminal, one_line
from chatcli.errors import ChatcliError, UsageError
from chatcli.ui.state.chat import Chat

OPTIONS = (
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "seed",
    "stop",
    "presence_penalty",
    "frequency_penalty",
    "reasoning_effort",
)
"""Parameters that most servers know; any other may be typed."""
_QUOTES = "\"'"
_WORD = re.compile(r"""(?:^|(?<= ))(?:"[^"]*(?:"[^ ]*)?|'[^']*(?:'[^ ]*)?|[^ ]+|$)""")
"""A word up to a blank, or in quotation marks, even unclosed; empty after a final blank."""
MODELS_SECONDS = 3.0
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """One candidate, and what the menu says about it."""

    text: str
    about: str = ""

    def completion(self, word: str) -> Completion:
        """What the menu shows for `word`: a server names models, anyone files, as they like."""
        shown, about = for_terminal(self.text), one_line(self.about)
        return Completion(self.text, -len(word), display=shown, display_meta=about)


class ChatCompleter(Completer):
    """Runs in a thread of its own: it reads the database, folders, and asks servers once."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._models: list[str] | None = None

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the interface's
    ) -> Iterator[Completion]:
        """Completions of the word before the cursor."""
        text = document.text_before_cursor
        is_command = text.startswith("/") and not text.startswith("//") and "\n" not in text
        *before, word = words_of(text) if is_command else re.split("[ \n]", text)
        with contextlib.suppress(ChatcliError, OSError, RuntimeError):  # ~ of no user
            offers = self._command_offers(before, word) if is_command else file_offers(word)
            for offer in offers:
                if _begins(offer.text, word):
                    yield offer.completion(word)

    # --- commands and their arguments -----------------------------------------

    def _command_offers(self, before: Sequence[str], word: str) -> Iterable[Offer]:
        if not before:
            return self._name_offers(word)
        try:
            command = self._chat.registry.find(before[0].removeprefix("/"))
        except UsageError:
            return ()
        if word.startswith("--"):
            return [Offer(f"--{arg.name}", arg.help) for arg in command.args if arg.flag]
        arg = argument_at(command, before[1:])
        return self._argument_offers(arg, command) if arg else ()

    def _name_offers(self, word: str) -> list[Offer]:
        """The commands; an alias only where no name fits."""
        commands = list(self._chat.registry)
        names = [Offer(f"/{command.name}", command.help) for command in commands]
        if any(offer.text.startswith(word) for offer in names):
            return names
        return [Offer(f"/{alias}", c.help) for c in commands for alias in c.aliases]

    def _argument_offers(self, arg: Arg, command: Command) -> Iterable[Offer]:
        config = self._chat.config
        match arg.kind:
            case Kind.SESSION:
                return self._session_offers(command.name)
            case Kind.MODEL:
                return self._model_offers()
            case Kind.COMMAND:
                return [Offer(command.name, command.help) for command in self._chat.registry]
            case Kind.OPTION:
                return map(Offer, OPTIONS)
            case Kind.ROLE:
                return [Offer(name, one_line(r.system, 40)) for name, r in config.roles.items()]
            case _:
                return ()

    # --- candidates -----------------------------------------------------------

    def _session_offers(self, command: str) -> Iterator[Offer]:
        """The sessions that make sense: ended ones to restore, others to switch to."""
        ended = command == "restore"
        current = self._chat.views.current if command == "switch" else None
        for session in self._chat.manager.sessions(ended=ended):
            is_ended = session.state is SessionState.ENDED
            if current is not None and session.id == current.session.id:
                continue
            if session.name and is_ended is ended:
                yield Offer(quoted(session.name), self._about(session))

    def _about(self, session: Session) -> str:
        """State, age and preview."""
        view = self._chat.views.find(session.id)
        state = self._chat.views.tab(view).words if view else str(session.state)
        old = age(time.time() - session.last_activity)
        return " · ".join(filter(None, [state, old, one_line(session.preview, 40)]))

    def _model_offers(self) -> Iterator[Offer]:
        config = self._chat.config
        for name, alias in config.models.items():
            yield Offer(name, f"alias of {alias.model}")
        if self._models is None:
            self._models = self._ask_for_models()
        yield from map(Offer, self._models)

    def _ask_for_models(self) -> list[str]:
        loop = self._chat.app.loop
        if loop is None:
            return []
        asked = asyncio.run_coroutine_threadsafe(self._chat.manager.models(), loop)
        try:
            found = asked.result(MODELS_SECONDS)
        except FutureTimeoutError:
            asked.cancel()
            return []
        lists = ((name, models) for name, models in found.items())
        return [
            f"{name}/{model.id}"
            for name, models in lists
            if not isinstance(models, ChatcliError)
            for model in models
        ]


def _begins(text: str, word: str) -> bool:
    """Whether what was typed may become the text; its quotation mark may be another, or none."""
    text, word = text.lower(), word.lower()
    return text.startswith(word) or text.strip(_QUOTES).startswith(word.lstrip(_QUOTES))


def words_of(line: str) -> list[str]:
    """The words of a command line with their quotation marks; the last one may be empty."""
    return _WORD.findall(line)


def argument_at(command: Command, words: Sequence[str]) -> Arg | None:
    """The argument expected after these words; None where there is none."""
    flags = {f"--{arg.name}": arg for arg in command.args if arg.flag}
    places = [arg for arg in command.args if not arg.flag]
    expected: Arg | None = None
    used = 0
    for word in filter(None, words):
        if expected is not None:
            expected = None
        elif word in flags:
            expected = None if flags[word].switch else flags[word]
        else:
            used += 1
    if expected is not None:
        return expected
    if used < len(places):
        return places[used]
    return places[-1] if places and places[-1].rest else None


def file_offers(word: str) -> Iterator[Offer]:
    """Files and folders that begin as the word does; nothing for an empty word."""
    if not word:
        return
    typed = word.rpartition("/")[0] + "/" if "/" in word else ""
    folder = Path(typed or ".").expanduser()
    begin = word.removeprefix(typed)
    found = 0
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        hidden = entry.name.startswith(".") and not begin.startswith(".")
        if entry.name.lower().startswith(begin.lower()) and not hidden and found < MOST_FILES:
            found += 1
            yield Offer(typed + entry.name + ("/" if entry.is_dir() else ""))

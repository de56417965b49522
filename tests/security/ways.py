"""Every way from outside to a terminal, as functions: a text goes in, what is written comes out."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

from chatcli.backends.faults.endpoint import Endpoint
from chatcli.backends.faults.mapping import fault_of, stream_fault
from chatcli.cli.faults import reported
from chatcli.commands.findings import Finding, Verdict, outcome_of
from chatcli.commands.objects import reply_object
from chatcli.commands.registry import Bars, Column, Outcome, Table, Transcript
from chatcli.config.model import Repl
from chatcli.core.events import FellBack, Retrying, TextDelta, TurnFinished
from chatcli.core.model import Fault, Role, Session, Turn, TurnStatus
from chatcli.errors import ChatcliError, ConfigError
from chatcli.markdown import MarkdownStream, Theme, render_markdown
from chatcli.output.json_text import json_text
from chatcli.output.notes import print_fault, print_note
from chatcli.output.outcome import print_outcome
from chatcli.output.progress import ProgressLine
from chatcli.output.reply import TextReply
from chatcli.output.reply_notes import Notes
from chatcli.ui.paint import Paint
from chatcli.ui.printing.turns import last_words

WIDTH = 60


class TerminalText(io.StringIO):
    """Standard output or error, taken for a terminal."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def terminal() -> Iterator[TerminalText]:
    """Both standard streams are a terminal, whose text is kept."""
    text = TerminalText()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        yield text


def session_of(text: str) -> Session:
    return Session("sess_0123456789ab", text, text, preview=text, turns=2)


def reply_of(text: str) -> Turn:
    """A reply that failed after some text, everything in it from outside."""
    return Turn(
        2,
        "sess_0123456789ab",
        1,
        Role.ASSISTANT,
        text,
        TurnStatus.INCOMPLETE,
        1e9,
        2,
        model=text,
        model_used=text,
        finish_reason=text,
        error=Fault("bad_response", text, text),
    )


# --- replies --------------------------------------------------------------------------------


def rendered_reply(text: str) -> str:
    return render_markdown(text, WIDTH, Theme("dark"))


def streamed_reply(text: str) -> str:
    """What is printed for good, and the unfinished end as it looked on the way."""
    stream, shown = MarkdownStream(Theme("dark")), []
    for start in range(0, len(text), 7):
        stream.feed(text[start : start + 7])
        shown.append(stream.take(WIDTH))
        shown += ["".join(part for _, part in line) for line in stream.tail(WIDTH, 5)]
    return "".join([*shown, stream.finish(WIDTH)])


class _Written:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def source_of_reply(text: str) -> str:
    """`send --raw`, whose pieces end anywhere."""
    writer = _Written()
    output = TextReply(writer, terminal=True)
    for start in range(0, len(text), 3):
        output.show(TextDelta("s", 2, text[start : start + 3]))
    output.show(TurnFinished("s", 2, reply_of(text), session_of("s")))
    return writer.text


def json_reply(text: str) -> str:
    return json_text(reply_object(reply_of(text), session_of(text)))


# --- commands -------------------------------------------------------------------------------


def _printed(outcome: Outcome, *, source: bool = False) -> str:
    with terminal() as shown:
        print_outcome(outcome, source=source, look=Repl())
    return shown.getvalue()


def _history(text: str) -> Outcome:
    prompt = replace(reply_of(text), id=1, role=Role.USER, status=TurnStatus.COMPLETE, error=None)
    return Outcome((Transcript(session_of(text), (prompt, reply_of(text)), 3),), notices=(text,))


def history(text: str) -> str:
    return _printed(_history(text))


def history_source(text: str) -> str:
    return _printed(_history(text), source=True)


def tables(text: str) -> str:
    """A table, a chart and a sentence whose words all come from outside."""
    table = Table((Column(text), Column("preview")), ((text, text),), title=text)
    return _printed(Outcome((table, Bars(text, text, ((text, 1.0), (text, None))), text)))


def findings(text: str) -> str:
    finding = Finding(text, Verdict.FAULT, text, text)
    return _printed(outcome_of([finding]))


# --- notes and errors -----------------------------------------------------------------------


def note(text: str) -> str:
    with terminal() as shown:
        print_note(text)
        print_fault(text, text)
    return shown.getvalue()


def error_of_the_program(text: str) -> str:
    def fails() -> int:
        raise ConfigError(text, hint=text)

    with terminal() as shown:
        reported(fails)
    return shown.getvalue()


def _told(error: ChatcliError) -> str:
    with terminal() as shown:
        print_fault(error.message, error.hint)
    return shown.getvalue()


def error_of_a_server(text: str) -> str:
    endpoint = Endpoint(text, f"http://{text}", text)
    header = text.encode("latin-1", "replace").decode("latin-1")
    headers = {"location": header, "retry-after": header, "x-request-id": header}
    told = [
        _told(fault_of(status, headers, body, endpoint))
        for status in (302, 400, 401, 404, 503)
        for body in (text.encode("utf-8", "replace"), json_text({"error": text}).encode())
    ]
    return "".join([*told, _told(stream_fault({"message": text, "code": text}, endpoint))])


def notes_beside_a_reply(text: str) -> str:
    async def show() -> None:
        notes = Notes()
        notes.show(Retrying("s", 2, 1, 4, 9.0, text))
        notes.show(FellBack("s", 2, text, text, text))
        notes.finished(TurnFinished("s", 2, reply_of(text), session_of(text), (text,)))
        notes.close()

    with terminal() as shown:
        asyncio.run(show())
    return shown.getvalue().replace("\r\x1b[K", "")  # the countdown's own


def progress(text: str) -> str:
    with terminal() as shown:
        line = ProgressLine()
        line.show(text, 1, 2)
        line.close()
    return shown.getvalue().replace("\r\x1b[K", "")


# --- the chat -------------------------------------------------------------------------------


def chat(text: str) -> str:
    """A prompt, the line above a session, and what is said below a reply."""
    paint = Paint(WIDTH)
    below = last_words(reply_of(text), paint, (text,))
    return paint.prompt(text) + paint.rule(text, text) + below + paint.dim(text)


SLOW_WAYS: tuple[Callable[[str], str], ...] = (
    rendered_reply,
    streamed_reply,
    history,
    tables,
    findings,
    error_of_a_server,
)
QUICK_WAYS: tuple[Callable[[str], str], ...] = (
    source_of_reply,
    json_reply,
    history_source,
    note,
    error_of_the_program,
    notes_beside_a_reply,
    progress,
    chat,
)
WAYS = (*SLOW_WAYS, *QUICK_WAYS)

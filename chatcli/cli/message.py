"""The message of `send`: the words of the command line, standard input, or both."""

from __future__ import annotations

from collections.abc import Sequence

from chatcli.cli import standard_input
from chatcli.errors import UsageError

STANDARD_INPUT = "-"


def compose(words: Sequence[str], *, no_stdin: bool, quiet: bool) -> str:
    """The message to send.

    Args:
        words: of the command line, joined by spaces; a word `-` stands for standard input.
        no_stdin: leave standard input alone.
        quiet: say nothing on standard error.

    Raises:
        UsageError: there is no message.
    """
    forced = STANDARD_INPUT in words
    if forced and no_stdin:
        raise UsageError("- and --no-stdin cannot be combined")
    typed = _readable(" ".join(word for word in words if word != STANDARD_INPUT))
    fed = ""
    if forced or (not no_stdin and standard_input.is_fed()):
        fed = standard_input.read(quiet=quiet)
    message = "\n\n".join(part for part in (typed, fed) if part.strip())
    if not message:
        hint = 'chatcli send "…", or feed it on standard input: chatcli send < file'
        raise UsageError("there is no message to send", hint=hint)
    return message


def _readable(text: str) -> str:
    """Bytes of the command line that are not valid text become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

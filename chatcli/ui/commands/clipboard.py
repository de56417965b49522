"""Puts text on the clipboard: through the terminal where it can, else by a program."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable

from chatcli.core.text import encodable, for_terminal
from chatcli.errors import ChatcliError

LARGEST_OSC_52 = 74_994
"""Bytes before encoding; xterm and others cut off what is longer than 100,000 characters."""
PROGRAMS = (
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("pbcopy",),
    ("clip.exe",),
)


class ClipboardError(ChatcliError):
    """The clipboard cannot be reached."""


def copy(text: str, write: Callable[[str], None]) -> str:
    """Copy `text`; returns where it went, as a phrase. Raises ClipboardError.

    Control characters are copied as the signs that stand for them on the screen: pasted into a
    shell, ESC would end the terminal's bracketed paste, and CR would press Enter.

    `write` sends escape sequences to the terminal.

    OSC 52 is an escape sequence that asks the terminal itself, so it works over ssh. No
    terminal says whether it obeys; a local clipboard program is therefore called too.
    """
    data = encodable(for_terminal(text)).encode()
    program = _run_program(data)
    if len(data) <= LARGEST_OSC_52:
        write(_osc_52(data))
        return f"(by {program})" if program else "(by the terminal, if it allows it: OSC 52)"
    if not program:
        raise ClipboardError(
            f"{len(data):,} bytes are too much for the terminal's clipboard",
            hint="install wl-copy, xclip, xsel or pbcopy",
        )
    return f"(by {program})"


def _osc_52(data: bytes) -> str:
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if os.environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence


def _run_program(data: bytes) -> str:
    """The name of the program that took the text; empty if none did."""
    if os.environ.get("SSH_CONNECTION"):
        return ""  # over ssh, a program would reach the remote machine's clipboard
    for command in PROGRAMS:
        if shutil.which(command[0]) and _takes(command, data):
            return command[0]
    return ""


def _takes(command: tuple[str, ...], data: bytes) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - one of PROGRAMS
            command,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def code_blocks(text: str) -> list[str]:
    """The code blocks of a Markdown text, those in lists and quotations too, as plain code."""
    from chatcli.markdown.parser import parse_blocks

    tokens = (token for block in parse_blocks(text, {}).blocks for token in block.tokens)
    code = (token.content for token in tokens if token.type in {"fence", "code_block"})
    return [text.removesuffix("\n") + "\n" for text in code]

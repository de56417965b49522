"""Hints written for the shell, adapted to the chat."""

from __future__ import annotations

import re
from functools import cache

_VERB = re.compile(r"\bchatcli (\w+)( SESSION)?")
_FLAG = re.compile(r",? or use --[a-z-]+( [A-Z]+)?")
_SAID_ANYWAY = ("/continue", "/retry")


def in_the_chat(text: str) -> str:
    """`chatcli models` becomes `/models`, where the chat has such a command; flags are left out."""
    without = _FLAG.sub("", text)
    return _VERB.sub(lambda m: f"/{m[1]}" if m[1] in _commands() else m[0], without)


def labelled(hint: str) -> str:
    """`hint: …`; a usage line has a label of its own, and no hint has none."""
    return f"hint: {hint}" if hint and not hint.startswith("usage: ") else hint


def below_a_reply(hint: str) -> str:
    """A reply's hint without the commands that are named there anyway; may be empty."""
    parts = in_the_chat(hint).split("; ")
    return "; ".join(part for part in parts if not any(way in part for way in _SAID_ANYWAY))


@cache
def _commands() -> frozenset[str]:
    from chatcli.commands.catalogue import default_registry

    return frozenset(default_registry().names())

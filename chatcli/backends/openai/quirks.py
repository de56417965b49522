"""Quirks learned about a server, applied to the requests that it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

Body = dict[str, Any]
_OF_THE_SERVER = frozenset({"stream_options"})
"""Refused whatever the model; the other quirks belong to one model."""
_SWITCHES_THINKING = re.compile("think|reason|template", re.IGNORECASE)
"""Options that switch thinking: `enable_thinking`, `reasoning_effort`, `chat_template_kwargs`…"""


class Quirks(Protocol):
    """The store of what servers refuse and how they answer."""

    def known(self, endpoint: str) -> Mapping[str, str]:
        """What was learned about an endpoint (a base URL): quirk → value."""
        ...

    def learn(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember it."""
        ...

    def forget(self, endpoint: str, quirk: str) -> None:
        """Forget it: it does not hold (any more)."""
        ...


class ForgetfulQuirks:
    """Quirks kept for the life of this object only."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def known(self, endpoint: str) -> Mapping[str, str]:
        """What this object has learned about the endpoint."""
        return dict(self._known.get(endpoint, {}))

    def learn(self, endpoint: str, quirk: str, value: str) -> None:
        """Remember it until the program ends."""
        self._known.setdefault(endpoint, {})[quirk] = value

    def forget(self, endpoint: str, quirk: str) -> None:
        """Forget it."""
        self._known.get(endpoint, {}).pop(quirk, None)


def stored_name(quirk: str, model: str) -> str:
    """The name a quirk is remembered by: `stream_options`, or `temperature MODEL`."""
    return quirk if quirk in _OF_THE_SERVER else f"{quirk} {model}"


def unopened_reasoning(model: str, options: Mapping[str, object]) -> str:
    """The name under which it is remembered that replies only close their reasoning.

    Servers switch thinking on and off by options of the request, each by others: those that
    may do so are part of the name, so what was learned with it on says nothing about it off.
    """
    switches = {name: options[name] for name in sorted(options) if _SWITCHES_THINKING.search(name)}
    if not switches:
        return f"unopened_reasoning {model}"
    import json

    return f"unopened_reasoning {model} {json.dumps(switches, sort_keys=True, default=str)}"


def quirks_of(model: str, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Quirk and value of what was learned about a server, as far as it concerns `model`."""
    for name, value in known.items():
        quirk, _, of = name.partition(" ")
        if not of or of == model:
            yield quirk, value


def adapted(body: Body, quirk: str, value: str) -> Body:
    """The body as the server wants it; equal to `body` if nothing has to change.

    `Adaptation` has the table of quirks and values.
    """
    if value == "omit":
        return {name: body[name] for name in body if name != quirk}
    change = _CHANGES.get(quirk)
    if change is not None:
        return change(body)
    if quirk in body and value not in body:  # under another name
        return {(value if name == quirk else name): body[name] for name in body}
    return body


def _without_stream(body: Body) -> Body:
    return {**{k: body[k] for k in body if k != "stream_options"}, "stream": False}


def _without_developer_role(body: Body) -> Body:
    messages = [
        {**message, "role": "system"} if message["role"] == "developer" else message
        for message in body.get("messages", [])
    ]
    return {**body, "messages": messages} if "messages" in body else body


def _without_system_role(body: Body) -> Body:
    """The system message folded into the first user message."""
    messages = body.get("messages", [])
    if len(messages) < 2 or messages[0]["role"] != "system":  # noqa: PLR2004
        return body
    first, second, *rest = messages
    joined = f"{first['content']}\n\n{second['content']}"
    return {**body, "messages": [{**second, "content": joined}, *rest]}


_CHANGES: Mapping[str, Callable[[Body], Body]] = {
    "stream": _without_stream,
    "developer_role": _without_developer_role,
    "system_role": _without_system_role,
}


def quirk_notice(quirk: str, value: str, backend: str) -> str:
    """The sentence that tells the user what is sent differently."""
    done = {
        "omit": "it is left out",
        "false": "replies come in one piece",
        "user": "the system prompt goes with the first message",
    }.get(value, f"{value} is sent in its place")
    name = {"system_role": "system messages", "stream": "streaming"}.get(quirk, quirk)
    return f"{backend} does not accept {name}: {done} from now on"

"""Parameters and roles that a server refuses, read from its error, for one adapted resend."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from chatcli.backends.faults.details import ErrorDetails, read_body
from chatcli.backends.faults.overflow import is_overflow

OMIT = "omit"
_OPTIONAL = (
    *("stream_options", "temperature", "top_p", "presence_penalty", "frequency_penalty"),
    *("reasoning_effort", "stop"),
)
_NAME = r"(?<![a-z_]){}(?![a-z_])"
"""A parameter's name; its underscores may be missing: xAI writes reasoningEffort."""
_OTHER_NAME = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}
_REFUSAL = re.compile(
    r"unsupported|not support|n't support|unrecogni[sz]ed|unknown|unexpected|forbidden|"
    r"not (?:permitted|allowed|available|accepted)|extra (?:inputs|fields)|additional propert|"
    r"only the default|only \S+ is allowed|deprecated|cannot both|can't both|instead"
)
_DEVELOPER = re.compile(r"developer")
_SYSTEM = re.compile(
    r"system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not|isn't|un)\s?support|"
    r"(?:not |n't |un)support\w* (?:the )?'?\"?system\b|unexpected message role|"
    r"invalid value: 'system'|only user(?:,| and) assistant\b.{0,20} roles|"
    r"(?<!optional system message, )conversation roles must alternate|"
    r"developer instruction is not enabled"
)
_STREAMING = re.compile(
    r"verified to stream|(?:not |n't |un)support\w* (?:for )?stream|"
    r"stream(?:ing)?\W+(?:mode |is |are |true )*(?:not |isn't |un)(?:\w+ )?"
    r"(?:support|allow|permit|available)"
)
_REFUSALS = (400, 422)
_TEMPLATE_FAILED = 500  # a chat template that raises: llama.cpp


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What to send differently; `quirk` and `value` are what the store remembers.

    | quirk | value | means |
    | --- | --- | --- |
    | `stream_options`, `temperature`, `reasoning_effort`, `stop`… | `omit` | leave it out |
    | `max_tokens` | `max_completion_tokens` | send it under the other name |
    | `max_completion_tokens` | `max_tokens` | the same, the other way |
    | `developer_role` | `system` | send that role instead |
    | `system_role` | `user` | fold the system message into the first user message |
    | `stream` | `false` | ask for the reply in one piece |
    """

    quirk: str
    value: str


def adaptation_of(
    status: int, body: bytes, sent: Container[str] | None = None
) -> Adaptation | None:
    """The change that an error answer asks for, or None. Never raises.

    Only 400 and 422 count, and for roles 500 too. `sent` are the names of the parameters that
    were sent (None: any), for a server may name others, or several at once. The caller checks
    that the change makes a difference.
    """
    if status not in {*_REFUSALS, _TEMPLATE_FAILED}:
        return None
    details = read_body(body)
    if is_overflow(status, details):  # these name max_tokens, too
        return None
    if status in _REFUSALS:
        return _parameter(details, sent) or _role(details)
    return _role(details)


def _parameter(details: ErrorDetails, sent: Container[str] | None) -> Adaptation | None:
    words = details.words
    if _REFUSAL.search(words):
        named = _named(details, sent)
        if named in _OTHER_NAME:
            return Adaptation(named, _OTHER_NAME[named])
        if named:
            return Adaptation(named, OMIT)
    streams = details.param == "stream" or _STREAMING.search(words)
    return Adaptation("stream", "false") if streams else None


def _named(details: ErrorDetails, sent: Container[str] | None) -> str:
    """The parameter an error is about: what it says itself, else the first in its message."""
    known = [name for name in (*_OTHER_NAME, *_OPTIONAL) if sent is None or name in sent]
    if details.param:
        param = re.split(r"[.\[]", details.param.removeprefix("body."))[0]
        return param if param in known else ""
    words = details.words
    found = {name: re.search(_NAME.format(name.replace("_", "_?")), words) for name in known}
    places = {name: match.start() for name, match in found.items() if match}
    if {"temperature", "top_p"} <= places.keys() and "both" in words:
        return "top_p"
    return min(places, key=lambda name: places[name], default="")


def _role(details: ErrorDetails) -> Adaptation | None:
    words = details.words
    if _SYSTEM.search(words):
        return Adaptation("system_role", "user")
    if _DEVELOPER.search(words) and re.search(r"role|one of|input should be", words):
        return Adaptation("developer_role", "system")
    return None

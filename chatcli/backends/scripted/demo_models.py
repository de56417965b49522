"""The replies that a scripted backend has without any script."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chatcli.backends.scripted.script_file import DEFAULT_MODEL, ScriptedFault, ScriptedReply
from chatcli.core.model import Usage
from chatcli.core.ports import ChatRequest

LOREM = """\
# A long reply

Text with **bold**, *italic*, `code` and a [link](https://example.com), long enough that it has \
to be wrapped on most terminals, and followed by lists.

- a first item
- a second item
    1. with a numbered one inside
    2. and another
- wide characters: 你好 世界 · 🎉 · café

```python
def greet(name: str) -> str:
    \"\"\"Say hello.\"\"\"
    return f"Hello, {name}!"
```

| language | typing | since |
| --- | --- | ---: |
| Python | dynamic | 1991 |
| Rust | static | 2015 |

> A quotation, so that there is one.

The end.
"""


def demo_reply(request: ChatRequest, options: Mapping[str, object]) -> ScriptedReply | None:
    """The reply of a built-in model; None if `request.model` is not one."""
    make = DEMO_MODELS.get(request.model)
    return make(request, options) if make else None


def _echo(request: ChatRequest, _: Mapping[str, object]) -> ScriptedReply:
    count = len(request.messages)
    text = f"({count} message{'s' if count != 1 else ''}) {request.messages[-1].content}"
    words = sum(len(message.content.split()) for message in request.messages)
    return ScriptedReply(text=text, usage=Usage(words, len(text.split())))


def _lorem(_: ChatRequest, options: Mapping[str, object]) -> ScriptedReply:
    times = options.get("times")
    text = "\n".join([LOREM] * (times if isinstance(times, int) else 1))
    count = Usage(1, len(text.split()))
    return ScriptedReply(text=text, tokens_per_second=50, usage=count, reasoning="Lists and code.")


def _slow(_: ChatRequest, __: Mapping[str, object]) -> ScriptedReply:
    text = "This reply takes its time, as a large model on a small machine does."
    return ScriptedReply(text=text, first_token=5, tokens_per_second=2)


def _fail(_: ChatRequest, options: Mapping[str, object]) -> ScriptedReply:
    kind = str(options.get("kind", "server_error"))
    fault = ScriptedFault(kind, "this model always fails", "ask another model", after=10**9)
    text = options.get("text")
    return ScriptedReply(text=text if isinstance(text, str) else "", error=fault)


DEMO_MODELS: Mapping[str, Callable[[ChatRequest, Mapping[str, object]], ScriptedReply]] = {
    "echo": _echo,
    "lorem": _lorem,
    "slow": _slow,
    "fail": _fail,
    DEFAULT_MODEL: _echo,
}

"""Conversations as one text, for servers that only complete texts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from chatcli.backends.openai.request_body import BETWEEN, Body, orderly, request_body
from chatcli.core.ports import ChatRequest, StreamPart, TextPart
from chatcli.core.text import encodable

STOP = ("\nUser:",)
"""Where such a model would go on to write the user's next message itself."""
_LABELS = {"system": "System", "user": "User", "assistant": "Assistant"}


def completion_body(request: ChatRequest, options: Mapping[str, object]) -> Body:
    """The body for `/completions`: labelled blocks, a blank line between, `Assistant:` last.

    `stop` is set unless the user set it: the model does not know where its own turn ends.
    Raises BadRequestError as `request_body` does, or where there is nothing to send.
    """
    blocks = [f"{_LABELS[m.role]}: {encodable(m.content)}" for m in orderly(request.messages)]
    prompt = BETWEEN.join([*blocks, f"{_LABELS['assistant']}:"])
    return request_body(request, {"stop": list(STOP), **options}, {"prompt": prompt})


async def without_leading_space(
    parts: AsyncGenerator[StreamPart, None],
) -> AsyncGenerator[StreamPart, None]:
    """The parts, without the space that separates the text from `Assistant:`."""
    begun = False
    async with aclosing(parts):
        async for part in parts:
            if begun or not isinstance(part, TextPart):
                yield part
            elif text := part.text.lstrip():
                begun = True
                yield TextPart(text, part.tentative)

"""The answer to `GET /models`, in all the shapes that servers use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chatcli.backends.faults.endpoint import Endpoint
from chatcli.backends.faults.message import sentence_in
from chatcli.core.ports import ModelInfo
from chatcli.errors import BadResponseError

_LISTS = ("data", "models")
_IDS = ("id", "name", "model")
_SIZES = (
    "context_length",  # OpenRouter, xAI, Together
    "max_model_len",  # vLLM
    "context_window",  # Groq
    "max_context_length",  # Mistral, LM Studio
    "n_ctx",  # llama.cpp, inside `meta`
    "n_ctx_train",
)


def read_models(body: bytes, endpoint: Endpoint) -> list[ModelInfo]:
    """The models a server lists, in its order; an empty list where it has none.

    Raises BadResponseError: it is no list of models.
    """
    try:
        document = json.loads(body)
    except ValueError:
        raise _no_list(endpoint, body) from None
    if isinstance(document, dict):
        named = [name for name in _LISTS if name in document]
        if not named:
            raise _no_list(endpoint, body, document)
        document = document[named[0]]
    if document is None:  # Ollama without any model
        return []
    if not isinstance(document, list):
        raise _no_list(endpoint, body)
    return list(_models(document))


def _models(entries: list[Any]) -> Iterator[ModelInfo]:
    for entry in entries:
        if isinstance(entry, str):
            yield ModelInfo(entry)
        elif isinstance(entry, dict):
            named = next((entry[key] for key in _IDS if isinstance(entry.get(key), str)), "")
            if named:
                yield ModelInfo(named, _context_size(entry))


def _context_size(entry: dict[str, Any]) -> int | None:
    meta = entry.get("meta")
    for place in (entry, meta if isinstance(meta, dict) else {}):
        for key in _SIZES:
            size = place.get(key)
            if isinstance(size, int) and size > 0:
                return size
    return None


def _no_list(endpoint: Endpoint, body: bytes, document: object = None) -> BadResponseError:
    page = body.lstrip()[:1] == b"<"
    what = "a web page in place of" if page else "something that is not"
    words = endpoint.safe(sentence_in(document))
    return BadResponseError(
        f"{endpoint.address} answers with {what} a list of models{words and ': '}{words}",
        hint=f"check base_url in [backends.{endpoint.backend}], or name a model yourself",
    )

"""`/models` in every shape; use with `FaultServer.url_for`."""

from __future__ import annotations

from tests.fault_scenarios.registry import answers
from tests.fault_scenarios.shapes import HTML, LOGIN_PAGE

ENTRIES = [
    {"id": "beta", "object": "model", "context_length": 8192},
    {"id": "alpha", "object": "model", "max_model_len": 4096},
    {"id": "gamma", "object": "model", "meta": {"n_ctx_train": 2048}},
    {"id": "delta", "object": "model", "meta": None},
]

answers("models-dict", "Line 54: a dict with data.", 200, {"object": "list", "data": ENTRIES})
answers("models-list", "Line 54: a bare list.", 200, ENTRIES)
answers("models-null", "Line 54: data is null.", 200, {"object": "list", "data": None})
answers("models-html", "Line 54: a page.", 200, LOGIN_PAGE, HTML)
answers("models-404", "Line 54: not there.", 404, {"detail": "Not Found"})
answers("models-error", "Line 54: 200 with an error.", 200, {"error": "models are not for you"})
answers("models-strings", "Line 54: a list of names.", 200, {"models": ["beta", "alpha"]})
EMBEDDERS = [{"id": "nomic-embed-text:latest"}, {"id": "bge-m3:latest"}]
answers(
    "models-embedding-first",
    "Ollama with models that do not chat, and one that does.",
    200,
    {"object": "list", "data": [*EMBEDDERS, {"id": "chatty:latest"}]},
)
answers(
    "models-only-embedding",
    "Ollama with models that do not chat.",
    200,
    {"object": "list", "data": EMBEDDERS},
)

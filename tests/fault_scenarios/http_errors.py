"""Refusals by status: rate limits, quotas, faults, and error bodies of every shape."""

from __future__ import annotations

from http import HTTPStatus

from tests.fault_exchange import DONE, Exchange, stop
from tests.fault_scenarios.endings import WHOLE
from tests.fault_scenarios.registry import answers, scenario
from tests.fault_scenarios.shapes import HTML

JSON = {"Content-Type": "application/json"}
TOO_MANY = {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}
QUOTA = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}


@scenario("status")
async def status(exchange: Exchange) -> None:
    """Line 46: `status:CODE` with an OpenAI error body, each time."""
    code = int(exchange.argument)
    body = {"error": {"message": f"Scripted {code}", "type": "scripted", "code": None}}
    await exchange.answer(code, body)


@scenario("status-once")
async def status_once(exchange: Exchange) -> None:
    """Line 46: `status-once:CODE` the first time, then a reply."""
    if exchange.nth == 1:
        await status(exchange)
    else:
        await exchange.stream(*WHOLE, stop(), DONE)


@scenario("retry-after")
async def retry_after(exchange: Exchange) -> None:
    """Lines 43, 44: `retry-after:SECONDS` 429 with that header the first time, then a reply."""
    if exchange.nth == 1:
        await exchange.answer(429, TOO_MANY, {"Retry-After": exchange.argument or "5"})
    else:
        await exchange.stream(*WHOLE, stop(), DONE)


answers("no-quota", "Line 45: 429 insufficient_quota.", 429, QUOTA, {"Retry-After": "1"})
answers("no-credit", "Line 45: 402.", 402, {"error": {"message": "Insufficient Balance"}})
answers("body-string", "Line 47: the error is a string.", 400, {"error": "bad thing"})
answers(
    "body-detail",
    "Line 47: FastAPI's list of details.",
    422,
    {
        "detail": [{"loc": ["body", "top_p"], "msg": "Input should be a number", "type": "x"}],
    },
)
answers("body-detail-text", "Line 47: FastAPI's detail text.", 400, {"detail": "bad thing"})
answers(
    "body-gemini",
    "Line 47: Gemini's list.",
    400,
    [
        {"error": {"code": 400, "message": "Bad thing asked", "status": "INVALID_ARGUMENT"}},
    ],
)
answers(
    "body-xai",
    "Line 47: xAI's code and error.",
    400,
    {"code": "invalid-argument", "error": "bad thing"},
)
answers(
    "body-mistral",
    "Line 47: Mistral's message.detail.",
    422,
    {
        "object": "Error",
        "type": "invalid_request_error",
        "code": 3001,
        "message": {"detail": [{"loc": ["body"], "msg": "extra_forbidden thing"}]},
    },
)
answers(
    "body-vllm",
    "Line 47: vLLM's flat error.",
    400,
    {"object": "error", "message": "bad thing", "type": "BadRequestError", "code": 400},
)
answers(
    "body-html",
    "Line 47: a gateway's page.",
    502,
    "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
    HTML,
)
answers(
    "body-timeout-html",
    "A gateway that gave up (524).",
    524,
    "<html><head><title>A timeout occurred</title></head></html>",
    HTML,
)
answers("body-empty", "Line 47: no body.", 400, b"", JSON)
answers("body-null", "Line 47: null.", 400, b"null", JSON)
answers("body-truncated", "Line 47: JSON that ends early.", 400, b'{"error": {"mess', JSON)
answers(
    "body-escapes",
    "Line 28: escape sequences in an error body.",
    400,
    {"error": {"message": "bad \x1b]0;owned\x07 thing"}},
)


answers(
    "body-not-gzip",
    "Line 47: a 400 whose body cannot be unpacked.",
    400,
    b'{"error": "bad thing"}',
    {**JSON, "Content-Encoding": "gzip"},
)


@scenario("body-endless")
async def body_endless(exchange: Exchange) -> None:
    """A 503 whose page never ends."""
    await exchange.head(503, HTML)
    while not exchange.is_gone:
        await exchange.body(b"<p>busy</p>" * 10_000)


@scenario("body-stalls")
async def body_stalls(exchange: Exchange) -> None:
    """A 401 whose JSON body is followed by silence where its end should be."""
    await exchange.head(401, JSON)
    await exchange.body(b'{"error": {"message": "Scripted 401"}}')
    await exchange.client_gone()


@scenario("body-cut")
async def body_cut(exchange: Exchange) -> None:
    """A 401 whose body is cut after the part that tells something."""
    await exchange.head(401, JSON)
    await exchange.body(b'{"error": {"message": "Scripted 401"}}')
    exchange.close()


@scenario("unknown-model")
async def unknown_model(exchange: Exchange) -> None:
    """Line 46: 404, as a server says it does not know a model."""
    message = f"The model `{exchange.request.model}` does not exist"
    await exchange.answer(404, {"error": {"message": message, "code": "model_not_found"}})


@scenario("wrong-key")
async def wrong_key(exchange: Exchange) -> None:
    """Line 46: 401 that repeats the key it was given, as some servers do."""
    given = exchange.request.headers.get("authorization", "none")
    message = f"Incorrect API key provided: {given.removeprefix('Bearer ')}"
    await exchange.answer(401, {"error": {"message": message, "code": "invalid_api_key"}})


@scenario("needs-key")
async def needs_key(exchange: Exchange) -> None:
    """A reply for `needs-key:KEY` with that key, else 401."""
    if exchange.request.headers.get("authorization") == f"Bearer {exchange.argument}":
        await exchange.stream(*WHOLE, stop(), DONE)
    else:
        await wrong_key(exchange)


@scenario("redirect")
async def redirect(exchange: Exchange) -> None:
    """Line 55: `redirect:STATUS` (301) to another address."""
    code = HTTPStatus(int(exchange.argument or 301))
    await exchange.answer(code, b"", {"Location": "https://elsewhere.example/v1/chat/completions"})

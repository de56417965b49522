"""A conversation that is too long, in the words of each server."""

from __future__ import annotations

from tests.fault_exchange import Exchange
from tests.fault_scenarios.registry import scenario


def _openai(message: str, **more: object) -> object:
    return {"error": {"message": message, **more}}


OVERFLOWS: dict[str, tuple[int, object]] = {
    "openai": (400, _openai("Your input is too long", code="context_length_exceeded")),
    "vllm": (
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 4096 tokens. You requested 5000",
            "code": 400,
        },
    ),
    "xai": (
        400,
        {
            "code": "invalid-argument",
            "error": "This model's maximum prompt length is 131072 but there are 200000 tokens",
        },
    ),
    "gemini": (
        400,
        [
            _openai(
                "The input token count (200000) exceeds the maximum number of tokens allowed "
                "(131072).",
                status="INVALID_ARGUMENT",
            )
        ],
    ),
    "groq": (400, _openai("Please reduce the length of the messages or completion.")),
    "llamacpp": (
        400,
        _openai(
            "the request exceeds the available context size, try increasing it",
            type="exceed_context_size_error",
            n_prompt_tokens=5000,
            n_ctx=4096,
        ),
    ),
    "lmstudio": (
        400,
        {"error": "Trying to keep the first 5000 tokens when context the overflows."},
    ),
    "mistral": (
        400,
        {
            "object": "error",
            "message": "5000 tokens, too large for model with 4096 maximum context length",
        },
    ),
    "anthropic": (400, _openai("prompt is too long: 210000 tokens > 200000 maximum")),
    "bedrock": (400, {"message": "Input is too long for requested model."}),
    "copilot": (400, _openai("prompt token count of 5000 exceeds the limit of 4096")),
    "minimax": (400, _openai("invalid params, context window exceeds limit")),
    "openrouter": (
        400,
        _openai(
            "This endpoint's maximum context length is 4096 tokens. However, you requested "
            "about 5000 tokens (5000 of text input).",
            code=400,
        ),
    ),
    "openai-gpt-5": (
        400,
        _openai("Input tokens exceed the configured limit of 272000 tokens, which were 300000."),
    ),
    "openai-characters": (
        400,
        _openai("Invalid 'input': string too long. Expected a string with maximum length 9."),
    ),
    "litellm": (
        400,
        _openai("litellm.ContextWindowExceededError: AcmeException - no room", code="400"),
    ),
    "ollama": (400, _openai("prompt too long; exceeded max context length by 904 tokens")),
    "sglang": (
        400,
        {"message": "The input (5000 tokens) is longer than the model's context length (4096)."},
    ),
    "vllm-prompt": (
        400,
        _openai("The prompt (length 5000) is longer than the maximum model length of 4096."),
    ),
    "mlc": (400, {"error": "5000 tokens in total, larger than the model input length limit 4096."}),
    "mlx": (400, {"error": "Prompt length 5000 exceeds maximum context 4096"}),
    "tgi-inputs": (422, {"error": "`inputs` must have less than 4096 tokens. Given: 5000"}),
    "bedrock-nova": (400, {"message": "Too many input tokens. Max input tokens: 4096"}),
    "vertex": (
        400,
        _openai("the input token count is 5000 but model only supports up to 4096", code=400),
    ),
    "zai": (400, _openai("Prompt exceeds max length", code="1261")),
    "qwen": (400, _openai("Range of input length should be [1, 4096]")),
    "cohere": (400, {"message": "too many tokens: size limit exceeded by 904 tokens."}),
    "together": (403, _openai("too many tokens in the conversation")),
    "kimi": (400, _openai("Your request exceeded model token limit: 8192")),
    "tgi": (422, {"error": "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"}),
    "vllm-negative": (400, _openai("max_tokens must be at least 1, got -186.")),
    "cerebras": (413, b""),
}
"""Status and body, by server."""


@scenario("overflow")
async def overflow(exchange: Exchange) -> None:
    """Line 48: `overflow:SERVER` refuses a too long context in that server's words."""
    code, body = OVERFLOWS[exchange.argument or "openai"]
    await exchange.answer(code, body)

"""Well-known servers: address and key variable for whoever writes just `[backends.groq]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

OPENAI_NAME = "openai"
OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-5.4-mini"
"""Asked of the backend `openai` when nobody names a model: cheap, and without a shutdown date."""
EMBEDDED_MODEL = "smollm2-135m-instruct"
"""What the embedded engine calls the model that comes with it."""
SCRIPTED_MODEL = "script"
OLLAMA_PORT = 11434


class KnownBackend(NamedTuple):
    """What a backend of that name has unless the configuration says otherwise.

    Of several `key_variables` the first that is set counts.
    """

    base_url: str = ""
    key_variables: tuple[str, ...] = ()
    kind: str = "openai"


# Addresses and variables as the servers' own documentation gives them.
KNOWN_BACKENDS: Mapping[str, KnownBackend] = {
    OPENAI_NAME: KnownBackend(OPENAI_URL, ("OPENAI_API_KEY",)),
    "openrouter": KnownBackend("https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)),
    "groq": KnownBackend("https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
    "deepseek": KnownBackend("https://api.deepseek.com/v1", ("DEEPSEEK_API_KEY",)),
    "mistral": KnownBackend("https://api.mistral.ai/v1", ("MISTRAL_API_KEY",)),
    "gemini": KnownBackend(
        "https://generativelanguage.googleapis.com/v1beta/openai",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    ),
    "xai": KnownBackend("https://api.x.ai/v1", ("XAI_API_KEY",)),
    "together": KnownBackend("https://api.together.xyz/v1", ("TOGETHER_API_KEY",)),
    "cerebras": KnownBackend("https://api.cerebras.ai/v1", ("CEREBRAS_API_KEY",)),
    "fireworks": KnownBackend("https://api.fireworks.ai/inference/v1", ("FIREWORKS_API_KEY",)),
    "huggingface": KnownBackend("https://router.huggingface.co/v1", ("HF_TOKEN",)),
    "moonshot": KnownBackend("https://api.moonshot.ai/v1", ("MOONSHOT_API_KEY",)),
    "zai": KnownBackend("https://api.z.ai/api/paas/v4", ("ZAI_API_KEY",)),
    "azure": KnownBackend(key_variables=("AZURE_OPENAI_API_KEY",)),
    "ollama": KnownBackend(f"http://127.0.0.1:{OLLAMA_PORT}/v1", ("OLLAMA_API_KEY",)),
    "llamacpp": KnownBackend("http://127.0.0.1:8080/v1"),
    "lmstudio": KnownBackend("http://127.0.0.1:1234/v1"),
    "vllm": KnownBackend("http://127.0.0.1:8000/v1"),
    "litellm": KnownBackend("http://127.0.0.1:4000/v1", ("LITELLM_API_KEY",)),
    "local": KnownBackend(kind="local"),
    "scripted": KnownBackend(kind="scripted"),
}

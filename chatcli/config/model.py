"""Every configuration key with its type, default and one line of help, as frozen values.

The field names are the keys of `config.toml`; `config.example.toml` is made from this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chatcli.config.schema import key


@dataclass(frozen=True, slots=True)
class Limits:
    """`[limits]`; 0 means no limit."""

    max_sessions: int = key(20, "active sessions; one more ends the one idle for longest")
    max_turns_per_session: int = key(50, "turns (prompts and replies) per session")
    context_tokens: int = key(
        0, "how much history is sent with a message, in estimated tokens; all of it is kept"
    )
    parallel_replies: int = key(
        16, "replies that one process receives at the same time; others wait"
    )


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`[timeouts]`, in seconds; 0 means no limit."""

    connect: float = key(10.0, "for the connection to the server")
    first_token: float = key(
        300.0, "from the request to the first text; a server that loads a model may take minutes"
    )
    idle: float = key(
        120.0, "between two pieces of text; keep-alive signals from the server do not count"
    )
    end: float = key(
        10.0, "after the end of the text, for usage and [DONE]; also to read an error response"
    )
    total: float = key(0.0, "for a whole reply")
    session_wait: float = key(0.0, "for another process's reply in the same session")
    local_start: float = key(60.0, "for the embedded model to load")
    database: float = key(5.0, "for another program's lock on the database")

    def of_reply(self, seconds: float | None) -> float | None:
        """The shorter of a message's own limit and `total`; None where there is neither."""
        return min((limit for limit in (seconds, self.total) if limit), default=None)


@dataclass(frozen=True, slots=True)
class Retries:
    """`[retries]`: a request is retried only until the first text of its reply arrives."""

    max_retries: int = key(3, "further attempts after the first; 0 means none")
    max_wait: float = key(
        60.0, "longest pause before an attempt, in seconds; if the server asks for more, give up"
    )


@dataclass(frozen=True, slots=True)
class Repl:
    """`[repl]`: the interactive chat."""

    vi_mode: bool = key(default=False, help_text="vi key bindings in the prompt")
    theme: Literal["auto", "dark", "light", "none"] = key(
        "auto", "colours for a dark or light terminal, or none"
    )
    bell: bool = key(default=False, help_text="ring the bell when a reply in the background ends")
    notify: bool = key(default=False, help_text="send a desktop notification (OSC 9) when one ends")
    show_reasoning: bool = key(default=False, help_text="show the model's reasoning")
    links: bool = key(default=True, help_text="clickable links (OSC 8) in finished text")
    live_rows: int = key(
        8,
        "most rows for the unfinished end of a reply; never more than a third of the window",
        minimum=1,
    )
    unread_lines: int = key(200, "most unread lines printed when a session is opened", minimum=1)


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """`[backends.NAME]`: one server, the embedded model, or a script."""

    kind: Literal["openai", "local", "scripted"] = key(
        "openai", "an OpenAI-compatible server, the embedded model, or a script"
    )
    base_url: str = key(
        "",
        "the server's address up to /v1; not needed for a well-known name",
        form="url",
        secret=True,
    )
    api: Literal["chat", "completions"] = key(
        "chat", "the API to use; completions is for servers without chat completions"
    )
    api_key: str = key("", "the key itself; prefer one of the next three", secret=True)
    api_key_env: str = key(
        "", "NAME of the environment variable that holds the key", form="variable"
    )
    api_key_command: tuple[str, ...] = key(
        (),
        'command (no shell) that prints the key on its first line: ["pass", "show", "openai"]',
        form="command",
        secret=True,
    )
    api_key_keyring: str = key(
        "", "SERVICE:USER in the system keyring (pip install 'chatcli[keyring]')", form="keyring"
    )
    default_model: str = key("", "model to ask if none is named", form="line")
    headers: Mapping[str, str] = key(
        {}, "HTTP headers sent with every request", form="header", secret=True
    )
    query: Mapping[str, str] = key(
        {}, "query parameters of every request, e.g. api-version", form="line", secret=True
    )
    options: Mapping[str, object] = key(
        {}, "model parameters for all models of this backend, e.g. temperature = 0.2"
    )
    ca_file: str = key("", "CA certificates (PEM) to trust instead of the system's", form="path")
    proxy: str = key(
        "",
        'proxy URL; "none" ignores the proxy variables of the environment',
        form="proxy",
        secret=True,
    )
    model_file: str = key("", 'kind = "local": a GGUF file', form="path")
    context_size: int = key(4096, 'kind = "local": context size in tokens', minimum=256)
    threads: int = key(0, 'kind = "local": processor threads; 0 means automatic')
    script: str = key("", 'kind = "scripted": a TOML file of replies', form="path")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float = key(0.0, "for prompt tokens")
    output: float = key(0.0, "for reply tokens")


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """`[models.ALIAS]`: a name of your own for a model, with its settings."""

    model: str = key(
        "",
        "BACKEND/MODEL or another alias; required",
        form="line",
        example="openai/gpt-5.4-mini",
    )
    fallbacks: tuple[str, ...] = key(
        (), "models to try, in this order, if it cannot answer", form="line"
    )
    options: Mapping[str, object] = key({}, "model parameters, e.g. temperature = 0.2")
    context_tokens: int = key(0, "overrides limits.context_tokens for this model")
    price: Price | None = key(
        None,
        "US dollars per million tokens, if the server does not report the cost",
        example={"input": 0.25, "output": 2.0},
    )


@dataclass(frozen=True, slots=True)
class RoleConfig:
    """`[roles.NAME]`: a system prompt with a name, for `--role NAME`."""

    system: str = key("", "the system prompt", example="You review code. Be brief.")
    model: str = key("", "model for sessions with this role; empty means the default", form="line")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model reference made definite: which backend is asked for which model.

    `fallbacks` are tried in order when this one cannot answer; they have none of their own.
    `options` are the aliases' alone; a backend adds its own under them.
    """

    backend: str
    model: str
    options: Mapping[str, object] = field(default_factory=dict)
    context_tokens: int = 0
    price: Price | None = None
    fallbacks: tuple[ModelChoice, ...] = ()

    @property
    def name(self) -> str:
        """BACKEND/MODEL."""
        return f"{self.backend}/{self.model}"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured."""

    model: str = key(
        "",
        "model for new sessions: BACKEND/MODEL, an alias, or a model of the first backend",
        form="line",
    )
    limits: Limits = key(Limits(), "0 means no limit")
    timeouts: Timeouts = key(Timeouts(), "in seconds; 0 means no limit")
    retries: Retries = key(
        Retries(), "a request is retried only until the first text of its reply arrives"
    )
    repl: Repl = key(Repl(), "the interactive chat")
    backends: Mapping[str, BackendConfig] = key({}, "the servers; the first is the default")
    models: Mapping[str, ModelAlias] = key({}, "names of your own for models")
    roles: Mapping[str, RoleConfig] = key({}, "system prompts with a name")

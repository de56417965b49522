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

    max_sessions: int = key(20, "active sessions; one more ends the one that is idle longest")
    max_turns_per_session: int = key(50, "turns (prompts and replies) of one session")
    context_tokens: int = key(
        0, "of a session's history at most so many (estimated) tokens are sent; all is kept"
    )
    parallel_replies: int = key(
        16, "replies of one process that are written at the same time; others wait"
    )


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`[timeouts]`, in seconds; 0 means no limit."""

    connect: float = key(10.0, "to reach the server")
    first_token: float = key(
        300.0, "from the request to the first text; servers that load a model take minutes"
    )
    idle: float = key(
        120.0, "between two pieces of text, whatever signs of life the server sends meanwhile"
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
    """`[retries]`: a request is sent again only while no text of the reply has come."""

    max_retries: int = key(3, "further attempts after the first; 0: none")
    max_wait: float = key(
        60.0, "seconds before an attempt; a server that asks for more is not asked again"
    )


@dataclass(frozen=True, slots=True)
class Repl:
    """`[repl]`: the interactive chat."""

    vi_mode: bool = key(default=False, help_text="the keys of vi in the prompt")
    theme: Literal["auto", "dark", "light", "none"] = key(
        "auto", "colours for a dark or light terminal, or none"
    )
    bell: bool = key(default=False, help_text="ring when a reply in the background ends")
    notify: bool = key(
        default=False, help_text="send a desktop notice (OSC 9) when a reply in the background ends"
    )
    show_reasoning: bool = key(
        default=False, help_text="show what a model thinks before it answers"
    )
    links: bool = key(default=True, help_text="clickable links (OSC 8) in finished text")
    live_rows: int = key(
        8, "rows for the unfinished end of a reply, at most a third of the window", minimum=1
    )
    unread_lines: int = key(
        200, "more unread lines than this are cut when a session is opened", minimum=1
    )


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """`[backends.NAME]`: one server, the embedded model, or a script."""

    kind: Literal["openai", "local", "scripted"] = key(
        "openai", "a server that speaks OpenAI's protocol, the embedded model, or a script"
    )
    base_url: str = key(
        "",
        "the server's address up to /v1; well-known names have it already (see above)",
        form="url",
        secret=True,
    )
    api: Literal["chat", "completions"] = key(
        "chat", "what the server offers; completions: it only goes on with a text"
    )
    api_key: str = key("", "the key itself; better one of the next three", secret=True)
    api_key_env: str = key(
        "", "the NAME of the environment variable that holds the key", form="variable"
    )
    api_key_command: tuple[str, ...] = key(
        (),
        'a program that prints the key on its first line: ["pass", "show", "openai"]; no shell',
        form="command",
        secret=True,
    )
    api_key_keyring: str = key(
        "", "SERVICE:USER in the system's keyring (pip install 'chatcli[keyring]')", form="keyring"
    )
    default_model: str = key("", "the model where none is named", form="line")
    headers: Mapping[str, str] = key({}, "sent with every request", form="header", secret=True)
    query: Mapping[str, str] = key(
        {}, "added to every address, e.g. api-version", form="line", secret=True
    )
    options: Mapping[str, object] = key(
        {}, "model parameters for every model of this backend, e.g. temperature = 0.2"
    )
    ca_file: str = key("", "certificates to trust instead of the system's (PEM)", form="path")
    proxy: str = key(
        "",
        'a proxy\'s URL; "none": no proxy, whatever the environment says',
        form="proxy",
        secret=True,
    )
    model_file: str = key("", 'kind = "local": a GGUF file', form="path")
    context_size: int = key(
        4096, 'kind = "local": tokens that the model reads at once', minimum=256
    )
    threads: int = key(0, 'kind = "local": processor threads; 0 chooses')
    script: str = key("", 'kind = "scripted": a TOML file of replies', form="path")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float = key(0.0, "for the prompt's tokens")
    output: float = key(0.0, "for the reply's tokens")


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """`[models.ALIAS]`: a name of your own for a model, with its settings."""

    model: str = key(
        "",
        "BACKEND/MODEL, or another alias; must be given",
        form="line",
        example="openai/gpt-5.4-mini",
    )
    fallbacks: tuple[str, ...] = key((), "asked in this order when it cannot answer", form="line")
    options: Mapping[str, object] = key({}, "model parameters, e.g. temperature = 0.2")
    context_tokens: int = key(0, "takes the place of limits.context_tokens for this model")
    price: Price | None = key(
        None,
        "US dollars for a million tokens, where the server does not tell the cost",
        example={"input": 0.25, "output": 2.0},
    )


@dataclass(frozen=True, slots=True)
class RoleConfig:
    """`[roles.NAME]`: a system prompt with a name, for `--role NAME`."""

    system: str = key("", "the system prompt", example="You review code. Be brief.")
    model: str = key("", "the model of a session with this role; empty: the default", form="line")


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
        "the model of new sessions: BACKEND/MODEL, an alias, or a model of the first backend",
        form="line",
    )
    limits: Limits = key(Limits(), "0 means no limit")
    timeouts: Timeouts = key(Timeouts(), "in seconds; 0 means no limit")
    retries: Retries = key(
        Retries(), "a request is sent again only while no text of the reply has come"
    )
    repl: Repl = key(Repl(), "the interactive chat")
    backends: Mapping[str, BackendConfig] = key({}, "the servers, the first one is the default")
    models: Mapping[str, ModelAlias] = key({}, "names of your own for models")
    roles: Mapping[str, RoleConfig] = key({}, "system prompts with a name")

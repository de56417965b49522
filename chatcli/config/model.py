"""Every configuration key with its type and default, as frozen values.

The field names are the keys of `config.toml`; `config.example.toml` is held to them by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """`[limits]`; 0 means no limit."""

    max_sessions: int = 20
    max_turns_per_session: int = 50
    context_tokens: int = 0
    """At most so many (estimated) tokens of history are sent; the store keeps all."""
    parallel_replies: int = 16
    """Replies of one process that may be written at the same time; others wait."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`[timeouts]`, in seconds; 0 means no limit."""

    connect: float = 10.0
    first_token: float = 300.0
    """From the request to the first text; servers that load a model take minutes."""
    idle: float = 120.0
    """Between two pieces of text, whatever keep-alive signs the server sends."""
    total: float = 0.0
    session_wait: float = 0.0
    """For another process's reply in the same session."""
    local_start: float = 60.0
    """For the embedded model to load."""


@dataclass(frozen=True, slots=True)
class Retries:
    """`[retries]`: only before any text has come."""

    max_retries: int = 3
    max_wait: float = 60.0
    """Seconds; a server that asks for more gets none."""


@dataclass(frozen=True, slots=True)
class Repl:
    """`[repl]`: the interactive chat."""

    vi_mode: bool = False
    theme: Literal["auto", "dark", "light", "none"] = "auto"
    bell: bool = False
    """Ring when a reply in the background ends."""
    notify: bool = False
    """Send a desktop notice (OSC 9) when a reply in the background ends."""
    show_reasoning: bool = False
    links: bool = True
    """Clickable links (OSC 8) in finished text."""
    rewraps: Literal["auto", "yes", "no"] = "auto"
    """Whether the terminal re-wraps lines when its width changes."""
    live_rows: int = 8
    """Rows for the unfinished end of a reply, at most a third of the window."""
    unread_lines: int = 200
    """More unread lines than this are cut when a session is opened."""


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """`[backends.NAME]`: one server, the embedded engine, or a script."""

    kind: Literal["openai", "local", "scripted"] = "openai"
    base_url: str = ""
    api: Literal["chat", "completions"] = "chat"
    api_key: str = field(default="", repr=False)
    api_key_env: str = ""
    api_key_command: tuple[str, ...] = ()
    api_key_keyring: str = ""
    """SERVICE:USER in the system's keyring (extra `keyring`)."""
    default_model: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    """Model parameters for every model of this backend."""
    ca_file: str = ""
    proxy: str = ""
    """URL of a proxy for this backend; "none": no proxy, whatever the environment says."""
    model_file: str = ""
    """kind = "local": a GGUF file."""
    context_size: int = 4096
    """kind = "local": tokens."""
    threads: int = 0
    """kind = "local": 0 chooses."""
    script: str = ""
    """kind = "scripted": a TOML file of replies."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float = 0.0
    output: float = 0.0


@dataclass(frozen=True, slots=True)
class ModelAlias:
    """`[models.ALIAS]`: a name of the user's own for a model."""

    model: str = ""
    fallbacks: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    context_tokens: int = 0
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class RoleConfig:
    """`[roles.NAME]`: a system prompt with a name."""

    system: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model reference made definite: which backend is asked for which model.

    `fallbacks` are tried in order when this one cannot answer.
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

    model: str = ""
    limits: Limits = Limits()
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()
    repl: Repl = Repl()
    backends: Mapping[str, BackendConfig] = field(default_factory=dict)
    models: Mapping[str, ModelAlias] = field(default_factory=dict)
    roles: Mapping[str, RoleConfig] = field(default_factory=dict)

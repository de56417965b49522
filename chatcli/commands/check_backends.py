"""Checks of the servers: reachable, key accepted, model known, what was learned about them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatcli.backends.openai.address import read_address
from chatcli.commands.findings import Finding, Verdict, note, ok
from chatcli.commands.wording import count
from chatcli.config.model import BackendConfig, ModelChoice
from chatcli.core.ports import ModelInfo
from chatcli.errors import (
    BackendError,
    BackendSetupError,
    ConfigError,
    UnknownModelError,
)
from chatcli.manager.models import with_known_backends

if TYPE_CHECKING:
    from chatcli.manager import SessionManager


async def servers(manager: SessionManager, *, forget: bool = False) -> list[Finding]:
    """The default model, then each configured backend; asks every server for its models.

    `forget`: first forget what was learned about the servers.
    """
    try:
        choice = await asyncio.to_thread(manager.choose_model, "")
    except ConfigError as error:
        return [Finding.of("model", error)]
    offers = await manager.models()
    known = with_known_backends(manager.config).backends  # a discovered backend has such a name
    findings = [_default_model(choice, offers.get(choice.backend))]
    for name, offer in offers.items():
        config = known.get(name, BackendConfig())
        findings.append(_server(name, config, offer))
        findings.extend(await asyncio.to_thread(_quirks, manager, name, config, forget=forget))
    return findings


def _default_model(
    choice: ModelChoice, offer: Sequence[ModelInfo] | BackendError | None
) -> Finding:
    known = [] if offer is None or isinstance(offer, BackendError) else [m.id for m in offer]
    if known and choice.model not in known:
        advice = f"chatcli models lists the {count(len(known), 'model')} on offer"
        return note("model", f"{choice.name} is not in the server's list of models", advice)
    return ok("model", choice.name)


def _server(name: str, config: BackendConfig, offer: Sequence[ModelInfo] | BackendError) -> Finding:
    subject = f"backend {name}"
    about = f"{_address(name, config)}{_key(name, config)}"
    if isinstance(offer, UnknownModelError):
        message = f"{about}: it does not list its models, so nothing else could be tested"
        return note(subject, message, "send a message to test it")
    if isinstance(offer, BackendError):
        return Finding(
            subject, Verdict.FAULT, f"{about}: {offer.message}", offer.hint, offer.exit_code
        )
    return ok(subject, f"{about}: answers, {count(len(offer), 'model')}")


def _address(name: str, config: BackendConfig) -> str:
    if config.kind != "openai":
        return {"local": "embedded engine", "scripted": "script"}[config.kind]
    try:
        return read_address(config.base_url, name).shown
    except BackendSetupError:
        return "no usable base_url"


def _key(name: str, config: BackendConfig) -> str:
    """Where the key comes from; never the key."""
    from chatcli.config.keys import key_source

    if config.kind != "openai":
        return ""
    source = key_source(name, config)
    if source:
        return f", key from {source}"
    return f", no key: ${config.api_key_env} is not set" if config.api_key_env else ", no key"


def _quirks(
    manager: SessionManager, name: str, config: BackendConfig, *, forget: bool
) -> list[Finding]:
    """What was learned about a server, in one finding or none; `forget`: it is forgotten now."""
    url = _memory_key(name, config)
    known = manager.store.quirks(url) if url else {}
    if not known:
        return []
    listed = ", ".join(f"{quirk} = {value}" for quirk, value in sorted(known.items()))
    if not forget:
        advice = "if it changed: chatcli doctor --forget"
        return [note(f"backend {name}", f"learned about this server: {listed}", advice)]
    for quirk in known:
        manager.store.forget_quirk(url, quirk)
    return [ok(f"backend {name}", f"forgotten about this server: {listed}")]


def _memory_key(name: str, config: BackendConfig) -> str:
    """The address under which a server's quirks are remembered; "" for none."""
    try:
        return read_address(config.base_url, name).memory_key if config.kind == "openai" else ""
    except BackendSetupError:
        return ""

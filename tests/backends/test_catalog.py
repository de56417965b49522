"""From the configuration to the backends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chatcli.backends.catalog import Catalog
from chatcli.backends.local.backend import LocalBackend
from chatcli.backends.openai.backend import OpenAIBackend
from chatcli.backends.openai.quirks import ForgetfulQuirks
from chatcli.backends.scripted.backend import ScriptedBackend
from chatcli.config import BackendConfig, Config
from chatcli.core.ports import ChatRequest, Message, TextPart
from chatcli.errors import ConfigError
from tests.fault_server import FaultServer


def catalog(folder: Path, **backends: BackendConfig) -> Catalog:
    return Catalog(Config(backends=backends), quirks=ForgetfulQuirks(), data_folder=folder)


def test_each_kind_has_its_class(tmp_path: Path) -> None:
    found = catalog(
        tmp_path,
        server=BackendConfig(base_url="http://127.0.0.1:9/v1"),
        engine=BackendConfig(kind="local"),
        demo=BackendConfig(kind="scripted"),
    )
    assert isinstance(found.get("server"), OpenAIBackend)
    assert isinstance(found.get("engine"), LocalBackend)
    assert isinstance(found.get("demo"), ScriptedBackend)
    assert found.get("demo") is found.get("demo")
    assert [found.get(name).name for name in ("server", "engine", "demo")] == [
        "server",
        "engine",
        "demo",
    ]
    asyncio.run(found.close())


def test_an_unknown_backend_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no backend 'serve'") as caught:
        catalog(tmp_path, server=BackendConfig()).get("serve")
    assert "server" in caught.value.hint


@pytest.mark.parametrize(
    "written", ["{key}\n", '"{key}"', "  {key}  ", "'{key}'\n", "Bearer {key}"]
)
def test_the_configured_key_is_cleaned_and_sent(
    tmp_path: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    key = "sk-test-0123456789abcdefghij"
    monkeypatch.setenv("TEST_KEY", written.format(key=key))
    config = BackendConfig(base_url=server.base_url, api_key_env="TEST_KEY")

    async def work() -> str:
        found = catalog(tmp_path, test=config)
        request = ChatRequest(f"needs-key:{key}", (Message("user", "Hi"),))
        parts = [part async for part in found.get("test").stream(request)]
        await found.close()
        return "".join(part.text for part in parts if isinstance(part, TextPart))

    assert asyncio.run(work()) == "Hello world"

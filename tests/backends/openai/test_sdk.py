"""The openai package loads with a fifth of its modules, and is whole when that is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COUNT = "sum(name.split('.')[0] == 'openai' for name in sys.modules)"
LOAD = "import sys; from chatcli.backends.openai.sdk import load_openai; load_openai(); "


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_client_is_made_with_few_modules() -> None:
    code = "import openai; openai.AsyncOpenAI(api_key='x', base_url='http://x'); "
    assert int(python(f"{LOAD}{code}print({COUNT})")) < 60


def test_a_whole_request_needs_few_modules() -> None:
    code = """
import asyncio
from tests.backends.openai_case import ask
from tests.fault_server import FaultServer
with FaultServer() as server:
    assert ask(server.base_url, "ok").text == "Hello world"
    assert ask(server.base_url, "status:404").error
"""
    assert int(python(f"import sys{code}print({COUNT})")) < 60


def test_every_name_still_resolves() -> None:
    code = """
import openai, openai.types
assert openai.types.Batch.__name__ == "Batch"
from openai.types.chat import ChatCompletion
from openai import AsyncAzureOpenAI, OpenAI
from openai._client import AsyncOpenAI
assert openai.AsyncOpenAI is AsyncOpenAI
assert issubclass(openai.NotFoundError, openai.APIStatusError)
assert openai.OpenAI(api_key="x").chat.completions
from openai import *
print(openai.__version__)
"""
    assert python(f"{LOAD}{code}").split(".")[0] == "3"


def test_an_unknown_name_is_still_an_error() -> None:
    code = """
import openai
try: openai.no_such_name
except AttributeError: print("missing")
"""
    assert python(f"{LOAD}{code}") == "missing"


def test_an_earlier_import_is_left_alone() -> None:
    code = "import openai; whole = dict(vars(openai)); "
    assert python(f"{code}{LOAD}print(whole == vars(openai))") == "True"


def test_any_surprise_leads_to_the_plain_import() -> None:
    code = """
import sys
from chatcli.backends.openai import sdk as openai_import
openai_import.HOMES["Vanished"] = "openai._no_such_module"
openai_import.load_openai()
import openai
print(type(openai).__name__, openai.AsyncOpenAI.__name__, openai.AsyncAzureOpenAI.__name__)
"""
    assert python(code) == "module AsyncOpenAI AsyncAzureOpenAI"


def test_threads_may_load_it_at_the_same_time() -> None:
    code = """
import threading
from chatcli.backends.openai.sdk import load_openai
threads = [threading.Thread(target=load_openai) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
import openai
print(openai.AsyncOpenAI.__name__)
"""
    assert python(code) == "AsyncOpenAI"


def test_garbage_collection_is_on_again_afterwards() -> None:
    assert python(f"{LOAD}import gc; print(gc.isenabled())") == "True"


def test_other_packages_plugins_stay_out(tmp_path: Path) -> None:
    metadata = tmp_path / "spy-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: spy\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pydantic]\nspy = spy:plugin\n")
    (tmp_path / "spy.py").write_text(
        "class plugin:\n    def new_schema_validator(*a, **k):\n        return (None,) * 3\n"
    )
    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    tell = "import os; print('spy' in sys.modules, 'PYDANTIC_DISABLE_PLUGINS' in os.environ)"
    assert python(f"{path}{LOAD}{tell}") == "False False"
    plain = "import pydantic; pydantic.create_model('Any'); "
    assert python(f"{path}{plain}{tell}") == "True False"

"""Lazy packages: their own names still resolve, and a plain import takes over from a failed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LOAD = "import sys; from chatcli.core.lazy_packages import import_lazily; "


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A package whose `__init__` says that it runs, and one that only works with it."""
    lazy = tmp_path / "lazy"
    lazy.mkdir()
    (lazy / "__init__.py").write_text("print('init')\nfrom lazy.first import one\ntwo = 2\n")
    (lazy / "first.py").write_text("one = 1\n")
    picky = tmp_path / "picky"
    picky.mkdir()
    (picky / "__init__.py").write_text("from picky.second import ready\n")
    (picky / "second.py").write_text("from picky.third import x\nready = True\n")
    (picky / "third.py").write_text("import picky.second\nx = picky.second.missing\n")
    return tmp_path


def python(packages: Path, code: str) -> list[str]:
    """What the code prints, in an interpreter of its own."""
    command = [sys.executable, "-c", f"{LOAD}sys.path.insert(0, {str(packages)!r}); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_submodule_is_imported_without_the_package(packages: Path) -> None:
    code = "import_lazily('lazy.first', {'lazy'}); import lazy; print(lazy.first.one)"
    assert python(packages, code) == ["1"]


def test_a_name_with_a_known_home_comes_from_there(packages: Path) -> None:
    code = "import_lazily('lazy', {'lazy'}, {'one': 'lazy.first'}); import lazy; print(lazy.one)"
    assert python(packages, code) == ["1"]


def test_another_name_runs_the_package_once(packages: Path) -> None:
    code = "import_lazily('lazy', {'lazy'}); import lazy; print(lazy.two, lazy.two)"
    assert python(packages, code) == ["init", "2", "2"]


def test_an_unknown_home_leads_to_the_plain_import(packages: Path) -> None:
    code = "import_lazily('lazy', {'lazy'}, {'one': 'lazy.gone'}); import lazy; print(lazy.one)"
    assert python(packages, code) == ["init", "1"]


def test_what_fails_either_way_is_raised(packages: Path) -> None:
    code = """
try: import_lazily('picky.second', {'picky'})
except AttributeError as error: print('raised')
"""
    assert python(packages, code) == ["raised"]


def test_prompt_toolkit_is_loaded_without_its_dialogs() -> None:
    code = """
import_lazily('prompt_toolkit.application', {'prompt_toolkit'})
import chatcli.ui.live.interactive
print('prompt_toolkit.shortcuts.dialogs' in sys.modules)
from prompt_toolkit import PromptSession, __version__
print(PromptSession.__name__)
"""
    assert python(Path.cwd(), code) == ["False", "PromptSession"]

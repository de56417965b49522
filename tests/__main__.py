"""`python3 -m tests`: install what the checks need into .venv, then run all of them.

Arguments go to pytest. Needs Python 3.11 with venv and pip, nothing else; `CHATCLI_VENV` names
another folder for the environment. Where something that some tests need can't be had, as
without npm, those tests are skipped; with `CI=true` only the lack of npm is excused.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests import extras

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CHATCLI_VENV", ROOT / ".venv")).absolute()
BIN = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = ["--constraint", "tests/constraints.txt"]
SIDE_BY_SIDE = ("--numprocesses", "2")
"""Most tests wait for processes and screens; two at a time take half as long."""
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)


def run(*command: str | Path) -> None:
    """Run one step and stop at the first that fails, with its exit code."""
    print("$", *command, flush=True)
    code = subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def main() -> None:
    """Environment, static checks, tests."""
    if not PYTHON.exists():
        venv.create(FOLDER, with_pip=True)
    install = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "--upgrade", "pip>=25.1")
    run(*install, *CONSTRAINTS, "--editable", ".[local]", "--group", "dev")
    for reason in extras.install(PYTHON):
        print(reason, flush=True)
    for name, *rest in CHECKS:
        run(BIN / name, *rest)
    run(PYTHON, "-m", "pytest", *(sys.argv[1:] or SIDE_BY_SIDE))


if __name__ == "__main__":
    main()

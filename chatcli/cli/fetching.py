"""Fetches the embedded model, its progress on standard error."""

from __future__ import annotations

from chatcli.backends.local.fetch import Stage
from chatcli.backends.local.model import SetupResult, setup
from chatcli.config.paths import data_folder
from chatcli.output.notes import print_note
from chatcli.output.progress import ProgressLine


def fetch_model() -> SetupResult:
    """Run the setup with its progress on standard error; raises LocalEngineError."""
    steps = {
        Stage.WAIT: "waiting: another process is downloading the model",
        Stage.DOWNLOAD: "downloading the model",
        Stage.EXTRACT: "unpacking the model",
        Stage.CHECK: "checking the model",
    }
    line = ProgressLine()
    try:
        return setup(data_folder(), lambda done, total, stage: line.show(steps[stage], done, total))
    except KeyboardInterrupt:
        line.close()
        print_note("stopped; nothing of the model was kept")
        raise
    finally:
        line.close()

"""The configuration: typed, frozen, from defaults, file, environment and flags."""

from chatcli.config.model import (
    BackendConfig as BackendConfig,
    Config as Config,
    Limits as Limits,
    ModelAlias as ModelAlias,
    ModelChoice as ModelChoice,
)

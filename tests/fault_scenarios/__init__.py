"""Every scenario of the fault server by name; each module holds one kind of misbehaviour."""

from __future__ import annotations

from tests.fault_scenarios import (
    endings as endings,
    http_errors as http_errors,
    models_list as models_list,
    overflows as overflows,
    reasoning as reasoning,
    refusals as refusals,
    shapes as shapes,
    stream_errors as stream_errors,
    timing as timing,
    transports as transports,
    usage_reports as usage_reports,
)
from tests.fault_scenarios.registry import SCENARIOS as SCENARIOS, Scenario as Scenario

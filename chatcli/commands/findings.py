"""What a check of the installation found, and how `doctor` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatcli.commands.registry import Block, Column, Outcome, Table
from chatcli.core.text import one_line
from chatcli.errors import ChatcliError, ExitCode

WORST_FIRST = (ExitCode.USAGE, ExitCode.REFUSED, ExitCode.TRY_AGAIN, ExitCode.UNEXPECTED)
"""Faults to correct by hand come before those that may pass by themselves."""


class Verdict(StrEnum):
    """How a check went; a note is worth knowing but needs no correction."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `advice` says what to do; `exit_code` counts for a fault."""

    subject: str
    verdict: Verdict
    message: str
    advice: str = ""
    exit_code: ExitCode = ExitCode.OK

    @classmethod
    def of(cls, subject: str, error: ChatcliError) -> Finding:
        """The finding for an exception."""
        return cls(subject, Verdict.FAULT, error.message, error.hint, error.exit_code)


def ok(subject: str, message: str) -> Finding:
    """The finding for something in order."""
    return Finding(subject, Verdict.OK, message)


def note(subject: str, message: str, advice: str = "") -> Finding:
    """The finding for something worth knowing."""
    return Finding(subject, Verdict.NOTE, message, advice)


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """All findings as a table, what to do below it, and the exit code of the worst."""
    rows = tuple((f.verdict.value, one_line(f.subject), one_line(f.message)) for f in findings)
    blocks: list[Block] = [Table((Column(""), Column("check"), Column("found")), rows)]
    advised = [f for f in findings if f.advice]
    if advised:
        steps = tuple((one_line(f.subject), one_line(f.advice)) for f in advised)
        blocks.append(Table((Column(""), Column("")), steps, title="What to do"))
    return Outcome(tuple(blocks), [_object(f) for f in findings], exit_code=worst(findings))


def worst(findings: Sequence[Finding]) -> int:
    """The exit code of all findings together; 0 where there is no fault."""
    codes = {f.exit_code for f in findings if f.verdict is Verdict.FAULT}
    known = (code for code in WORST_FIRST if code in codes)
    return next(known, ExitCode.UNEXPECTED if codes else ExitCode.OK)


def _object(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.subject,
        "status": finding.verdict.value,
        "message": finding.message,
        "hint": finding.advice,
    }

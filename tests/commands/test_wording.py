import pytest

from chatcli.commands.findings import Finding, Verdict, note, ok, worst
from chatcli.commands.wording import age, count, dollars, number_text, seconds_text
from chatcli.errors import ExitCode


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400 * 45, "1 month ago"),
        (86400 * 800, "2 years ago"),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    assert age(seconds) == words


def test_figures_and_what_is_not_known() -> None:
    assert [seconds_text(s) for s in (None, 0.423, 12.4, 185)] == [
        "unknown",
        "0.42 s",
        "12 s",
        "3 min 5 s",
    ]
    assert [dollars(d) for d in (None, 0.0, 0.00012, 12.5)] == [
        *("unknown", "$0.0000", "$0.0001", "$12.50"),
    ]
    assert [dollars(d) for d in (0.25, 0.00002, 1e-9)] == ["$0.2500", "$0.00002", "$0.000000001"]
    assert [number_text(n) for n in (None, 0, 1234567)] == ["unknown", "0", "1,234,567"]
    assert [count(n, "turn") for n in (0, 1, 2)] == ["0 turns", "1 turn", "2 turns"]


def test_the_worst_finding_gives_the_exit_code() -> None:
    def fault(code: ExitCode) -> Finding:
        return Finding("check", Verdict.FAULT, "wrong", "mend it", code)

    usage, refused, later = map(fault, (ExitCode.USAGE, ExitCode.REFUSED, ExitCode.TRY_AGAIN))
    assert worst([ok("a", "fine"), note("b", "odd")]) == 0
    assert worst([later, refused]) == 3
    assert worst([later, refused, usage]) == 2
    assert worst([ok("a", "fine"), later]) == 75

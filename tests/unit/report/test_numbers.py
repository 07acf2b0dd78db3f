"""A night in numbers: what each says, that the page tells all of them, and that none of them is anybody's."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from offboarding.model import FindingState, ReadStatus, RunKind, Severity
from offboarding.report.numbers import NUMBERS, numbers
from offboarding.store.reading.night_states import TicketTotals, Waiting
from offboarding.store.reading.nights import Night
from tests.support.source_tree import PROJECT
from tests.unit.report.test_night import AS_OF, AWS, HR, RUN, finding, told

SECONDS = {"hr": 1.5, "aws": 61.25}


def counted(night: Night) -> dict[str, float]:
    return dict(numbers(night, SECONDS, events=85))


@pytest.fixture
def night() -> Night:
    """It ended after a quarter of an hour."""
    late, old = AS_OF - timedelta(hours=1), AS_OF - timedelta(days=3)
    found = (
        finding(severity=Severity.CRITICAL, due_at=late, first_seen_at=old),
        finding(severity=Severity.HIGH, due_at=AS_OF + timedelta(hours=1), first_seen_at=late),
        finding(severity=Severity.HIGH, due_at=None, first_seen_at=AS_OF),
        finding(severity=Severity.LOW, state=FindingState.HELD, due_at=late),
        finding(severity=Severity.LOW, state=FindingState.UNVERIFIED, due_at=late, first_seen_at=old - timedelta(1)),
    )
    return told(
        findings=found,
        run=replace(RUN, started_at=AS_OF, finished_at=AS_OF + timedelta(minutes=15)),
        rosters=(HR,),
        parts=(AWS, replace(AWS, part="222222222222", status=ReadStatus.FAILED)),
        held=Waiting(baseline=4, over_maximum=1),
        tickets=TicketTotals(undelivered=2, open=7, unheard=1, untold={"secops": 2}),
    )


def test_what_a_night_is_in_numbers(night: Night) -> None:
    assert counted(night) == {
        "findings.open.critical": 1,
        "findings.open.high": 2,
        "findings.open.medium": 0,
        "findings.open.low": 0,
        "findings.unverified": 1,
        "findings.waiting": 5,
        "findings.overdue": 1,
        "findings.oldest_seconds": 3 * 24 * 3600,
        "tickets.open": 7,
        "tickets.untold": 2,
        "alerts.untold": 1,
        "record.events": 85,
        "night.ended_at": (AS_OF + timedelta(minutes=15)).timestamp(),
        "night.seconds": 900,
        "night.red_reasons": 4,
        "reads.incomplete": 1,
        "reads.seconds.hr": 1.5,
        "reads.seconds.aws": 61.25,
    }


def test_what_has_closed_is_nought_and_not_gone(night: Night) -> None:
    """A gauge that isn't told again keeps its last value for ever."""
    numbers = counted(replace(night, findings=(), unverified=()))

    assert {numbers[name] for name in numbers if name.startswith("findings.") and "waiting" not in name} == {0}


@pytest.mark.parametrize("kind", [RunKind.VERIFY, RunKind.DEPARTURE, RunKind.RELEASE])
def test_of_what_is_no_night_what_stands_is_told_alone(night: Night, kind: RunKind) -> None:
    names = counted(replace(night, run=replace(night.run, kind=kind)))

    assert {name.split(".")[0] for name in names} == {"findings", "tickets", "alerts", "record"}


def test_a_night_that_has_not_ended_has_no_end(night: Night) -> None:
    assert "night.ended_at" not in counted(replace(night, run=replace(night.run, finished_at=None)))


def plain(name: str) -> str:
    return re.sub(r"(?<=open\.)\w+$", "SEVERITY", re.sub(r"(?<=seconds\.).+", "NAME", name))


def test_all_are_listed_and_the_page_tells_them_in_the_same_words(night: Night) -> None:
    page = (PROJECT / "docs/operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `offboarding\.([\w.]+)` \| (.*) \|$", page, re.MULTILINE)

    assert {plain(name) for name in counted(night)} == set(NUMBERS)
    assert rows == list(NUMBERS.items())

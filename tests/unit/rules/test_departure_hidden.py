"""departure-hidden: HR says both, that somebody left and that they work here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offboarding.model import Basis, Case, Finding, HiddenCase, HiddenDeparture, Joined, Severity, SubjectKind
from offboarding.rules._unconfirmed import RECORD_GONE_STEPS
from offboarding.rules.departure_hidden import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.on_forms import misfits

PERSON = "0c5d2f4e-0000-5000-8000-000000001042"
ENDED = HiddenDeparture(
    worker="hr:E1042",
    departure=cases.departure(),
    here_worker="hr:7777",
    here_roster="hr",
    here_told="active since 2015-01-01",
    joined_by=Joined.MAIL_AND_LOGIN,
)
LATER = timedelta(days=1)


def hidden(*departures: HiddenDeparture) -> HiddenCase:
    return HiddenCase(person_uid=PERSON, worker_id="E1042", episode=1, departures=departures or (ENDED,))


def said(case: Case) -> list[Finding]:
    return list(RULE.evaluate(case, cases.AS_OF))


FLAGGED = {
    "a further record of the same roster": (ENDED, Severity.HIGH),
    "one with the number in another form": (replace(ENDED, joined_by=Joined.NUMBER), Severity.HIGH),
    "a record of another roster": (replace(ENDED, here_roster="contractors"), Severity.MEDIUM),
    "several employments of one record": (
        replace(ENDED, here_worker="hr:E1042", joined_by=Joined.RECORD),
        Severity.MEDIUM,
    ),
    "an employment that began on no day": (replace(ENDED, here_told="active"), Severity.HIGH),
    "somebody who vanished, and isn't confirmed": (
        replace(ENDED, departure=cases.unconfirmed(Basis.INFERRED)),
        Severity.HIGH,
    ),
}


@pytest.mark.parametrize(("departure", "severity"), FLAGGED.values(), ids=FLAGGED)
def test_flags_the_person_alone(departure: HiddenDeparture, severity: Severity) -> None:
    (found,) = said(hidden(departure))

    assert (found.subject.kind, found.subject.native_id, found.realm) == (SubjectKind.WORKER, PERSON, "")
    assert found.severity is severity
    assert departure.here_told in " ".join(found.evidence)
    assert "departure deny hr:E1042" in " ".join(written_out(found.revoke))
    assert misfits(found.revoke) == []


def test_of_somebody_whose_only_record_is_gone_while_they_are_away_it_asks_for_the_record() -> None:
    gone = replace(ENDED, departure=cases.unconfirmed(Basis.INFERRED), here_worker="hr:E1042", joined_by=Joined.RECORD)

    (found,) = said(hidden(replace(gone, here_told="suspended since 2015-01-01")))

    assert found.severity is Severity.MEDIUM
    assert found.revoke == RECORD_GONE_STEPS


def test_several_are_one_finding() -> None:
    earlier = replace(ENDED, worker="vendor:v7", departure=replace(ENDED.departure, told="status left, end 2024-01-31"))

    (found,) = said(hidden(ENDED, earlier))

    assert len(set(found.evidence)) == len(found.evidence)
    assert any("2024-01-31" in sentence for sentence in found.evidence)


def test_the_subject_outlives_a_change_of_hrs_number() -> None:
    (before,), (after,) = said(hidden()), said(replace(hidden(), worker_id="E9999"))

    assert before.subject.native_id == after.subject.native_id


SILENT = {
    "a leaver": cases.leaver(cases.linked(cases.directory_account())),
    "a departure to be confirmed": cases.leaver(departure=cases.unconfirmed(Basis.INFERRED)),
    "an account that nobody claims": cases.orphans(1),
}
NOT_YET = replace(ENDED, departure=replace(ENDED.departure, certain_at=cases.AS_OF + LATER))


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT)
def test_is_silent(case: Case) -> None:
    assert said(case) == []


def test_where_the_zone_is_unknown_it_waits_until_the_day_has_ended_everywhere() -> None:
    assert said(hidden(NOT_YET)) == []
    assert len(said(hidden(NOT_YET, ENDED))) == 1
    assert len(list(RULE.evaluate(hidden(NOT_YET), cases.AS_OF + LATER))) == 1

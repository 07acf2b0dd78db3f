"""engagement-lapsed and departure-inferred: what waits for somebody's word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offboarding.model import Basis, LeaverCase, Severity, Standing, SubjectKind
from offboarding.rules import Rule, departure_inferred, engagement_lapsed
from offboarding.tickets.remedies import written_out
from tests.support import cases

RULES = pytest.mark.parametrize(
    ("rule", "basis"),
    [
        pytest.param(engagement_lapsed.RULE, Basis.PLANNED, id="planned"),
        pytest.param(departure_inferred.RULE, Basis.INFERRED, id="inferred"),
    ],
)


def waiting(basis: Basis) -> LeaverCase:
    return cases.leaver(cases.linked(cases.directory_account()), departure=cases.unconfirmed(basis))


@RULES
def test_flags_the_person_alone(rule: Rule, basis: Basis) -> None:
    (found,) = rule.evaluate(waiting(basis), cases.AS_OF)

    assert (found.subject.kind, found.subject.label, found.realm) == (SubjectKind.WORKER, "worker E1042", "")
    assert (found.severity, found.standing) == (Severity.MEDIUM, Standing.WORKS)
    assert not any(cases.DN in sentence for sentence in (*found.evidence, *written_out(found.revoke)))


@RULES
def test_flags_somebody_without_accounts(rule: Rule, basis: Basis) -> None:
    assert len(list(rule.evaluate(replace(waiting(basis), accounts=()), cases.AS_OF))) == 1


@RULES
def test_the_subject_outlives_a_change_of_hrs_number(rule: Rule, basis: Basis) -> None:
    (before,) = rule.evaluate(waiting(basis), cases.AS_OF)
    (after,) = rule.evaluate(replace(waiting(basis), worker_id="E9999"), cases.AS_OF)

    assert before.subject.native_id == after.subject.native_id == waiting(basis).person_uid


@RULES
def test_is_silent(rule: Rule, basis: Basis) -> None:
    case = waiting(basis)
    others = [other for other in Basis if other is not basis]
    silent = [
        replace(case, returned=True),
        replace(case, departure=cases.departure(basis=basis, confirmed=True)),
        replace(case, departure=replace(case.departure, certain_at=cases.AS_OF + timedelta(minutes=1))),
        *(waiting(other) for other in others),
        cases.orphans(1),
    ]

    assert [list(rule.evaluate(one, cases.AS_OF)) for one in silent] == [[] for _ in silent]


@RULES
def test_what_nobody_read_of_their_accounts_changes_nothing(rule: Rule, basis: Basis) -> None:
    unread = replace(waiting(basis), accounts=(cases.linked(cases.directory_account(), fresh=False),))

    assert list(rule.evaluate(unread, cases.AS_OF)) == list(rule.evaluate(waiting(basis), cases.AS_OF))

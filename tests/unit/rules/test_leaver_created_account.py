from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import (
    Account,
    Basis,
    Effect,
    LeaverCase,
    LinkDecision,
    Relation,
    Severity,
    Standing,
    SubjectKind,
)
from offboarding.rules.leaver_created_account import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

MAKER = "uid=jdoe,ou=people,dc=corp,dc=example"
USER = cases.iam_user(created_by=MAKER)
KEY = cases.credential(SubjectKind.ACCESS_KEY, USER)


def made(**changes: Any) -> Account:
    return cases.directory_account(
        **({"native_id": "made", "label": "uid=relay,dc=corp,dc=example", "created_by": MAKER} | changes)
    )


def case_of(account: Account, *credentials: Any, returned: bool = False, **changes: Any) -> LeaverCase:
    linked = cases.linked(account, *credentials, relation=Relation.CREATED, evidence=("an account of theirs made it",))
    return cases.leaver(replace(linked, **changes), returned=returned)


@pytest.mark.parametrize(
    ("case", "severity"),
    [
        pytest.param(case_of(made()), Severity.MEDIUM, id="a login"),
        pytest.param(case_of(made(created_at=None)), Severity.MEDIUM, id="made nobody knows when"),
        pytest.param(case_of(made(created_at=cases.LEFT_AT)), Severity.MEDIUM, id="made in the last second"),
        pytest.param(case_of(made(privileged=None)), Severity.MEDIUM, id="privilege not checked"),
        pytest.param(case_of(made(privileged=True)), Severity.HIGH, id="privileged"),
        pytest.param(case_of(made(created_at=cases.AFTER)), Severity.HIGH, id="made after the departure"),
        pytest.param(case_of(USER, KEY), Severity.MEDIUM, id="a key of an IAM user"),
        pytest.param(case_of(USER, replace(KEY, effect=Effect.CONTAINED)), Severity.LOW, id="contained"),
        pytest.param(
            case_of(made(standing=Standing.DEAD), cases.credential(SubjectKind.SSH_KEY, made())),
            Severity.MEDIUM,
            id="locked, and its SSH key works",
        ),
    ],
)
def test_flags_the_account_once(case: LeaverCase, severity: Severity) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.relation) == (Standing.WORKS, severity, Relation.CREATED)
    assert (found.subject.kind, found.subject.native_id) == (
        SubjectKind.ACCOUNT,
        case.accounts[0].account.native_id,
    )


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(made(), active_owner=True), id="held by somebody active"),
        pytest.param(case_of(made(standing=Standing.DEAD)), id="dead"),
        pytest.param(case_of(USER, replace(KEY, standing=Standing.DEAD, can_reactivate=True)), id="key inactive"),
        pytest.param(case_of(made(), relation=Relation.IS), id="their own"),
        pytest.param(case_of(made(), relation=Relation.OWNS), id="owned"),
        pytest.param(case_of(made(), decision=LinkDecision.CANDIDATE), id="not linked"),
        pytest.param(case_of(made(), returned=True), id="came back"),
        pytest.param(replace(case_of(made()), departure=cases.unconfirmed(Basis.PLANNED)), id="planned end"),
        pytest.param(cases.orphans(1), id="orphans"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(made(), fresh=False), id="login not seen"),
        pytest.param(case_of(made(standing=Standing.UNKNOWN)), id="login not told"),
        pytest.param(case_of(USER, cases.seen(KEY, fresh=False)), id="key not seen"),
    ],
)
def test_says_unknown(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_says_who_made_it_and_when() -> None:
    (found,) = RULE.evaluate(case_of(made()), cases.AS_OF)
    (late,) = RULE.evaluate(case_of(made(created_at=cases.AFTER)), cases.AS_OF)

    assert found.evidence[0] == f"It was made on 2026-10-24 15:00 UTC by an account of theirs ({MAKER})."
    assert late.evidence[0].endswith(", after the departure: it may be a back door.")
    assert found.evidence[-1] == "Nobody who works here is known to hold it."


def test_asks_for_somebody_who_works_here_and_never_calls_it_the_leaver_s() -> None:
    (found,) = RULE.evaluate(case_of(made()), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "link confirm corp-ldap made WORKER" in steps
    assert "link reject" not in steps
    assert "pwdAccountLockedTime: 000001010000Z" in steps


def test_where_a_trail_says_who_made_it_its_event_is_the_evidence() -> None:
    user = cases.iam_user(created_at=cases.AFTER)
    recorded = "made it on 2026-11-20 09:30 UTC: iam:CreateUser as arn:aws:iam::111111111111:user/jdoe, event 5c3e6c66"
    key = cases.credential(SubjectKind.ACCESS_KEY, user)

    (found,) = RULE.evaluate(case_of(user, key, evidence=(recorded,)), cases.AS_OF)

    assert found.severity is Severity.HIGH
    assert found.evidence[0] == f"They {recorded}."
    assert found.evidence[1].endswith(", after the departure: it may be a back door.")

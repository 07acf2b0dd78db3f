from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import (
    Account,
    Basis,
    Departure,
    Effect,
    LeaverCase,
    Relation,
    Severity,
    Standing,
    SubjectKind,
    TicketKind,
)
from offboarding.rules.used_after_departure import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

USER = cases.iam_user()
MINUTE = timedelta(minutes=1)


def entry(**changes: Any) -> LeaverCase:
    return cases.leaver(cases.linked(cases.directory_account(**changes)))


def of_kind(kind: SubjectKind) -> LeaverCase:
    return cases.leaver(cases.linked(USER, cases.credential(kind, USER, last_used_at=cases.AFTER)))


def with_key(account: Account = USER, **changes: Any) -> LeaverCase:
    usual = {"last_used_at": cases.AFTER, "last_used_service": "s3", "last_used_region": "ap-northeast-2"}
    return cases.leaver(cases.linked(account, cases.credential(SubjectKind.ACCESS_KEY, account, **(usual | changes))))


@pytest.mark.parametrize(
    ("case", "kind", "standing"),
    [
        pytest.param(entry(last_used_at=cases.AFTER), SubjectKind.ACCOUNT, Standing.WORKS, id="a login"),
        pytest.param(
            entry(last_used_at=cases.AFTER, standing=Standing.DEAD),
            SubjectKind.ACCOUNT,
            Standing.DEAD,
            id="a login that is dead now",
        ),
        pytest.param(
            entry(last_used_at=cases.LEFT_AT + MINUTE), SubjectKind.ACCOUNT, Standing.WORKS, id="a minute after"
        ),
        pytest.param(with_key(), SubjectKind.ACCESS_KEY, Standing.WORKS, id="a key"),
        pytest.param(
            with_key(standing=Standing.DEAD, can_reactivate=True),
            SubjectKind.ACCESS_KEY,
            Standing.DEAD,
            id="a key that is inactive now",
        ),
        pytest.param(with_key(effect=Effect.CONTAINED), SubjectKind.ACCESS_KEY, Standing.WORKS, id="a contained key"),
        pytest.param(of_kind(SubjectKind.CERTIFICATE), SubjectKind.CERTIFICATE, Standing.WORKS, id="a certificate"),
        pytest.param(
            of_kind(SubjectKind.SERVICE_CREDENTIAL), SubjectKind.SERVICE_CREDENTIAL, Standing.WORKS, id="an API key"
        ),
        pytest.param(
            with_key(standing=Standing.UNKNOWN), SubjectKind.ACCESS_KEY, Standing.UNKNOWN, id="a key not told"
        ),
    ],
)
def test_flags_a_use_whatever_works_now(case: LeaverCase, kind: SubjectKind, standing: Standing) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.severity, found.standing, found.subject.kind) == (Severity.CRITICAL, standing, kind)
    assert found.used_after_departure is True
    assert RULE.ticket is TicketKind.EVENT


@pytest.mark.parametrize(
    ("basis", "severity"),
    [
        (Basis.ACTUAL, Severity.CRITICAL),
        (Basis.NOTICE, Severity.CRITICAL),
        (Basis.INFERRED, Severity.HIGH),
        (Basis.PLANNED, Severity.HIGH),
    ],
)
def test_is_critical_by_hrs_or_a_persons_word_only(basis: Basis, severity: Severity) -> None:
    case = cases.leaver(*with_key().accounts, departure=cases.departure(basis=basis))

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.severity is severity


def zone_unknown() -> Departure:
    return cases.departure(certain_at=cases.LEFT_AT + timedelta(hours=20), zone="Asia/Seoul")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(entry(last_used_at=cases.BEFORE), id="before"),
        pytest.param(entry(last_used_at=cases.OWN_DAY), id="on the own day"),
        pytest.param(entry(last_used_at=cases.LEFT_AT), id="at the very end of it"),
        pytest.param(entry(), id="no use known"),
        pytest.param(entry(last_used_at=cases.AFTER, last_used_exact=False), id="a stamp that may move by itself"),
        pytest.param(with_key(last_used_at=None), id="never used key"),
        pytest.param(
            cases.leaver(*with_key(last_used_at=cases.LEFT_AT + timedelta(hours=6)).accounts, departure=zone_unknown()),
            id="while it may still have been the day where they were",
        ),
        pytest.param(cases.leaver(*with_key().accounts, departure=cases.unconfirmed(Basis.PLANNED)), id="planned end"),
        pytest.param(cases.leaver(*with_key().accounts, departure=cases.unconfirmed(Basis.INFERRED)), id="vanished"),
        pytest.param(cases.leaver(*with_key().accounts, returned=True), id="came back"),
        pytest.param(
            cases.leaver(cases.linked(cases.directory_account(last_used_at=cases.AFTER), relation=Relation.OWNS)),
            id="a workload they own",
        ),
        pytest.param(
            cases.leaver(cases.linked(cases.directory_account(last_used_at=cases.AFTER), relation=Relation.CREATED)),
            id="an account they made",
        ),
        pytest.param(cases.leaver(cases.linked(cases.root_account(last_used_at=cases.AFTER))), id="a root user"),
        pytest.param(
            cases.leaver(cases.linked(cases.iam_user(last_used_at=cases.AFTER))), id="an IAM user is its credentials"
        ),
    ],
)
def test_is_silent(case: LeaverCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


def test_an_older_reads_use_is_a_use_of_something_not_checked() -> None:
    key = cases.credential(SubjectKind.ACCESS_KEY, USER, last_used_at=cases.AFTER)
    case = cases.leaver(cases.linked(USER, cases.seen(key, fresh=False)))

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_says_when_and_by_what_and_how_long_after() -> None:
    (found,) = RULE.evaluate(with_key(), cases.AS_OF)

    assert "Last used 2026-11-23 02:00 UTC by s3 in ap-northeast-2, 9 days after the departure." in found.evidence


def test_keeps_the_traces_before_it_shuts_and_asks_for_a_verdict() -> None:
    (found,) = RULE.evaluate(with_key(), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert steps.index("aws cloudtrail lookup-events") < steps.index("--status Inactive")
    assert "verdict KEY" in written_out(found.revoke)[-1]


def test_shuts_nothing_that_is_dead() -> None:
    (found,) = RULE.evaluate(with_key(standing=Standing.DEAD), cases.AS_OF)

    assert "update-access-key" not in "\n".join(written_out(found.revoke))

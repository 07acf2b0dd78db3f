from datetime import timedelta
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
from offboarding.rules.leaver_certificate import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

ENTRY = cases.directory_account()
USER = cases.iam_user()
ENDS = cases.AS_OF + timedelta(days=90)
BESIDE = "Its account is shut, which ends no certificate"


def case_of(account: Account = ENTRY, **changes: Any) -> LeaverCase:
    usual = {"native_id": "ab12", "label": "certificate 1F by Corp CA", "expires_at": ENDS}
    return cases.leaver(cases.linked(account, cases.credential(SubjectKind.CERTIFICATE, account, **(usual | changes))))


@pytest.mark.parametrize(
    ("case", "severity"),
    [
        pytest.param(case_of(), Severity.HIGH, id="on an entry"),
        pytest.param(case_of(cases.directory_account(standing=Standing.DEAD)), Severity.HIGH, id="on a disabled one"),
        pytest.param(case_of(USER), Severity.HIGH, id="a signing certificate"),
        pytest.param(case_of(USER, effect=Effect.CONTAINED), Severity.MEDIUM, id="contained"),
        pytest.param(case_of(expires_at=None), Severity.HIGH, id="whose end isn't told"),
    ],
)
def test_flags_what_has_not_ended(case: LeaverCase, severity: Severity) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity) == (Standing.WORKS, severity)
    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.CERTIFICATE, "ab12")
    assert found.subject.account_native_id == case.accounts[0].account.native_id


def test_says_when_it_ends() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    assert "It expires on 2027-02-22 16:30 UTC." in found.evidence


@pytest.mark.parametrize(
    ("account", "fresh", "said"),
    [
        pytest.param(cases.directory_account(standing=Standing.DEAD), True, True, id="seen shut"),
        pytest.param(cases.directory_account(standing=Standing.DEAD), False, False, id="shut when last seen"),
        pytest.param(ENTRY, True, False, id="open"),
        pytest.param(USER, True, False, id="an IAM user has no login to shut"),
    ],
)
def test_says_that_a_shut_account_ends_no_certificate(account: Account, fresh: bool, said: bool) -> None:
    held = cases.linked(account, cases.credential(SubjectKind.CERTIFICATE, account), fresh=fresh)

    (found,) = RULE.evaluate(cases.leaver(held), cases.AS_OF)

    assert any(sentence.startswith(BESIDE) for sentence in found.evidence) is said


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(standing=Standing.DEAD), id="expired"),
        pytest.param(case_of(USER, standing=Standing.DEAD, can_reactivate=True), id="inactive"),
        pytest.param(cases.leaver(cases.linked(ENTRY)), id="none"),
        pytest.param(cases.leaver(*case_of().accounts, returned=True), id="came back"),
        pytest.param(cases.leaver(*case_of().accounts, departure=cases.unconfirmed(Basis.PLANNED)), id="planned end"),
        pytest.param(
            cases.leaver(
                cases.linked(ENTRY, *case_of().accounts[0].credentials, relation=Relation.CREATED),
                cases.linked(ENTRY, *case_of().accounts[0].credentials, relation=Relation.OWNS),
                cases.linked(ENTRY, *case_of().accounts[0].credentials, decision=LinkDecision.DISPUTED),
            ),
            id="not their own for certain",
        ),
        pytest.param(cases.orphans(1), id="orphans"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize("standing", list(Standing))
def test_says_unknown_of_what_this_run_has_not_seen(standing: Standing) -> None:
    stale = cases.seen(cases.credential(SubjectKind.CERTIFICATE, ENTRY, standing=standing), fresh=False)

    (found,) = RULE.evaluate(cases.leaver(cases.linked(ENTRY, stale)), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_has_the_issuer_revoke_it_and_takes_it_off_the_entry() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "Have its issuer revoke certificate 1F by Corp CA" in steps
    assert "colons aside, is ab12" in steps
    assert "link reject corp-ldap" in steps

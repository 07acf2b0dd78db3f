from typing import Any

import pytest

from offboarding.model import Account, Basis, Credential, LeaverCase, Relation, Severity, Standing, SubjectKind
from offboarding.rules.leaver_owned_service_account import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

DIRECTORY = cases.directory_account(login="svc-build", service_like=True, password_set_at=cases.BEFORE)
ROTATED = cases.directory_account(login="svc-build", service_like=True, password_set_at=cases.AFTER)
UNDATED = cases.directory_account(login="svc-build", service_like=True)
USER = cases.iam_user(login="svc-build", service_like=True)


def key(native_id: str = "AKIA1", **changes: Any) -> Credential:
    return cases.credential(SubjectKind.ACCESS_KEY, USER, native_id=native_id, label=native_id, **changes)


OLD, NEW = key(), key("AKIA2", created_at=cases.AFTER)


def owned(account: Account, *credentials: Any, active_owner: bool, **changes: Any) -> LeaverCase:
    holder = cases.linked(account, *credentials, relation=Relation.OWNS, active_owner=active_owner, **changes)
    return cases.leaver(holder)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(owned(DIRECTORY, active_owner=False), id="no owner, old password"),
        pytest.param(owned(ROTATED, active_owner=False), id="no owner, new password"),
        pytest.param(owned(DIRECTORY, active_owner=True), id="owner, old password"),
        pytest.param(owned(UNDATED, active_owner=False), id="no owner, password of unknown age"),
        pytest.param(owned(USER, OLD, active_owner=True), id="owner, old key"),
        pytest.param(owned(USER, OLD, NEW, active_owner=True), id="owner, a new key beside the old"),
        pytest.param(owned(USER, NEW, active_owner=False), id="no owner, new key"),
        pytest.param(owned(cases.iam_user(standing=Standing.WORKS), active_owner=False), id="a way in nobody lists"),
        pytest.param(
            owned(ROTATED, cases.credential(SubjectKind.SSH_KEY, ROTATED), active_owner=True), id="owner, old SSH key"
        ),
    ],
)
def test_flags_until_an_owner_and_new_secrets(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.relation) == (Standing.WORKS, Severity.HIGH, Relation.OWNS)
    assert found.subject.kind is SubjectKind.ACCOUNT
    assert found.subject.native_id == case.accounts[0].account.native_id


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(owned(ROTATED, active_owner=True), id="owner and new password"),
        pytest.param(owned(USER, NEW, active_owner=True), id="owner and new key"),
        pytest.param(owned(USER, key(standing=Standing.DEAD), NEW, active_owner=True), id="the old key is off"),
        pytest.param(
            owned(cases.directory_account(standing=Standing.DEAD), active_owner=False), id="dead, so nothing is left"
        ),
        pytest.param(owned(USER, key(standing=Standing.DEAD), active_owner=False), id="only a dead key"),
        pytest.param(cases.leaver(cases.linked(DIRECTORY)), id="their own account"),
        pytest.param(
            cases.leaver(*owned(DIRECTORY, active_owner=False).accounts, departure=cases.unconfirmed(Basis.PLANNED)),
            id="only planned to leave",
        ),
        pytest.param(cases.leaver(*owned(DIRECTORY, active_owner=False).accounts, returned=True), id="came back"),
    ],
)
def test_is_silent(case: LeaverCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(owned(UNDATED, active_owner=True), id="owner, password of unknown age"),
        pytest.param(owned(USER, key(created_at=None), active_owner=True), id="owner, key of unknown age"),
        pytest.param(owned(USER, key(standing=Standing.UNKNOWN), active_owner=True), id="owner, old key, not told"),
        pytest.param(owned(DIRECTORY, active_owner=False, fresh=False), id="no owner, not seen"),
        pytest.param(owned(USER, cases.seen(OLD, fresh=False), active_owner=False), id="no owner, key not seen"),
    ],
)
def test_says_unknown(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_says_what_is_wanting() -> None:
    (found,) = RULE.evaluate(owned(USER, OLD, active_owner=False), cases.AS_OF)

    assert "Nobody who works here is known to own it." in found.evidence
    assert any(
        sentence.startswith("The secret of AKIA1 dates from 2026-10-24 15:00 UTC") for sentence in found.evidence
    )


def test_asks_for_an_owner_and_a_new_secret_rather_than_an_end() -> None:
    (found,) = RULE.evaluate(owned(USER, OLD, active_owner=False), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "Find a new owner" in steps
    assert steps.index("aws iam create-access-key") < steps.index("--status Inactive")
    assert found.warning.startswith("It's a workload's")
    assert found.is_workload

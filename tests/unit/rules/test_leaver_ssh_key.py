"""A leaver's SSH key on somebody else's account, or a shared one; on their own it's one of the credentials."""

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import Basis, Effect, KeyElsewhere, LeaverCase, Severity, Standing, SubjectKind
from offboarding.rules.leaver_ssh_key import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

ELSEWHERE = cases.key_elsewhere()


def case_of(elsewhere: KeyElsewhere = ELSEWHERE, **changes: Any) -> LeaverCase:
    return cases.leaver(keys_elsewhere=(elsewhere,), **changes)


def with_key(*, fresh: bool = True, **changes: Any) -> KeyElsewhere:
    return replace(ELSEWHERE, key=cases.seen(replace(ELSEWHERE.key.credential, **changes), fresh=fresh))


@pytest.mark.parametrize(
    ("elsewhere", "severity"),
    [
        pytest.param(ELSEWHERE, Severity.HIGH, id="a shared account"),
        pytest.param(replace(ELSEWHERE, active_holder=True), Severity.HIGH, id="somebody else's"),
        pytest.param(
            replace(ELSEWHERE, account=replace(ELSEWHERE.account, standing=Standing.DEAD)),
            Severity.HIGH,
            id="a locked account",
        ),
        pytest.param(with_key(effect=Effect.CONTAINED), Severity.MEDIUM, id="contained"),
    ],
)
def test_flags_the_key_wherever_it_is_accepted(elsewhere: KeyElsewhere, severity: Severity) -> None:
    case = case_of(elsewhere)

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.relation) == (Standing.WORKS, severity, None)
    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.SSH_KEY, "SHA256:k")
    assert (found.subject.account_native_id, found.person_uid) == ("shared", case.person_uid)
    assert "The key SHA256:k is on an account of theirs, and on this one too." in found.evidence


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(with_key(standing=Standing.DEAD)), id="dead"),
        pytest.param(case_of(with_key(standing=Standing.DEAD, can_reactivate=True)), id="inactive"),
        pytest.param(case_of(returned=True), id="came back"),
        pytest.param(case_of(departure=cases.unconfirmed(Basis.PLANNED)), id="planned end"),
        pytest.param(case_of(departure=cases.departure(certain_at=cases.AS_OF.replace(day=25))), id="not over yet"),
    ],
)
def test_is_silent(case: LeaverCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(with_key(fresh=False), id="not seen"),
        pytest.param(with_key(fresh=False, standing=Standing.DEAD), id="dead when last seen"),
        pytest.param(with_key(standing=Standing.UNKNOWN), id="not told"),
    ],
)
def test_says_unknown(elsewhere: KeyElsewhere) -> None:
    (found,) = RULE.evaluate(case_of(elsewhere), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("active", "sentence"),
    [
        (True, "Somebody who works here holds the account: it stays, and the key must go."),
        (False, "Nobody who works here is known to hold the account."),
    ],
)
def test_says_whether_somebody_who_works_here_holds_it(active: bool, sentence: str) -> None:
    (found,) = RULE.evaluate(case_of(replace(ELSEWHERE, active_holder=active)), cases.AS_OF)

    assert sentence in found.evidence


def test_takes_the_one_key_off_and_leaves_the_account() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "Take off this one key alone." in written_out(found.revoke)[0]
    assert "fingerprint is SHA256:k" in steps
    assert "pwdAccountLockedTime" not in steps
    assert "link reject" not in steps


def test_the_same_key_on_their_own_account_is_another_finding() -> None:
    own = cases.directory_account()
    key = cases.credential(SubjectKind.SSH_KEY, own, native_id="SHA256:k", fingerprint="SHA256:k")

    found = list(RULE.evaluate(cases.leaver(cases.linked(own, key), keys_elsewhere=(ELSEWHERE,)), cases.AS_OF))

    assert [one.subject.account_native_id for one in found] == [own.native_id, "shared"]

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import Account, Basis, Effect, LeaverCase, Relation, Severity, Standing, SubjectKind
from offboarding.rules.rehire_old_account import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

USER = cases.iam_user()
KEY = cases.credential(SubjectKind.ACCESS_KEY, USER)
SSH = cases.credential(SubjectKind.SSH_KEY, cases.directory_account())
DEAD = cases.directory_account(standing=Standing.DEAD)


def rehired(account: Account, *credentials: Any, **changes: Any) -> LeaverCase:
    return cases.leaver(cases.linked(account, *credentials, **changes), returned=True)


@pytest.mark.parametrize(
    ("case", "severity"),
    [
        pytest.param(rehired(cases.directory_account()), Severity.MEDIUM, id="the login works"),
        pytest.param(rehired(cases.directory_account(privileged=True)), Severity.HIGH, id="privileged"),
        pytest.param(rehired(USER, KEY), Severity.MEDIUM, id="a key of an IAM user works"),
        pytest.param(rehired(DEAD, SSH), Severity.MEDIUM, id="locked, and its SSH key works"),
        pytest.param(rehired(USER, replace(KEY, effect=Effect.CONTAINED)), Severity.LOW, id="contained"),
    ],
)
def test_flags_an_old_account_once(case: LeaverCase, severity: Severity) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity) == (Standing.WORKS, severity)
    assert found.subject.kind is SubjectKind.ACCOUNT
    assert found.used_after_departure is None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(rehired(cases.directory_account(), own_now=True), id="their own now"),
        pytest.param(rehired(DEAD), id="dead"),
        pytest.param(rehired(USER, replace(KEY, standing=Standing.DEAD, can_reactivate=True)), id="key inactive"),
        pytest.param(rehired(cases.directory_account(), relation=Relation.OWNS), id="only owned"),
        pytest.param(cases.leaver(cases.linked(cases.directory_account())), id="didn't come back"),
        pytest.param(
            replace(rehired(cases.directory_account()), departure=cases.unconfirmed(Basis.PLANNED)),
            id="only planned to leave",
        ),
    ],
)
def test_is_silent(case: LeaverCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(rehired(cases.directory_account(), fresh=False), id="login not seen"),
        pytest.param(rehired(USER, cases.seen(KEY, fresh=False)), id="key not seen"),
        pytest.param(rehired(replace(USER, standing=Standing.UNKNOWN)), id="ways in not told"),
        pytest.param(rehired(DEAD, replace(SSH, standing=Standing.UNKNOWN)), id="SSH key not told"),
    ],
)
def test_says_unknown(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_a_use_since_says_nothing_of_somebody_who_works_here() -> None:
    (found,) = RULE.evaluate(rehired(USER, replace(KEY, last_used_at=cases.AFTER)), cases.AS_OF)

    assert found.used_after_departure is None
    assert found.last_used_at == cases.AFTER


def test_shuts_only_what_is_open() -> None:
    inactive = replace(KEY, native_id="AKIADEAD", standing=Standing.DEAD)

    (found,) = RULE.evaluate(rehired(USER, KEY, inactive), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "--access-key-id access_key-1 --status Inactive" in steps
    assert "AKIADEAD" not in steps

from typing import Any

import pytest

from offboarding.model import Basis, LeaverCase, Severity, Standing, SubjectKind
from offboarding.rules.leaver_access_key_inactive import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

USER = cases.iam_user()


def case_of(*, fresh: bool = True, kind: SubjectKind = SubjectKind.ACCESS_KEY, **changes: Any) -> LeaverCase:
    usual = {"standing": Standing.DEAD, "standing_reason": "Inactive (ListAccessKeys)", "can_reactivate": True}
    key = cases.credential(kind, USER, **(usual | changes))
    return cases.leaver(cases.linked(USER, cases.seen(key, fresh=fresh)))


def test_lists_a_dead_key_that_can_be_switched_on() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    assert (found.standing, found.severity, found.holds_ticket) == (Standing.DEAD, Severity.LOW, False)
    assert "It's dead: Inactive (ListAccessKeys), and it can be switched on again." in found.evidence
    assert any(
        "aws iam delete-access-key --user-name jdoe --access-key-id access_key-1" in step
        for step in written_out(found.revoke)
    )


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(can_reactivate=False), id="dead for good"),
        pytest.param(case_of(standing=Standing.WORKS, can_reactivate=False), id="active"),
        pytest.param(case_of(kind=SubjectKind.SSH_KEY), id="another kind"),
        pytest.param(
            cases.leaver(*case_of().accounts, departure=cases.unconfirmed(Basis.PLANNED)), id="only planned to leave"
        ),
        pytest.param(cases.leaver(*case_of().accounts, returned=True), id="came back"),
    ],
)
def test_is_silent(case: LeaverCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


def test_says_unknown_of_a_key_that_was_inactive_when_last_seen() -> None:
    (found,) = RULE.evaluate(case_of(fresh=False), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN
    assert not found.holds_ticket

"""An account that is shut, and whose sessions nobody revoked."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from offboarding.model import Relation, Severity, Standing, SubjectKind
from offboarding.rules.leaver_sessions_live import RULE
from tests.support import cases

WORKS, UNKNOWN = Standing.WORKS, Standing.UNKNOWN
LONG_BEFORE = cases.BEFORE - timedelta(days=300)


def shut(revoked: datetime | None, used: datetime | None, **changes: Any) -> Any:
    told = {"standing": Standing.DEAD, "standing_reason": "accountEnabled false", **changes}
    return cases.directory_account(sessions_valid_from=revoked, last_used_at=used, **told)


@pytest.mark.parametrize(
    ("account", "found"),
    [
        pytest.param(shut(LONG_BEFORE, cases.BEFORE), [WORKS], id="signed in since they were revoked"),
        pytest.param(shut(cases.OWN_DAY, cases.AFTER), [WORKS], id="revoked on the last day, and signed in after that"),
        pytest.param(shut(cases.AFTER, cases.OWN_DAY), [], id="revoked after the last sign-in"),
        pytest.param(shut(cases.OWN_DAY, cases.OWN_DAY), [], id="revoked at the last sign-in"),
        pytest.param(shut(cases.BEFORE, LONG_BEFORE), [], id="shut and signed out long before the last day"),
        pytest.param(shut(cases.BEFORE, None), [UNKNOWN], id="revoked before, and no sign-in is told"),
        pytest.param(shut(cases.OWN_DAY, None), [], id="revoked on the last day, and no sign-in is told"),
        pytest.param(shut(None, cases.AFTER), [], id="a system that doesn't tell"),
        pytest.param(shut(LONG_BEFORE, cases.BEFORE, standing=WORKS), [], id="works, which is another finding"),
        pytest.param(shut(LONG_BEFORE, cases.BEFORE, standing=UNKNOWN), [], id="can't be told, which is one too"),
    ],
)
def test_flags_what_was_never_signed_out(account: Any, found: list[Standing]) -> None:
    case = cases.leaver(cases.linked(account))

    assert [each.standing for each in RULE.evaluate(case, cases.AS_OF)] == found


@pytest.mark.parametrize(
    ("linked", "case"),
    [
        pytest.param({"relation": Relation.OWNS}, {}, id="owned"),
        pytest.param({}, {"returned": True}, id="works here again"),
    ],
)
def test_says_nothing_of_what_is_not_a_leaver_s_own(linked: dict[str, Any], case: dict[str, Any]) -> None:
    held = cases.leaver(cases.linked(shut(LONG_BEFORE, cases.BEFORE), **linked), **case)

    assert list(RULE.evaluate(held, cases.AS_OF)) == []


def test_what_this_run_has_not_seen_can_t_be_told() -> None:
    (found,) = RULE.evaluate(cases.leaver(cases.linked(shut(LONG_BEFORE, cases.BEFORE), fresh=False)), cases.AS_OF)

    assert found.standing is UNKNOWN


def test_it_is_about_the_account_and_worse_where_that_is_privileged() -> None:
    plain, powerful = (
        next(RULE.evaluate(cases.leaver(cases.linked(shut(LONG_BEFORE, cases.BEFORE, privileged=it))), cases.AS_OF))
        for it in (False, True)
    )

    assert plain.subject.kind is SubjectKind.ACCOUNT
    assert (plain.severity, powerful.severity) == (Severity.MEDIUM, Severity.HIGH)
    assert "the login itself is shut (accountEnabled false)" in " ".join(plain.evidence)

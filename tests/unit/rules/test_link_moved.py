from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import Account, Basis, Effect, LeaverCase, LinkDecision, Severity, Standing, SubjectKind
from offboarding.rules.link_moved import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.on_forms import misfits

USER = cases.iam_user()
KEY = cases.credential(SubjectKind.ACCESS_KEY, USER)
ENTRY = cases.directory_account()


def case_of(account: Account = ENTRY, *credentials: Any, returned: bool = False, **changes: Any) -> LeaverCase:
    return cases.leaver(moved=(cases.moved_link(account, *credentials, **changes),), returned=returned)


@pytest.mark.parametrize(
    ("case", "severity"),
    [
        pytest.param(case_of(), Severity.MEDIUM, id="a login"),
        pytest.param(case_of(cases.directory_account(privileged=True)), Severity.HIGH, id="privileged"),
        pytest.param(case_of(cases.directory_account(privileged=None)), Severity.MEDIUM, id="privilege not checked"),
        pytest.param(case_of(USER, KEY), Severity.MEDIUM, id="a key of an IAM user"),
        pytest.param(case_of(USER, replace(KEY, effect=Effect.CONTAINED)), Severity.LOW, id="contained"),
        pytest.param(
            case_of(cases.directory_account(standing=Standing.DEAD), cases.credential(SubjectKind.SSH_KEY, ENTRY)),
            Severity.MEDIUM,
            id="locked, and its SSH key works",
        ),
    ],
)
def test_flags_the_account_once(case: LeaverCase, severity: Severity) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.relation) == (Standing.WORKS, severity, None)
    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.ACCOUNT, case.moved[0].account.native_id)
    assert found.person_uid == case.person_uid


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(cases.directory_account(standing=Standing.DEAD)), id="dead"),
        pytest.param(case_of(USER, replace(KEY, standing=Standing.DEAD, can_reactivate=True)), id="key inactive"),
        pytest.param(case_of(cases.root_account()), id="a root user got another address"),
        pytest.param(case_of(returned=True), id="came back"),
        pytest.param(replace(case_of(), departure=cases.unconfirmed(Basis.PLANNED)), id="planned end"),
        pytest.param(
            replace(case_of(), departure=cases.departure(certain_at=cases.AS_OF + timedelta(minutes=1))),
            id="not over everywhere yet",
        ),
        pytest.param(cases.leaver(cases.linked(ENTRY)), id="nothing moved"),
        pytest.param(cases.unclaimed(LinkDecision.DISPUTED, ENTRY), id="disputed"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(fresh=False), id="login not seen"),
        pytest.param(case_of(cases.directory_account(standing=Standing.UNKNOWN)), id="login not told"),
        pytest.param(case_of(USER, cases.seen(KEY, fresh=False)), id="key not seen"),
    ],
)
def test_says_unknown(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("until", "when"),
    [(cases.LEFT_AT - timedelta(days=3), "before"), (cases.AFTER, "after")],
)
def test_says_until_when_it_was_theirs_and_why(until: Any, when: str) -> None:
    (found,) = RULE.evaluate(case_of(linked_until=until), cases.AS_OF)

    assert found.evidence[0] == (
        f"It was theirs until {until:%Y-%m-%d %H:%M} UTC, {when} the departure: employeeNumber E1042 = HR worker E1042."
    )


@pytest.mark.parametrize("decision", list(LinkDecision))
def test_says_how_it_stands_now(decision: LinkDecision) -> None:
    (found,) = RULE.evaluate(case_of(decision=decision), cases.AS_OF)

    assert found.evidence[1].startswith("Now ")


def test_asks_for_a_decision() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert misfits(found.revoke) == []
    assert f"link confirm corp-ldap {ENTRY.native_id} E1042" in steps
    assert f"link reject corp-ldap {ENTRY.native_id} E1042" in steps

"""probable-account and disputed-account: what may be a leaver's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import Account, AccountCase, Basis, Effect, LinkDecision, Severity, Standing, SubjectKind
from offboarding.rules import Rule, disputed_account, probable_account
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.on_forms import misfits

RULES = pytest.mark.parametrize(
    ("rule", "decision"),
    [
        pytest.param(probable_account.RULE, LinkDecision.PROBABLE, id="probable"),
        pytest.param(disputed_account.RULE, LinkDecision.DISPUTED, id="disputed"),
    ],
)
USER = cases.iam_user()
KEY = cases.credential(SubjectKind.ACCESS_KEY, USER)
ACTIVE = cases.suspect("E7", None, 85)
LEAVER = cases.suspect("E1042", cases.departure(), 60)


def case_of(decision: LinkDecision, account: Account, *credentials: Any, **changes: Any) -> AccountCase:
    return cases.unclaimed(decision, account, *credentials, **changes)


@RULES
@pytest.mark.parametrize(
    ("account", "credentials", "severity"),
    [
        pytest.param(cases.directory_account(), (), Severity.MEDIUM, id="a login"),
        pytest.param(cases.directory_account(privileged=None), (), Severity.MEDIUM, id="privilege not checked"),
        pytest.param(cases.directory_account(privileged=True), (), Severity.HIGH, id="privileged"),
        pytest.param(cases.directory_account(created_at=cases.AFTER), (), Severity.HIGH, id="made after the departure"),
        pytest.param(cases.directory_account(created_at=None), (), Severity.MEDIUM, id="made nobody knows when"),
        pytest.param(USER, (KEY,), Severity.MEDIUM, id="a key of an IAM user"),
        pytest.param(USER, (replace(KEY, effect=Effect.CONTAINED),), Severity.LOW, id="a contained key"),
        pytest.param(
            USER,
            (replace(KEY, standing=Standing.DEAD), replace(KEY, native_id="AKIA2")),
            Severity.MEDIUM,
            id="one key of two",
        ),
    ],
)
def test_flags_the_account_once(
    rule: Rule, decision: LinkDecision, account: Account, credentials: tuple[Any, ...], severity: Severity
) -> None:
    (found,) = rule.evaluate(case_of(decision, account, *credentials), cases.AS_OF)

    assert (found.standing, found.severity, found.person_uid) == (Standing.WORKS, severity, "uid-E1042")
    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.ACCOUNT, account.native_id)


@RULES
def test_one_made_in_a_load_after_the_departure_is_no_graver_and_says_why(rule: Rule, decision: LinkDecision) -> None:
    account = cases.directory_account(created_at=cases.AFTER)

    (calm,) = rule.evaluate(case_of(decision, account), cases.AS_OF)
    (loaded,) = rule.evaluate(case_of(decision, account, in_bulk=True), cases.AS_OF)

    assert (calm.severity, loaded.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert any(text.endswith(", after the departure: it may be a back door.") for text in calm.evidence)
    assert not any("it may be a back door" in text for text in loaded.evidence)
    assert any(text.endswith("whether it's older, or a back door, can't be told apart.") for text in loaded.evidence)


@RULES
def test_is_silent(rule: Rule, decision: LinkDecision) -> None:
    case = case_of(decision, cases.directory_account())
    planned = cases.suspect("E1042", cases.unconfirmed(Basis.PLANNED), 60)
    vanished = cases.suspect("E1042", cases.unconfirmed(Basis.INFERRED), 60)
    to_come = cases.suspect("E1042", cases.departure(certain_at=cases.AS_OF + timedelta(minutes=1)), 60)
    silent = [
        case_of(decision, cases.directory_account(standing=Standing.DEAD)),
        case_of(decision, USER, replace(KEY, standing=Standing.DEAD, can_reactivate=True)),
        case_of(decision, USER),
        replace(case, suspects=(ACTIVE,)),
        replace(case, suspects=(planned,)),
        replace(case, suspects=(vanished,)),
        replace(case, suspects=(to_come,)),
        replace(case, suspects=()),
        *(replace(case, decision=other) for other in LinkDecision if other is not decision),
        cases.leaver(cases.linked(cases.directory_account())),
    ]

    assert [list(rule.evaluate(one, cases.AS_OF)) for one in silent] == [[] for _ in silent]


@RULES
@pytest.mark.parametrize(
    ("account", "credentials", "fresh"),
    [
        pytest.param(cases.directory_account(), (), False, id="login not seen"),
        pytest.param(cases.directory_account(standing=Standing.UNKNOWN), (), True, id="login not told"),
        pytest.param(USER, (cases.seen(KEY, fresh=False),), True, id="key not seen"),
        pytest.param(cases.iam_user(standing=Standing.UNKNOWN), (), True, id="ways in not told"),
    ],
)
def test_says_unknown(
    rule: Rule,
    decision: LinkDecision,
    account: Account,
    credentials: tuple[Any, ...],
    fresh: bool,
) -> None:
    (found,) = rule.evaluate(case_of(decision, account, *credentials, fresh=fresh), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


@RULES
def test_names_the_likeliest_leaver_and_never_somebody_who_works_here(rule: Rule, decision: LinkDecision) -> None:
    likelier = cases.suspect("E55", cases.departure(), 70)
    case = case_of(decision, cases.directory_account(), suspects=(ACTIVE, likelier, LEAVER))

    (found,) = rule.evaluate(case, cases.AS_OF)

    assert found.person_uid == "uid-E55"
    assert "Worker E7 works here." in found.evidence


@RULES
def test_names_the_same_of_two_alike_in_whatever_order(rule: Rule, decision: LinkDecision) -> None:
    twins = (cases.suspect("E2", cases.departure(), 60), cases.suspect("E1", cases.departure(), 60))

    named = {
        finding.person_uid
        for suspects in (twins, twins[::-1])
        for finding in rule.evaluate(case_of(decision, cases.directory_account(), suspects=suspects), cases.AS_OF)
    }

    assert named == {"uid-E1"}


@RULES
def test_says_how_to_decide_whose_it_is(rule: Rule, decision: LinkDecision) -> None:
    case = case_of(decision, cases.directory_account())

    (found,) = rule.evaluate(case, cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert misfits(found.revoke) == []
    assert f"link confirm corp-ldap {case.account.native_id} E1042" in steps
    assert f"link reject corp-ldap {case.account.native_id} E1042" in steps


@RULES
@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        pytest.param(cases.BEFORE, cases.AFTER, True, id="one of them"),
        pytest.param(cases.BEFORE, cases.BEFORE, False, id="neither"),
        pytest.param(cases.BEFORE, cases.OWN_DAY, None, id="perhaps one"),
        pytest.param(cases.BEFORE, None, None, id="one can't be told"),
    ],
)
def test_a_use_of_any_of_its_keys_is_a_use(
    rule: Rule,
    decision: LinkDecision,
    first: Any,
    second: Any,
    after: bool | None,
) -> None:
    keys = (replace(KEY, last_used_at=first), replace(KEY, native_id="AKIA2", last_used_at=second))

    (found,) = rule.evaluate(case_of(decision, USER, *keys), cases.AS_OF)

    assert found.used_after_departure is after


@RULES
def test_a_sure_use_is_told_before_a_later_stamp_that_may_move_by_itself(rule: Rule, decision: LinkDecision) -> None:
    entry = cases.directory_account(last_used_at=cases.AFTER + timedelta(hours=1), last_used_exact=False)
    key = cases.credential(SubjectKind.ACCESS_KEY, entry, last_used_at=cases.AFTER)

    (found,) = rule.evaluate(case_of(decision, entry, key), cases.AS_OF)

    assert found.used_after_departure is True
    assert "Last used 2026-11-23 02:00 UTC, 9 days after the departure." in found.evidence

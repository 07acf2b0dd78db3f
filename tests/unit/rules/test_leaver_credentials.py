"""Access keys, console passwords, API keys and SSH keys: rules of one shape, so one table for all of them."""

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
    TicketKind,
)
from offboarding.rules import (
    Rule,
    leaver_access_key,
    leaver_console_password,
    leaver_service_credential,
    leaver_ssh_key,
)
from tests.support import cases

KINDS = pytest.mark.parametrize(
    ("rule", "kind", "account"),
    [
        pytest.param(leaver_access_key.RULE, SubjectKind.ACCESS_KEY, cases.iam_user(), id="access key"),
        pytest.param(
            leaver_console_password.RULE, SubjectKind.CONSOLE_PASSWORD, cases.iam_user(), id="console password"
        ),
        pytest.param(
            leaver_service_credential.RULE, SubjectKind.SERVICE_CREDENTIAL, cases.iam_user(), id="service credential"
        ),
        pytest.param(leaver_ssh_key.RULE, SubjectKind.SSH_KEY, cases.iam_user(), id="SSH key in a cloud"),
        pytest.param(leaver_ssh_key.RULE, SubjectKind.SSH_KEY, cases.directory_account(), id="SSH key in a directory"),
    ],
)


def case_of(kind: SubjectKind, account: Account, **changes: Any) -> LeaverCase:
    return cases.leaver(cases.linked(account, cases.credential(kind, account, **changes)))


@KINDS
@pytest.mark.parametrize("of_account", list(Standing))
def test_flags_what_works_whatever_the_account_says(
    rule: Rule, kind: SubjectKind, account: Account, of_account: Standing
) -> None:
    case = case_of(kind, replace(account, standing=of_account))

    (found,) = rule.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.effect) == (Standing.WORKS, Severity.HIGH, Effect.FULL)
    assert found.subject.kind is kind
    assert found.subject.native_id == case.accounts[0].credentials[0].credential.native_id
    assert (found.subject.account_native_id, found.subject.account_label) == (account.native_id, account.label)
    assert (found.realm, found.person_uid, found.relation) == (account.realm, case.person_uid, Relation.IS)
    assert found.holds_ticket
    assert rule.ticket is TicketKind.REVOKE


@KINDS
def test_is_silent(rule: Rule, kind: SubjectKind, account: Account) -> None:
    works = case_of(kind, account)
    (holder,) = works.accounts
    other_kinds = [other for other in SubjectKind if other is not kind]
    silent = [
        case_of(kind, account, standing=Standing.DEAD),
        case_of(kind, account, standing=Standing.DEAD, can_reactivate=True),
        *(case_of(other, account) for other in other_kinds),
        replace(works, accounts=()),
        replace(works, returned=True),
        replace(works, departure=cases.unconfirmed(Basis.PLANNED)),
        replace(works, departure=cases.unconfirmed(Basis.INFERRED)),
        replace(works, accounts=(replace(holder, relation=Relation.OWNS),)),
        replace(works, accounts=(replace(holder, relation=Relation.CREATED),)),
        replace(works, accounts=(replace(holder, decision=LinkDecision.PROBABLE),)),
    ]

    assert [list(rule.evaluate(case, cases.AS_OF)) for case in silent] == [[] for _ in silent]


@KINDS
@pytest.mark.parametrize("standing", list(Standing))
def test_says_unknown_of_what_this_run_has_not_seen(
    rule: Rule, kind: SubjectKind, account: Account, standing: Standing
) -> None:
    stale = cases.seen(cases.credential(kind, account, standing=standing), fresh=False)

    (found,) = rule.evaluate(cases.leaver(cases.linked(account, stale)), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN
    assert "no complete live read" in found.standing_reason


@KINDS
def test_says_unknown_of_what_could_not_be_told(rule: Rule, kind: SubjectKind, account: Account) -> None:
    (found,) = rule.evaluate(case_of(kind, account, standing=Standing.UNKNOWN), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


@KINDS
def test_what_is_contained_is_less_and_still_works(rule: Rule, kind: SubjectKind, account: Account) -> None:
    (found,) = rule.evaluate(case_of(kind, account, effect=Effect.CONTAINED), cases.AS_OF)

    assert (found.standing, found.effect, found.severity) == (Standing.WORKS, Effect.CONTAINED, Severity.MEDIUM)


@KINDS
def test_an_unknown_effect_is_not_less(rule: Rule, kind: SubjectKind, account: Account) -> None:
    (found,) = rule.evaluate(case_of(kind, account, effect=Effect.UNKNOWN), cases.AS_OF)

    assert found.severity is Severity.HIGH


def test_counts_a_departure_inferred_from_a_feed_of_active_people() -> None:
    case = replace(
        case_of(SubjectKind.ACCESS_KEY, cases.iam_user()),
        departure=cases.departure(basis=Basis.INFERRED, confirmed=True, left_on=None, told=""),
    )

    (found,) = leaver_access_key.RULE.evaluate(case, cases.AS_OF)

    assert any(
        "by 2026-11-13 15:00 UTC, when it was first told, judging by their absence from hr." in sentence
        for sentence in found.evidence
    )


def test_warns_of_a_workload_when_a_service_used_the_key_since() -> None:
    case = case_of(
        SubjectKind.ACCESS_KEY,
        cases.iam_user(),
        last_used_at=cases.AFTER,
        last_used_service="s3",
        last_used_region="ap-northeast-2",
    )

    (found,) = leaver_access_key.RULE.evaluate(case, cases.AS_OF)

    assert found.warning.startswith("Used 2026-11-23 02:00 UTC by s3 in ap-northeast-2, 9 days after the departure")
    assert "Move the job first." in found.warning
    assert found.is_workload


@pytest.mark.parametrize(
    "use",
    [
        pytest.param({}, id="never used"),
        pytest.param({"last_used_at": cases.BEFORE, "last_used_service": "s3"}, id="before"),
        pytest.param({"last_used_at": cases.AFTER}, id="by no service that is known"),
    ],
)
def test_warns_of_no_workload(use: dict[str, Any]) -> None:
    (found,) = leaver_access_key.RULE.evaluate(case_of(SubjectKind.ACCESS_KEY, cases.iam_user(), **use), cases.AS_OF)

    assert (found.warning, found.is_workload) == ("", False)


@pytest.mark.parametrize(
    ("use", "after", "sentence"),
    [
        pytest.param({}, None, "No use of it is known.", id="unknown"),
        pytest.param(
            {"last_used_at": cases.AFTER, "last_used_service": "iam"},
            True,
            "Last used 2026-11-23 02:00 UTC by iam, 9 days after the departure.",
            id="after",
        ),
        pytest.param(
            {"last_used_at": cases.BEFORE}, False, "Last used 2026-10-24 15:00 UTC, before the departure.", id="before"
        ),
        pytest.param(
            {"last_used_at": cases.OWN_DAY},
            None,
            "Last used 2026-11-13 12:00 UTC; that is the departure's own day, so it may have been after it.",
            id="own day",
        ),
    ],
)
def test_tells_the_last_use(use: dict[str, Any], after: bool | None, sentence: str) -> None:
    (found,) = leaver_access_key.RULE.evaluate(case_of(SubjectKind.ACCESS_KEY, cases.iam_user(), **use), cases.AS_OF)

    assert found.used_after_departure is after
    assert found.last_used_at == use.get("last_used_at")
    assert sentence in found.evidence


def test_an_old_read_of_an_old_use_says_nothing_of_the_time_since() -> None:
    stale = cases.seen(
        cases.credential(SubjectKind.ACCESS_KEY, cases.iam_user(), last_used_at=cases.BEFORE), fresh=False
    )

    (found,) = leaver_access_key.RULE.evaluate(cases.leaver(cases.linked(cases.iam_user(), stale)), cases.AS_OF)

    assert found.used_after_departure is None


def test_says_when_an_api_key_ends_by_itself() -> None:
    case = case_of(SubjectKind.SERVICE_CREDENTIAL, cases.iam_user(), expires_at=cases.AS_OF)

    (found,) = leaver_service_credential.RULE.evaluate(case, cases.AS_OF)

    assert "It expires on 2026-11-24 16:30 UTC." in found.evidence

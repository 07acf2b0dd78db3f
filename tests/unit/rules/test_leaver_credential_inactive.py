from typing import Any

import pytest

from offboarding.model import Basis, LeaverCase, Relation, Severity, Standing, SubjectKind
from offboarding.rules import leaver_access_key_inactive, leaver_certificate, leaver_service_credential, leaver_ssh_key
from offboarding.rules.leaver_credential_inactive import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

USER = cases.iam_user()
KINDS = pytest.mark.parametrize(
    ("kind", "of_kind", "command"),
    [
        (SubjectKind.SERVICE_CREDENTIAL, leaver_service_credential.RULE, "delete-service-specific-credential"),
        (SubjectKind.CERTIFICATE, leaver_certificate.RULE, "delete-signing-certificate"),
        (SubjectKind.SSH_KEY, leaver_ssh_key.RULE, "delete-ssh-public-key"),
    ],
)


def case_of(kind: SubjectKind, *, fresh: bool = True, **changes: Any) -> LeaverCase:
    usual = {"standing": Standing.DEAD, "standing_reason": "Inactive", "can_reactivate": True}
    one = cases.credential(kind, USER, **(usual | changes))
    return cases.leaver(cases.linked(USER, cases.seen(one, fresh=fresh)))


@KINDS
def test_lists_what_is_off_and_can_be_switched_on(kind: SubjectKind, of_kind: Any, command: str) -> None:
    (found,) = RULE.evaluate(case_of(kind), cases.AS_OF)

    assert (found.standing, found.severity, found.holds_ticket) == (Standing.DEAD, Severity.LOW, False)
    assert found.subject.kind is kind
    assert f"aws iam {command} --user-name jdoe" in "\n".join(written_out(found.revoke))
    assert list(of_kind.evaluate(case_of(kind), cases.AS_OF)) == []


@KINDS
def test_is_silent(kind: SubjectKind, of_kind: Any, command: str) -> None:
    del of_kind, command
    off = case_of(kind)
    silent = [
        case_of(kind, can_reactivate=False),
        case_of(kind, standing=Standing.WORKS, can_reactivate=False),
        case_of(SubjectKind.ACCESS_KEY),
        cases.leaver(*off.accounts, returned=True),
        cases.leaver(*off.accounts, departure=cases.unconfirmed(Basis.PLANNED)),
        cases.leaver(cases.linked(USER, *off.accounts[0].credentials, relation=Relation.OWNS)),
    ]

    assert [list(RULE.evaluate(case, cases.AS_OF)) for case in silent] == [[] for _ in silent]


@KINDS
def test_says_unknown_of_what_was_off_when_last_seen(kind: SubjectKind, of_kind: Any, command: str) -> None:
    del command
    case = case_of(kind, fresh=False)

    (found,) = RULE.evaluate(case, cases.AS_OF)
    (beside,) = of_kind.evaluate(case, cases.AS_OF)

    assert found.standing is beside.standing is Standing.UNKNOWN
    assert not found.holds_ticket


def test_sessions_that_outlive_an_access_key_are_told_with_their_latest_end() -> None:
    (found,) = leaver_access_key_inactive.RULE.evaluate(
        case_of(SubjectKind.ACCESS_KEY, sessions_until=cases.AS_OF), cases.AS_OF
    )

    assert "Sessions made with it may live until 2026-11-24 16:30 UTC." in found.evidence

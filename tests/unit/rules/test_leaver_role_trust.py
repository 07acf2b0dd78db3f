from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import (
    Basis,
    Effect,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    Relation,
    Severity,
    Standing,
    SubjectKind,
)
from offboarding.rules.leaver_role_trust import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

USER = cases.iam_user()
KEY = cases.credential(SubjectKind.ACCESS_KEY, USER)
SECOND = cases.iam_user(native_id="AIDAEXAMPLE0000000002", label=f"{cases.ARN}-admin", login="jdoe-admin")


def held(*credentials: Any, **changes: Any) -> LinkedAccount:
    return replace(cases.linked(USER, *(credentials or (KEY,)), trusts=(cases.trusted(),)), **changes)


def case_of(**changes: Any) -> LeaverCase:
    return cases.leaver(held(trusts=(cases.trusted(**changes),)))


@pytest.mark.parametrize(
    ("linked", "severity"),
    [
        pytest.param(held(), Severity.HIGH, id="a key works"),
        pytest.param(held(trusts=(cases.trusted(realm=USER.realm),)), Severity.HIGH, id="in the user's own account"),
        pytest.param(
            held(account=cases.iam_user(standing=Standing.UNKNOWN), credentials=()),
            Severity.HIGH,
            id="ways in not told",
        ),
        pytest.param(held(replace(KEY, standing=Standing.DEAD)), Severity.MEDIUM, id="no way into the user works"),
        pytest.param(held(replace(KEY, effect=Effect.CONTAINED)), Severity.MEDIUM, id="the user is contained"),
        pytest.param(
            held(replace(KEY, effect=Effect.CONTAINED), replace(KEY, native_id="AKIA2")),
            Severity.HIGH,
            id="one of two keys is",
        ),
    ],
)
def test_flags_a_role_that_lets_the_user_in(linked: LinkedAccount, severity: Severity) -> None:
    case = cases.leaver(linked)
    trust = linked.trusts[0].trust

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.relation) == (Standing.WORKS, severity, Relation.IS)
    assert (found.realm, found.subject.kind, found.subject.native_id) == (
        trust.realm,
        SubjectKind.ROLE,
        trust.native_id,
    )
    assert (found.subject.account_native_id, found.subject.account_label) == ("", cases.ARN)
    assert found.holds_ticket
    assert f"It trusts {cases.ARN}." in found.evidence


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(standing=Standing.DEAD), id="denied, deleted, or conditioned away"),
        pytest.param(cases.leaver(held(trusts=())), id="none"),
        pytest.param(cases.leaver(held(relation=Relation.OWNS), held(relation=Relation.CREATED)), id="not their own"),
        pytest.param(cases.leaver(held(decision=LinkDecision.PROBABLE)), id="not linked"),
        pytest.param(cases.leaver(held(), returned=True), id="came back"),
        pytest.param(cases.leaver(held(), departure=cases.unconfirmed(Basis.INFERRED)), id="vanished"),
        pytest.param(cases.unclaimed(LinkDecision.DISPUTED, USER, KEY), id="disputed"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(standing=Standing.UNKNOWN, standing_reason="depends on aws:sourceip"), id="a condition"),
        pytest.param(case_of(fresh=False), id="not seen"),
        pytest.param(case_of(fresh=False, standing=Standing.DEAD), id="dead when last seen"),
    ],
)
def test_says_unknown(case: LeaverCase) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_is_one_however_many_of_their_users_it_names() -> None:
    other = cases.trusted(principal=SECOND.label, standing=Standing.UNKNOWN)
    both = cases.leaver(held(), cases.linked(SECOND, trusts=(other,)))
    turned = replace(both, accounts=both.accounts[::-1])

    (found,) = RULE.evaluate(both, cases.AS_OF)
    (again,) = RULE.evaluate(turned, cases.AS_OF)
    (single,) = RULE.evaluate(cases.leaver(held()), cases.AS_OF)

    assert found.standing is again.standing is Standing.WORKS
    assert found.subject == again.subject
    assert replace(found.subject, account_label="") == replace(single.subject, account_label="")
    assert found.subject.account_label == f"{cases.ARN}, {SECOND.label}"
    assert f"link reject aws {SECOND.native_id} E1042" in "\n".join(written_out(found.revoke))


def test_two_roles_are_two() -> None:
    two = held(trusts=(cases.trusted(), cases.trusted(native_id="AROA2", label=f"{cases.ROLE_ARN}2")))

    assert len(list(RULE.evaluate(cases.leaver(two), cases.AS_OF))) == 2


def test_a_role_out_of_reach_says_what_would_open_it() -> None:
    (found,) = RULE.evaluate(cases.leaver(held(replace(KEY, standing=Standing.DEAD))), cases.AS_OF)
    (within,) = RULE.evaluate(cases.leaver(held()), cases.AS_OF)

    sentence = "No way into the user itself works now"
    assert any(told.startswith(sentence) for told in found.evidence)
    assert not any(told.startswith(sentence) for told in within.evidence)


@pytest.mark.parametrize(("privileged", "told"), [(True, True), (False, False), (None, False)])
def test_the_power_is_the_role_s_own(privileged: bool | None, told: bool) -> None:
    (found,) = RULE.evaluate(case_of(privileged=privileged, privileged_by="AdministratorAccess"), cases.AS_OF)

    assert found.privileged is told
    assert ("It's privileged: AdministratorAccess." in found.evidence) is told
    assert ("Not checked whether it's privileged." in found.evidence) is (privileged is None)


def test_changes_the_role_s_trust_where_the_role_is() -> None:
    (found,) = RULE.evaluate(cases.leaver(held()), cases.AS_OF)

    steps = "\n".join(written_out(found.revoke))
    assert "AWS account 333333333333" in steps
    assert "aws iam update-assume-role-policy --role-name deploy" in steps
    assert f"link reject aws {USER.native_id} E1042" in steps

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import Basis, LeaverCase, LinkDecision, Relation, Severity, Standing, SubjectKind
from offboarding.rules import all_rules
from offboarding.rules.leaver_root_mail import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases

EVIDENCE = ("root user's address is their work mail",)


def case_of(*, returned: bool = False, **changes: Any) -> LeaverCase:
    linked = cases.linked(cases.root_account(), source="aws", source_kind="aws_iam", evidence=EVIDENCE)
    return cases.leaver(replace(linked, **changes), returned=returned)


def test_flags_a_root_user_whose_address_is_a_leaver_s() -> None:
    (found,) = RULE.evaluate(case_of(), cases.AS_OF)

    assert (found.standing, found.severity, found.privileged) == (Standing.WORKS, Severity.CRITICAL, True)
    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.ROOT_ACCOUNT, "222222222222")
    assert EVIDENCE[0] in found.evidence
    assert "start-primary-email-update --account-id 222222222222" in "\n".join(written_out(found.revoke))
    assert "link reject aws 222222222222 E1042" in "\n".join(written_out(found.revoke))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case_of(account=cases.root_account(standing=Standing.DEAD)), id="closed"),
        pytest.param(case_of(account=cases.iam_user(standing=Standing.WORKS)), id="an IAM user"),
        pytest.param(case_of(account=cases.directory_account()), id="a directory account"),
        pytest.param(case_of(relation=Relation.OWNS), id="only owned"),
        pytest.param(case_of(decision=LinkDecision.DISPUTED), id="disputed"),
        pytest.param(case_of(returned=True), id="came back"),
        pytest.param(replace(case_of(), departure=cases.unconfirmed(Basis.INFERRED)), id="vanished"),
        pytest.param(cases.unclaimed(LinkDecision.PROBABLE, cases.root_account()), id="nobody's for certain"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"fresh": False}, id="not seen"),
        pytest.param({"fresh": False, "account": cases.root_account(standing=Standing.DEAD)}, id="closed when seen"),
        pytest.param({"account": cases.root_account(standing=Standing.UNKNOWN)}, id="a state nobody knows"),
    ],
)
def test_says_unknown(changes: dict[str, Any]) -> None:
    (found,) = RULE.evaluate(case_of(**changes), cases.AS_OF)

    assert found.standing is Standing.UNKNOWN


def test_a_use_is_told_and_is_no_event() -> None:
    case = case_of(account=cases.root_account(last_used_at=cases.AFTER))

    found = [finding for rule in all_rules() for finding in rule.evaluate(case, cases.AS_OF)]

    assert [one.rule for one in found] == [RULE.id]
    assert found[0].used_after_departure is True
    assert "Last used 2026-11-23 02:00 UTC, 9 days after the departure." in found[0].evidence


@pytest.mark.parametrize("case", [case_of(relation=Relation.OWNS), case_of(relation=Relation.CREATED), case_of()])
def test_no_other_rule_takes_it_for_a_login(case: LeaverCase) -> None:
    found = [finding for rule in all_rules() for finding in rule.evaluate(case, cases.AS_OF)]

    assert {one.rule for one in found} <= {RULE.id}


def test_of_a_rehired_person_nothing_is_said() -> None:
    assert [list(rule.evaluate(case_of(returned=True), cases.AS_OF)) for rule in all_rules()] == [
        [] for _ in all_rules()
    ]


@pytest.mark.parametrize("decision", [LinkDecision.PROBABLE, LinkDecision.DISPUTED])
def test_one_that_may_be_a_leaver_s_is_reviewed_as_what_it_is(decision: LinkDecision) -> None:
    case = cases.unclaimed(decision, cases.root_account())

    (found,) = [finding for rule in all_rules() for finding in rule.evaluate(case, cases.AS_OF)]

    assert (found.subject.kind, found.severity) == (SubjectKind.ROOT_ACCOUNT, Severity.HIGH)

from typing import Any

import pytest

from offboarding.model import Basis, LinkDecision, Relation, Severity, Standing, SubjectKind
from offboarding.rules.leaver_account_works import RULE
from tests.support import cases


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="works"),
        pytest.param({"privileged": True, "privileged_by": "cn=admins"}, id="privileged"),
        pytest.param({"created_at": cases.AFTER}, id="made after the departure"),
        pytest.param({"service_like": True}, id="service-like, and theirs all the same"),
    ],
)
def test_flags_an_own_login_that_works(changes: dict[str, Any]) -> None:
    case = cases.leaver(cases.linked(cases.directory_account(**changes)))

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity) == (Standing.WORKS, Severity.HIGH)
    assert found.subject.kind is SubjectKind.ACCOUNT
    assert found.subject.native_id == case.accounts[0].account.native_id
    assert found.privileged is bool(changes.get("privileged"))
    assert "employeeNumber E1042 = HR worker E1042" in found.evidence
    assert any("left at the end of 2026-11-13 (Asia/Seoul), says hr" in sentence for sentence in found.evidence)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(cases.leaver(cases.linked(cases.directory_account(standing=Standing.DEAD))), id="dead"),
        pytest.param(cases.leaver(cases.linked(cases.iam_user(standing=Standing.WORKS))), id="IAM user"),
        pytest.param(
            cases.leaver(cases.linked(cases.directory_account(), relation=Relation.OWNS)), id="only owned by them"
        ),
        pytest.param(
            cases.leaver(cases.linked(cases.directory_account(), decision=LinkDecision.DISPUTED)), id="not linked"
        ),
        pytest.param(cases.leaver(cases.linked(cases.directory_account()), returned=True), id="came back"),
        pytest.param(
            cases.leaver(cases.linked(cases.directory_account()), departure=cases.unconfirmed(Basis.PLANNED)),
            id="planned end",
        ),
        pytest.param(
            cases.leaver(
                cases.linked(cases.directory_account()),
                departure=cases.departure(certain_at=cases.AS_OF.max.replace(tzinfo=cases.AS_OF.tzinfo)),
            ),
            id="not over everywhere yet",
        ),
        pytest.param(cases.unclaimed(LinkDecision.PROBABLE, cases.directory_account()), id="nobody's for certain"),
        pytest.param(cases.orphans(1), id="orphans"),
    ],
)
def test_is_silent(case: Any) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


@pytest.mark.parametrize(
    ("standing", "fresh"),
    [
        (Standing.UNKNOWN, True),
        (Standing.UNKNOWN, False),
        (Standing.WORKS, False),
        (Standing.DEAD, False),
    ],
)
def test_says_unknown_of_what_this_run_has_not_seen(standing: Standing, fresh: bool) -> None:
    case = cases.leaver(cases.linked(cases.directory_account(standing=standing), fresh=fresh))

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.standing is Standing.UNKNOWN
    assert any(sentence.startswith("Not checked whether it works") for sentence in found.evidence)
    assert fresh or "no complete live read of this run has seen it" in found.standing_reason


def test_says_that_privilege_was_not_checked() -> None:
    case = cases.leaver(cases.linked(cases.directory_account(privileged=None)))

    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert found.privileged is False
    assert "Not checked whether it's privileged." in found.evidence


def test_a_departure_on_an_unchanged_night_reads_the_same() -> None:
    account = cases.linked(cases.directory_account())
    later = cases.linked(cases.directory_account(), observed_at=cases.OBSERVED_AT.replace(day=25))

    first = list(RULE.evaluate(cases.leaver(account), cases.AS_OF))
    second = list(RULE.evaluate(cases.leaver(later), cases.AS_OF.replace(day=25)))

    assert first == second


def test_counts_the_accounts_of_one_person_in_one_source() -> None:
    second = cases.directory_account(native_id="another", label="uid=jdoe2,ou=people,dc=corp,dc=example")
    case = cases.leaver(cases.linked(cases.directory_account()), cases.linked(second))

    found = list(RULE.evaluate(case, cases.AS_OF))

    assert [one.subject.native_id for one in found] == [cases.directory_account().native_id, "another"]
    assert all("It's one of 2 accounts that this person has in corp-ldap." in one.evidence for one in found)

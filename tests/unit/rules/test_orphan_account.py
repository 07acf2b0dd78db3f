from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import LinkDecision, NamedOwner, Severity, Standing, SubjectKind
from offboarding.rules.orphan_account import RULE
from tests.support import cases


@pytest.mark.parametrize("number", [1, 20, 42])
def test_flags_a_source_once(number: int) -> None:
    (found,) = RULE.evaluate(cases.orphans(number, recently_used=1), cases.AS_OF)

    assert (found.subject.kind, found.subject.native_id) == (SubjectKind.SOURCE, "222222222222")
    assert (found.person_uid, found.severity, found.standing) == ("", Severity.LOW, Standing.WORKS)
    assert f"{number} working account" in found.evidence[0]
    assert "1 of them used within 30 days" in found.evidence[0]
    assert len(found.evidence) <= 22


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(cases.orphans(0), id="none"),
        pytest.param(cases.leaver(cases.linked(cases.directory_account())), id="a leaver"),
        pytest.param(cases.unclaimed(LinkDecision.ORPHAN, cases.directory_account()), id="one account"),
    ],
)
def test_is_silent(case: cases.OrphanCase) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


def test_of_a_list_nothing_is_said_to_work() -> None:
    (found,) = RULE.evaluate(replace(cases.orphans(2), attested=True), cases.AS_OF)

    assert found.standing_reason == "the newest list names them; whether they work wasn't checked"
    assert found.evidence[0] == "2 accounts on the list are claimed by nobody; whether they work wasn't checked."


def test_what_orphans_there_are_is_no_part_of_the_subject() -> None:
    (few,) = RULE.evaluate(cases.orphans(2), cases.AS_OF)
    (many,) = RULE.evaluate(cases.orphans(30), cases.AS_OF)

    assert few.subject == many.subject
    assert many.evidence[-1] == "... and 10 more."


def test_whom_an_account_names_as_its_owner_is_told_with_it() -> None:
    first, *others = cases.orphans(2).accounts
    named = replace(first, owners=("tag managedBy says Kim Minjun", "tag owner says zz"))

    (found,) = RULE.evaluate(replace(cases.orphans(2), accounts=(named, *others)), cases.AS_OF)

    assert found.evidence[1] == (
        f"{first.label} ({first.native_id}): its tag managedBy says Kim Minjun, who is nobody we know; its tag owner "
        "says zz, who is nobody we know"
    )
    assert found.evidence[2] == f"{others[0].label} ({others[0].native_id})"


def named(**changes: Any) -> NamedOwner:
    said = NamedOwner(said="uid=tweber,dc=corp", is_entry=True, worker_id="4713", departure=None)
    return replace(said, **changes)


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        pytest.param(
            named(departure=cases.departure()),
            "is worker 4713, who left at the end of 2026-11-13 (Asia/Seoul)",
            id="left",
        ),
        pytest.param(
            named(departure=cases.departure(confirmed=False)), "is worker 4713, who may have left", id="may have left"
        ),
        pytest.param(named(), "is worker 4713", id="works here"),
        pytest.param(
            named(worker_id=None), "says uid=tweber,dc=corp, whose account is nobody's for certain", id="in doubt"
        ),
        pytest.param(
            named(worker_id=None, is_entry=False),
            "says uid=tweber,dc=corp, who is nobody we know",
            id="leads nowhere",
        ),
    ],
)
def test_whom_an_entry_names_as_its_manager_is_told_as_far_as_known(owner: NamedOwner, told: str) -> None:
    (account,) = cases.orphans(1).accounts

    (found,) = RULE.evaluate(replace(cases.orphans(1), accounts=(replace(account, named=(owner,)),)), cases.AS_OF)

    assert found.evidence[1] == f"{account.label} ({account.native_id}): its manager or owner {told}"


def test_what_names_a_leaver_comes_first_however_many_there_are() -> None:
    *others, last = cases.orphans(42).accounts
    of_leaver = replace(last, named=(named(departure=cases.departure()),))

    (found,) = RULE.evaluate(replace(cases.orphans(42), accounts=(*others, of_leaver)), cases.AS_OF)

    assert "worker 4713, who left" in found.evidence[1]
    assert "begin with those whose manager or owner left" in str(found.revoke[0])
    assert found.severity is Severity.MEDIUM

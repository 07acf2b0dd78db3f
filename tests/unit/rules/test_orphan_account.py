from dataclasses import replace

import pytest

from offboarding.model import LinkDecision, Severity, Standing, SubjectKind
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

"""A leaver on the list of a system that nobody can ask: told as not checked, and closed by nobody's look."""

from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import (
    Account,
    Attested,
    Basis,
    Case,
    LinkDecision,
    LinkedAccount,
    Relation,
    Severity,
    Silent,
    Standing,
)
from offboarding.rules import all_rules
from offboarding.rules.leaver_attested_account import RULE
from offboarding.rules.rehire_old_account import RULE as REHIRED
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.silent import LEFT_AT, thing

LISTED_AT = cases.LEFT_AT + timedelta(days=2)
AFTER = LISTED_AT + timedelta(days=1)


def account(**changes: Any) -> Account:
    usual: dict[str, Any] = {"standing": Standing.UNKNOWN, "standing_reason": "it's on the list of 2026-11-16"}
    usual |= {"has_own_login": False, "attested_at": LISTED_AT, "privileged": None}
    return cases.directory_account(**usual | changes)


def listed(**changes: Any) -> LinkedAccount:
    return cases.linked(account(), source="portal", source_kind="attested", **changes)


def word(**changes: Any) -> Attested:
    usual: dict[str, Any] = {"author": "lee", "reason": "saw it", "at": AFTER, "until": cases.AS_OF + timedelta(days=9)}
    return Attested(**usual | changes)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(cases.leaver(listed()), id="on the list"),
        pytest.param(cases.leaver(listed(fresh=False)), id="on a list that wasn't read tonight"),
        pytest.param(cases.leaver(listed(attested=word(until=cases.AS_OF))), id="the word has ended"),
        pytest.param(cases.leaver(listed(attested=word(at=cases.LEFT_AT))), id="the list is newer than the word"),
    ],
)
def test_flags_whoever_is_on_the_list_as_not_checked(case: Case) -> None:
    (found,) = RULE.evaluate(case, cases.AS_OF)

    assert (found.standing, found.severity, found.attestable) == (Standing.UNKNOWN, Severity.HIGH, True)
    assert "attest KEY" in written_out(found.revoke)[-2]
    assert any(text.startswith("Not checked whether it works: ") for text in found.evidence)


@pytest.mark.parametrize("owner", ["hr:E1042", "HR:e1042", "e1042"])
def test_whoever_gave_the_list_and_left_is_not_asked_to_take_themself_off(owner: str) -> None:
    theirs = cases.linked(account(reached_by=owner), source="portal", source_kind="attested")
    another = cases.linked(account(reached_by="hr:E1043"), source="portal", source_kind="attested")

    steps, usual = (
        written_out(found.revoke)[0]
        for case in (theirs, another)
        for found in RULE.evaluate(cases.leaver(case), cases.AS_OF)
    )

    assert steps.startswith(f"{owner} gave the list and has left. Name somebody else as its owner")
    assert usual.startswith("Ask hr:E1043 to take")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(cases.leaver(listed(attested=word())), id="a person's word stands"),
        pytest.param(cases.leaver(cases.linked(cases.directory_account())), id="the system was asked"),
        pytest.param(cases.leaver(listed(), returned=True), id="works here again"),
        pytest.param(cases.leaver(listed(), departure=cases.unconfirmed(Basis.PLANNED)), id="nobody confirmed it"),
        pytest.param(
            cases.leaver(listed(), departure=cases.departure(certain_at=cases.AS_OF + timedelta(hours=1))), id="to come"
        ),
        pytest.param(cases.leaver(listed(relation=Relation.OWNS)), id="owned"),
        pytest.param(cases.leaver(listed(decision=LinkDecision.DISPUTED)), id="disputed"),
    ],
)
def test_does_not_flag(case: Case) -> None:
    assert list(RULE.evaluate(case, cases.AS_OF)) == []


def test_no_other_rule_says_the_same_of_it() -> None:
    case = cases.leaver(listed())

    assert [rule.id for rule in all_rules() if list(rule.findings(case, cases.AS_OF))] == [RULE.id]
    assert list(REHIRED.evaluate(cases.leaver(listed(), returned=True), cases.AS_OF)) == []


GONE: dict[str, Any] = {"account_gone": True, "account_direct": True}
SAID: dict[str, Any] = {"attested_by": "lee", "attested_reason": "saw it"}


@pytest.mark.parametrize(
    ("silent", "sentence"),
    [
        pytest.param(
            thing(**GONE, listed_at=LEFT_AT),
            "attested by the list of the day that began at 2026-11-13 15:00 UTC, which doesn't name it; not checked",
            id="a newer list",
        ),
        pytest.param(thing(**GONE, listed_at=LEFT_AT - timedelta(days=1)), "", id="a list of before they left"),
        pytest.param(thing(account_gone=True, listed_at=AFTER), "", id="not looked for"),
        pytest.param(thing(listed_at=AFTER), "", id="still on it"),
        pytest.param(
            thing(**SAID, attested_until=cases.AS_OF + timedelta(days=9)),
            "attested by lee until 2026-12-03: saw it",
            id="a person's word",
        ),
        pytest.param(thing(**SAID, attested_until=cases.AS_OF), "", id="a word that has ended"),
        pytest.param(thing(rejected_by="lee"), "the link was rejected by lee", id="not theirs"),
    ],
)
def test_closes_by_a_word_alone_and_never_as_seen(silent: Silent, sentence: str) -> None:
    assert str(RULE.closes(silent, cases.AS_OF) or "") == sentence

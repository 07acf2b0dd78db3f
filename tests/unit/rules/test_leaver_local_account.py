"""What lets a leaver in without their identity provider, where that says disabled: one finding an account."""

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import (
    Basis,
    Effect,
    FindingState,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    Relation,
    Severity,
    SilentThing,
    Standing,
    SubjectKind,
)
from offboarding.rules import leaver_account_works
from offboarding.rules.leaver_local_account import RULE
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.silent import thing

WORKS, UNKNOWN, DEAD = Standing.WORKS, Standing.UNKNOWN, Standing.DEAD
THERE = cases.directory_account(
    native_id="there", standing=DEAD, standing_reason="status DEPROVISIONED", disabled_at=cases.BEFORE
)
HERE = cases.directory_account(keeps_password=True)
SHUT = "okta says disabled since 2026-10-24 15:00 UTC (status DEPROVISIONED)."


def at_okta(**changes: Any) -> LinkedAccount:
    """Their account there, as this run saw it."""
    of_link = {name: changes.pop(name) for name in ("fresh", "decision", "relation", "source") if name in changes}
    return replace(cases.linked(replace(THERE, **changes), source="okta"), **of_link)


def on_wiki(account: Any = HERE, *credentials: Any, **changes: Any) -> LinkedAccount:
    """An account in a system to which people sign on by okta."""
    return cases.linked(account, *credentials, source="wiki", sign_on="okta", **changes)


def token(native_id: str = "T4", **changes: Any) -> Any:
    return cases.credential(SubjectKind.SERVICE_CREDENTIAL, HERE, native_id=native_id, label="token deploys", **changes)


def found(case: LeaverCase) -> list[Standing]:
    return [each.standing for each in RULE.evaluate(case, cases.AS_OF)]


def test_one_finding_lists_what_lets_in_and_asks_for_nothing_twice() -> None:
    key = cases.credential(SubjectKind.ACCESS_KEY, HERE, native_id="AKIA1", label="AKIA1")
    case = cases.leaver(on_wiki(HERE, token(), key, token("T5", standing=DEAD)), at_okta())

    (one,) = RULE.evaluate(case, cases.AS_OF)

    assert (one.subject.kind, one.subject.native_id) == (SubjectKind.ACCOUNT, HERE.native_id)
    assert (one.standing, one.severity, one.holds_ticket) == (WORKS, Severity.MEDIUM, False)
    assert one.standing_reason == "without okta, by its own password; token deploys (T4); AKIA1"
    assert f"It works: {one.standing_reason}." in one.evidence
    assert SHUT in one.evidence
    assert not one.warning
    shut, cause = written_out(one.revoke)
    assert "by its own item" in shut
    assert cause.startswith("See whether wiki can be set to let people in by okta alone.")


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        pytest.param([at_okta()], [WORKS], id="shut"),
        pytest.param([at_okta(disabled_at=None)], [WORKS], id="since when it doesn't say"),
        pytest.param([], [], id="no account there"),
        pytest.param([at_okta(standing=WORKS)], [], id="works there"),
        pytest.param([at_okta(standing=UNKNOWN)], [UNKNOWN], id="can't be told there"),
        pytest.param([at_okta(fresh=False)], [UNKNOWN], id="not read there"),
        pytest.param([at_okta(), at_okta(standing=WORKS)], [], id="a second one works there"),
        pytest.param([at_okta(), at_okta(fresh=False)], [UNKNOWN], id="a second one wasn't read there"),
        pytest.param([at_okta(fresh=False), at_okta(standing=WORKS)], [], id="one wasn't read, and one works there"),
        pytest.param([at_okta(relation=Relation.OWNS)], [], id="a workload's there"),
        pytest.param([at_okta(decision=LinkDecision.PROBABLE)], [], id="maybe theirs there"),
        pytest.param([at_okta(decision=LinkDecision.DISPUTED)], [], id="disputed there"),
        pytest.param([at_okta(source="other")], [], id="of another provider"),
    ],
)
def test_what_the_provider_says(provider: list[LinkedAccount], expected: list[Standing]) -> None:
    assert found(cases.leaver(on_wiki(), *provider)) == expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        pytest.param(on_wiki(), [WORKS], id="a password of its own"),
        pytest.param(on_wiki(replace(HERE, keeps_password=False)), [], id="by the provider's word alone"),
        pytest.param(on_wiki(replace(HERE, keeps_password=False), token()), [WORKS], id="a token beside that"),
        pytest.param(on_wiki(replace(HERE, has_own_login=False)), [], id="no login of its own"),
        pytest.param(on_wiki(replace(HERE, standing=DEAD)), [], id="dead"),
        pytest.param(on_wiki(replace(HERE, standing=DEAD), token()), [WORKS], id="its token works"),
        pytest.param(on_wiki(replace(HERE, standing=UNKNOWN)), [UNKNOWN], id="can't be told"),
        pytest.param(on_wiki(fresh=False), [UNKNOWN], id="not read"),
        pytest.param(on_wiki(replace(HERE, standing=UNKNOWN), token()), [WORKS], id="one works, one can't be told"),
        pytest.param(replace(on_wiki(), sign_on=""), [], id="nobody signs on by it"),
        pytest.param(on_wiki(relation=Relation.OWNS), [], id="a workload's that they own"),
        pytest.param(on_wiki(decision=LinkDecision.DISPUTED), [], id="disputed"),
    ],
)
def test_what_lets_in_there(local: LinkedAccount, expected: list[Standing]) -> None:
    assert found(cases.leaver(local, at_okta())) == expected


def test_nothing_is_said_of_somebody_who_works_here_again() -> None:
    assert found(cases.leaver(on_wiki(), at_okta(), returned=True)) == []


def test_who_is_away_is_shut_out_there_too() -> None:
    case = cases.leaver(on_wiki(), at_okta(), departure=cases.departure(basis=Basis.AWAY))

    assert [each.standing for each in RULE.findings(case, cases.AS_OF)] == [WORKS]


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        (at_okta(standing=UNKNOWN, standing_reason="no right"), "whether okta says disabled can't be told: no right"),
        (at_okta(fresh=False), "whether okta says disabled can't be told: no complete live read of this run"),
    ],
)
def test_what_was_not_read_at_the_provider_is_not_said(provider: LinkedAccount, text: str) -> None:
    (one,) = RULE.evaluate(cases.leaver(on_wiki(HERE, token()), provider), cases.AS_OF)

    assert one.standing_reason.startswith(text)
    assert not [each for each in one.evidence if each.startswith("okta says disabled")]
    assert "These let in here without okta: its own password; token deploys (T4)." in one.evidence


def test_what_could_not_be_told_here_is_named_beside_what_works() -> None:
    unread = cases.seen(token(), fresh=False)
    (one,) = RULE.evaluate(cases.leaver(on_wiki(HERE, unread), at_okta()), cases.AS_OF)

    assert one.standing_reason == "without okta, by its own password"
    assert "Not checked whether these let in without okta: token deploys (T4)." in one.evidence


def test_both_findings_say_the_same_of_the_provider() -> None:
    for there in (at_okta(), at_okta(disabled_at=None), at_okta(standing=WORKS), at_okta(fresh=False)):
        case = cases.leaver(on_wiki(), there)
        (item,) = (
            each
            for each in leaver_account_works.RULE.evaluate(case, cases.AS_OF)
            if each.subject.native_id == HERE.native_id
        )
        said = [text.partition(")")[0] for text in item.evidence if text.startswith("okta says")]
        own = [each.evidence for each in RULE.evaluate(case, cases.AS_OF)]
        assert [text.partition(")")[0] for texts in own for text in texts if text.startswith("okta says")] == said


@pytest.mark.parametrize(
    ("account", "credentials", "severity"),
    [
        (replace(HERE, privileged=True), (), Severity.HIGH),
        (replace(HERE, privileged=None), (), Severity.MEDIUM),
        (replace(HERE, standing=DEAD), (token(effect=Effect.CONTAINED),), Severity.LOW),
    ],
)
def test_how_bad_it_is(account: Any, credentials: tuple[Any, ...], severity: Severity) -> None:
    (one,) = RULE.evaluate(cases.leaver(on_wiki(account, *credentials), at_okta()), cases.AS_OF)

    assert one.severity is severity


FRESH: dict[str, Any] = {"account_fresh": True, "account_standing": "dead", "account_reason": "locked"}
AGAIN = "works at the identity provider again: it doesn't say disabled any more"
NONE = "no account of theirs is left that an identity provider could say disabled of"
ALL_DEAD = "seen dead: nothing of the account lets in without the identity provider any more"


@pytest.mark.parametrize(
    ("silent", "why"),
    [
        pytest.param(thing(provider_works=True), AGAIN, id="works there"),
        pytest.param(thing(**FRESH, provider_works=True), AGAIN, id="works there, and is dead here"),
        pytest.param(thing(provider_has_none=True), "", id="gone there, and not read here"),
        pytest.param(thing(provider_has_none=True, account_fresh=True), NONE, id="gone there"),
        pytest.param(thing(**FRESH, keeps_password=True), ALL_DEAD, id="dead"),
        pytest.param(thing(**FRESH, credentials_alive=True), "", id="a token isn't dead"),
        pytest.param(thing(**FRESH | {"account_fresh": False}), "", id="not read"),
        pytest.param(thing(**FRESH | {"account_standing": "works"}), ALL_DEAD, id="by the provider's word alone"),
        pytest.param(thing(**FRESH | {"account_standing": "works"}, keeps_password=True), "", id="password works"),
        pytest.param(thing(**FRESH | {"account_standing": "unknown"}, keeps_password=True), "", id="can't be told"),
        pytest.param(
            thing(account_fresh=True, account_direct=True, account_gone=True),
            "seen gone: the account no longer exists",
            id="account gone",
        ),
        pytest.param(thing(account_fresh=True, account_gone=True), "", id="gone from an inventory alone"),
        pytest.param(
            thing(**FRESH, credentials_alive=True, linked=False, state=FindingState.HELD, unplaced=True),
            "never told to anyone, and no longer linked",
            id="no longer theirs",
        ),
    ],
)
def test_what_ends_it(silent: SilentThing, why: str) -> None:
    assert str(RULE.closes(silent, cases.AS_OF) or "") == why

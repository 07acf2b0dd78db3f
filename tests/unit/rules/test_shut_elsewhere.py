"""What a leaver's finding says where the identity provider shut them out, and the thing itself works."""

from dataclasses import replace
from typing import Any

import pytest

from offboarding.model import LinkDecision, Relation, Standing, SubjectKind
from offboarding.rules import leaver_account_works, leaver_service_credential, rehire_old_account
from tests.support import cases

THERE = cases.directory_account(
    native_id="there", standing=Standing.DEAD, standing_reason="okta: DEPROVISIONED", disabled_at=cases.BEFORE
)
SAID = (
    "okta says disabled since 2026-10-24 15:00 UTC (okta: DEPROVISIONED), and people sign on here by it: this still"
    " works all the same."
)
UNDATED = "okta says disabled (okta: DEPROVISIONED), and people sign on here by it: this still works all the same."


def said(case: Any, rule: Any = leaver_account_works.RULE) -> list[str]:
    found = [each for each in rule.evaluate(case, cases.AS_OF) if each.subject.native_id != "there"]
    return [text for each in found for text in each.evidence if "says disabled" in text]


def at_okta(**changes: Any) -> Any:
    """Their account there, as this run saw it."""
    of_link = {name: changes.pop(name) for name in ("fresh", "decision", "relation", "source") if name in changes}
    return replace(cases.linked(replace(THERE, **changes), source="okta"), **of_link)


def here(**changes: Any) -> Any:
    """An account in a system to which people sign on by okta, with a password of its own."""
    account = cases.directory_account(keeps_password=True, **changes)
    return cases.linked(account, source="wiki", sign_on="okta")


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        pytest.param([at_okta()], [SAID], id="shut"),
        pytest.param([at_okta(disabled_at=None)], [UNDATED], id="since when it doesn't say"),
        pytest.param([], [], id="no account there"),
        pytest.param([at_okta(standing=Standing.WORKS)], [], id="works there too"),
        pytest.param([at_okta(standing=Standing.UNKNOWN)], [], id="can't be told there"),
        pytest.param([at_okta(fresh=False)], [], id="not read there"),
        pytest.param([at_okta(), at_okta(standing=Standing.WORKS)], [], id="a second one works there"),
        pytest.param([at_okta(relation=Relation.OWNS)], [], id="a workload's there"),
        pytest.param([at_okta(decision=LinkDecision.PROBABLE)], [], id="maybe theirs there"),
        pytest.param([at_okta(source="other")], [], id="of another provider"),
    ],
)
def test_only_what_was_seen_shut_is_said(provider: list[Any], expected: list[str]) -> None:
    assert said(cases.leaver(here(), *provider)) == expected


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(here(standing=Standing.UNKNOWN), id="can't be told here"),
        pytest.param(replace(here(), fresh=False), id="not read here"),
        pytest.param(replace(here(), account=cases.directory_account()), id="by the provider's word alone"),
        pytest.param(replace(here(), sign_on=""), id="nobody signs on by it"),
    ],
)
def test_nothing_is_said_of_what_is_not_known_to_work_by_itself(account: Any) -> None:
    assert said(cases.leaver(account, at_okta())) == []


def test_a_token_is_local_whoever_lets_people_in() -> None:
    account = cases.directory_account()
    token = cases.credential(SubjectKind.SERVICE_CREDENTIAL, account)
    linked = cases.linked(account, token, source="wiki", sign_on="okta")

    assert said(cases.leaver(linked, at_okta()), leaver_service_credential.RULE) == [SAID]


def test_nothing_is_said_of_somebody_who_works_here_again() -> None:
    case = cases.leaver(here(), at_okta(), returned=True)

    assert list(rehire_old_account.RULE.evaluate(case, cases.AS_OF)) != []
    assert said(case, rehire_old_account.RULE) == []

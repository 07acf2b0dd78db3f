"""What holds of every rule, whichever comes next."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountCase,
    Basis,
    Case,
    CredentialView,
    Departure,
    Effect,
    Finding,
    KeyElsewhere,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    MovedLink,
    Relation,
    Standing,
    SubjectKind,
    TrustView,
)
from offboarding.rules import Rule, all_rules
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.on_forms import misfits
from tests.support.rules_page import PAGE, page

ISSUE_2 = {
    "leaver-account-works",
    "leaver-console-password",
    "leaver-access-key",
    "leaver-access-key-inactive",
    "leaver-ssh-key",
    "leaver-owned-service-account",
    "rehire-old-account",
    "used-after-departure",
    "engagement-lapsed",
    "departure-inferred",
    "probable-account",
    "disputed-account",
    "orphan-account",
}
ISSUE_3 = {
    "leaver-certificate",
    "leaver-service-credential",
    "leaver-credential-inactive",
    "leaver-role-trust",
    "leaver-root-mail",
    "leaver-created-account",
    "link-moved",
}
ISSUE_4 = {
    "leaver-signing-key",
    "leaver-shared-secret",
    "leaver-key-access",
    "signing-key-used-after-departure",
    "rotation-without-effect",
    "signing-key-unverifiable",
    "uncustodied-signing-key",
}
EACH = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
MAY_BE_DEAD = {"leaver-access-key-inactive", "leaver-credential-inactive", "used-after-departure"}

MOMENTS = st.sampled_from([None, cases.BEFORE, cases.OWN_DAY, cases.LEFT_AT, cases.AFTER])


@st.composite
def accounts(draw: Callable[..., Any], standings: st.SearchStrategy[Standing]) -> Account:
    usual = draw(st.sampled_from([cases.directory_account(), cases.iam_user(), cases.root_account()]))
    return replace(
        usual,
        standing=draw(standings),
        created_at=draw(MOMENTS),
        password_set_at=draw(MOMENTS),
        last_used_at=draw(MOMENTS),
        last_used_exact=draw(st.booleans()),
        privileged=draw(st.sampled_from([True, False, None])),
        service_like=draw(st.booleans()),
        keeps_password=draw(st.booleans()),
    )


@st.composite
def credentials(
    draw: Callable[..., Any], account: Account, standings: st.SearchStrategy[Standing], fresh: st.SearchStrategy[bool]
) -> CredentialView:
    standing = draw(standings)
    one = cases.credential(
        draw(st.sampled_from(CREDENTIAL_KINDS)),
        account,
        native_id=draw(st.sampled_from(["A", "B", "C"])),
        standing=standing,
        can_reactivate=standing is Standing.DEAD and draw(st.booleans()),
        effect=draw(st.sampled_from(Effect)),
        created_at=draw(MOMENTS),
        last_used_at=draw(MOMENTS),
        last_used_service=draw(st.sampled_from(["", "s3"])),
    )
    return cases.seen(one, fresh=draw(fresh))


def of_one_thing(view: CredentialView) -> tuple[SubjectKind, str]:
    return view.credential.kind, view.credential.native_id


def of_one_role(view: TrustView) -> str:
    return view.trust.native_id


@st.composite
def trusts(
    draw: Callable[..., Any], standings: st.SearchStrategy[Standing], fresh: st.SearchStrategy[bool]
) -> TrustView:
    return cases.trusted(
        native_id=draw(st.sampled_from(["AROA1", "AROA2"])),
        standing=draw(standings),
        privileged=draw(st.sampled_from([True, False, None])),
        fresh=draw(fresh),
    )


@st.composite
def keys_elsewhere(
    draw: Callable[..., Any], standings: st.SearchStrategy[Standing], fresh: st.SearchStrategy[bool]
) -> KeyElsewhere:
    usual = cases.key_elsewhere()
    key = replace(usual.key.credential, standing=draw(standings))
    return replace(usual, key=cases.seen(key, fresh=draw(fresh)), active_holder=draw(st.booleans()))


@st.composite
def moved_links(
    draw: Callable[..., Any], standings: st.SearchStrategy[Standing], fresh: st.SearchStrategy[bool]
) -> MovedLink:
    account = replace(draw(accounts(standings)), native_id="moved")
    views = draw(st.lists(credentials(account, standings, fresh), max_size=2, unique_by=of_one_thing))
    return cases.moved_link(
        account,
        *views,
        fresh=draw(fresh),
        decision=draw(st.sampled_from(LinkDecision)),
        linked_until=draw(st.sampled_from([cases.BEFORE, cases.AFTER])),
    )


@st.composite
def departures(draw: Callable[..., Any], confirmed: st.SearchStrategy[bool]) -> Departure:
    return cases.departure(
        basis=draw(st.sampled_from(Basis)),
        confirmed=draw(confirmed),
        certain_at=cases.LEFT_AT + draw(st.sampled_from([timedelta(0), timedelta(hours=20), timedelta(days=30)])),
        left_on=draw(st.sampled_from([None, cases.departure().left_on])),
    )


@st.composite
def leaver_cases(
    draw: Callable[..., Any],
    standings: st.SearchStrategy[Standing],
    fresh: st.SearchStrategy[bool],
    confirmed: st.SearchStrategy[bool],
) -> LeaverCase:
    held: list[LinkedAccount] = []
    for number in range(draw(st.integers(0, 2))):
        account = replace(draw(accounts(standings)), native_id=f"account-{number}")
        views = draw(st.lists(credentials(account, standings, fresh), max_size=3, unique_by=of_one_thing))
        held.append(
            cases.linked(
                account,
                *views,
                fresh=draw(fresh),
                source=draw(st.sampled_from(["corp-ldap", "okta"])),
                sign_on=draw(st.sampled_from(["", "okta"])),
                relation=draw(st.sampled_from(Relation)),
                decision=draw(st.sampled_from(LinkDecision)),
                own_now=draw(st.booleans()),
                active_owner=draw(st.booleans()),
                trusts=tuple(draw(st.lists(trusts(standings, fresh), max_size=2, unique_by=of_one_role))),
            )
        )
    return cases.leaver(
        *held,
        departure=draw(departures(confirmed)),
        returned=draw(st.booleans()),
        keys_elsewhere=tuple(draw(st.lists(keys_elsewhere(standings, fresh), max_size=1))),
        moved=tuple(draw(st.lists(moved_links(standings, fresh), max_size=1))),
    )


@st.composite
def account_cases(
    draw: Callable[..., Any],
    standings: st.SearchStrategy[Standing],
    fresh: st.SearchStrategy[bool],
    confirmed: st.SearchStrategy[bool],
) -> AccountCase:
    account = draw(accounts(standings))
    suspects = [
        cases.suspect(f"E{number}", draw(st.one_of(st.none(), departures(confirmed))), score)
        for number, score in enumerate(sorted(draw(st.lists(st.integers(40, 100), max_size=3)), reverse=True))
    ]
    return cases.unclaimed(
        draw(st.sampled_from(LinkDecision)),
        account,
        *draw(st.lists(credentials(account, standings, fresh), max_size=3, unique_by=of_one_thing)),
        fresh=draw(fresh),
        suspects=tuple(suspects),
    )


ANY_STANDING = st.sampled_from(Standing)
EITHER = st.booleans()


def some_case(
    standings: st.SearchStrategy[Standing] = ANY_STANDING,
    fresh: st.SearchStrategy[bool] = EITHER,
    confirmed: st.SearchStrategy[bool] = EITHER,
) -> st.SearchStrategy[LeaverCase | AccountCase]:
    told = (standings, fresh, confirmed)
    return st.one_of(leaver_cases(*told), account_cases(*told))


def found(case: Case) -> Iterator[Finding]:
    for rule in all_rules():
        yield from rule.evaluate(case, cases.AS_OF)


def test_all_are_found_in_order_of_their_ids() -> None:
    ids = [rule.id for rule in all_rules()]

    assert ids == sorted(ids)
    assert set(ids) >= ISSUE_2 | ISSUE_3 | ISSUE_4
    assert len(set(ids)) == len(ids)


@EACH
def test_names_its_controls(rule: Rule) -> None:
    assert rule.controls
    assert len(set(rule.controls)) == len(rule.controls)


@EACH
def test_says_what_it_is(rule: Rule) -> None:
    words = rule.words

    assert all(text.strip() for text in (words.what, words.why, words.closes, words.runbook))


def test_the_documentation_is_made_of_what_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.support.rules_page"


@settings(max_examples=60, deadline=None)
@given(case=some_case())
def test_what_is_said_is_whole_and_the_same_each_time(case: Case) -> None:
    first, second = list(found(case)), list(found(case))

    assert first == second
    by_id = {rule.id: rule for rule in all_rules()}
    for finding in first:
        assert finding.rule in by_id
        assert finding.evidence
        assert all(sentence.strip() for sentence in (*finding.evidence, *written_out(finding.revoke)))
        assert len(written_out(finding.revoke)) > 1
        assert misfits(finding.revoke) == []
        assert finding.standing_reason
        assert finding.person_uid
        assert finding.standing is not Standing.DEAD or finding.rule in MAY_BE_DEAD


@settings(max_examples=60, deadline=None)
@given(case=some_case())
def test_no_two_findings_of_a_case_are_about_the_same(case: Case) -> None:
    keys = [
        (one.rule, one.realm, one.subject.kind, one.subject.account_native_id, one.subject.native_id, one.person_uid)
        for one in found(case)
    ]

    assert len(set(keys)) == len(keys)


@settings(max_examples=60, deadline=None)
@given(case=some_case(standings=st.sampled_from([Standing.UNKNOWN, Standing.DEAD])))
def test_nothing_works_that_nobody_saw_working(case: Case) -> None:
    about_things = [one for one in found(case) if one.subject.kind is not SubjectKind.WORKER]

    assert not [one for one in about_things if one.standing is Standing.WORKS]


@settings(max_examples=60, deadline=None)
@given(case=some_case(fresh=st.just(value=False)))
def test_what_this_run_has_not_seen_is_unknown(case: Case) -> None:
    about_things = [one for one in found(case) if one.subject.kind is not SubjectKind.WORKER]

    assert {one.standing for one in about_things} <= {Standing.UNKNOWN}


@settings(max_examples=60, deadline=None)
@given(case=some_case(confirmed=st.just(value=False)))
def test_an_unconfirmed_departure_says_nothing_of_what_is_theirs(case: Case) -> None:
    kinds = [one.subject.kind for one in found(case)]

    assert set(kinds) <= {SubjectKind.WORKER}
    assert len(kinds) <= 1


@settings(max_examples=60, deadline=None)
@given(case=some_case())
def test_evidence_names_nobody(case: Case) -> None:
    said = [sentence for one in found(case) for sentence in (*one.evidence, *written_out(one.revoke), one.warning)]

    assert not [sentence for sentence in said if "Jordan" in sentence]


@EACH
def test_reads_no_clock_and_nothing_outside(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cases.credential(SubjectKind.ACCESS_KEY, cases.iam_user(), last_used_at=cases.AFTER)
    looked_at = [
        cases.leaver(cases.linked(cases.directory_account()), cases.linked(cases.iam_user(), key)),
        cases.leaver(cases.linked(cases.directory_account(), relation=Relation.OWNS)),
        cases.leaver(departure=cases.unconfirmed(Basis.PLANNED)),
        cases.leaver(departure=cases.unconfirmed(Basis.INFERRED)),
        cases.leaver(cases.linked(cases.directory_account()), returned=True),
        cases.leaver(
            cases.linked(cases.iam_user(), key, trusts=(cases.trusted(),)),
            cases.linked(cases.root_account()),
            cases.linked(cases.directory_account(), relation=Relation.CREATED),
            keys_elsewhere=(cases.key_elsewhere(),),
            moved=(cases.moved_link(cases.directory_account()),),
        ),
        cases.unclaimed(LinkDecision.PROBABLE, cases.directory_account()),
        cases.unclaimed(LinkDecision.DISPUTED, cases.iam_user(), key),
        cases.orphans(3),
    ]
    expected = [list(rule.evaluate(case, cases.AS_OF)) for case in looked_at]

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a rule looked outside its case")

    for module, name in ((time, "time"), (socket, "socket"), (Path, "open")):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr("builtins.open", refuse)

    assert [list(rule.evaluate(case, cases.AS_OF)) for case in looked_at] == expected


@EACH
def test_nothing_is_said_before_the_day_has_ended_everywhere(rule: Rule) -> None:
    early: datetime = cases.LEFT_AT - timedelta(seconds=1)
    key = cases.credential(SubjectKind.ACCESS_KEY, cases.iam_user(), last_used_at=cases.AFTER)
    upcoming: list[Case] = [
        cases.leaver(cases.linked(cases.directory_account()), cases.linked(cases.iam_user(), key)),
        cases.leaver(cases.linked(cases.directory_account(), relation=Relation.OWNS)),
        cases.leaver(departure=cases.unconfirmed(Basis.PLANNED)),
        cases.leaver(
            cases.linked(cases.iam_user(), key, trusts=(cases.trusted(),)),
            cases.linked(cases.root_account()),
            cases.linked(cases.directory_account(), relation=Relation.CREATED),
            keys_elsewhere=(cases.key_elsewhere(),),
            moved=(cases.moved_link(cases.directory_account()),),
        ),
        cases.unclaimed(LinkDecision.DISPUTED, cases.directory_account()),
    ]

    assert [list(rule.evaluate(case, early)) for case in upcoming] == [[] for _ in upcoming]

"""What speaks against shutting a thing, one by one: everything else about it says that it may be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offboarding.config.policy import Policy, RevocationPolicy
from offboarding.config.settings import Company, Settings
from offboarding.guard.revoking.refusals import UNUSED, refusal, refusal_by_name
from offboarding.interfaces import SourceSettings
from offboarding.model import (
    Basis,
    FindingState,
    Relation,
    Revocable,
    Severity,
    Standing,
    SubjectKind,
    TicketKind,
)
from offboarding.model.keys import finding_key
from offboarding.store.revocation_candidates import Candidate

NOW = datetime(2026, 11, 25, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
THING = Revocable(realm="r", kind=SubjectKind.ACCESS_KEY, native_id="key", account_native_id="user", login="kim")
KEY = finding_key("leaver-access-key", "r", "access_key", "user", "key", "kim", 1)
GOOD = Candidate(
    finding_key=KEY,
    match_key=KEY,
    rule="leaver-access-key",
    severity=Severity.HIGH,
    state=FindingState.OPEN,
    standing=Standing.WORKS,
    ticket_kind=TicketKind.REVOKE,
    holds_ticket=True,
    relation=Relation.IS,
    reopened=0,
    episode=1,
    person_uid="kim",
    id_space="hr",
    worker_id="1042",
    source="cloud",
    part="",
    source_kind="a kind",
    thing=THING,
    names=["kim", "user kim"],
    credentials=["key", "other"],
    is_workload=False,
    is_reader=False,
    gone=False,
    used_at=NOW,
    use_unknown=True,
    linked=True,
    rival=False,
    identifies=[],
    basis=Basis.ACTUAL,
    left_at=LONG_AGO,
    returned=False,
    confirmed=True,
    certain_at=LONG_AGO,
    same_departure=True,
    taken_back=False,
    by_word=False,
    departure_by=[],
    link_by=[],
    hr_lists=False,
    held=False,
    excepted=False,
    ticketed=True,
    ticket_key="offb-1",
    seen_at=NOW,
    account_seen_at=NOW,
    settled=False,
)
ROBOT = {"is_workload": True, "use_unknown": False}


def settings(*, writable: bool = True, **policy: Any) -> Settings:
    source = SourceSettings(
        name="cloud", kind="a kind", connection="reads", revoke_connection="writes" if writable else None
    )
    given = {"sources": ["cloud"], "subjects": ["access_key"], **policy}
    revocation = RevocationPolicy.model_validate(given)
    made = Settings(company=Company(time_zone="UTC"), rosters=(), sources=(), policy=Policy(revocation=revocation))
    return made.model_copy(update={"sources": (source,)})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"basis": Basis.NOTICE},
        {"basis": Basis.INFERRED, "by_word": True},
        {"basis": Basis.PLANNED, "by_word": True},
        {**ROBOT, "used_at": NOW - UNUSED},
        {**ROBOT, "used_at": LONG_AGO},
    ],
    ids=str,
)
def test_nothing_speaks_against_it(changes: dict[str, Any]) -> None:
    assert refusal(settings(), replace(GOOD, **changes), NOW) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": "another"}, "doesn't name another"),
        ({"thing": replace(THING, kind=SubjectKind.ACCOUNT)}, "doesn't name account"),
        ({"match_key": "0" * 32}, "says something else than its key was made of"),
        ({"worker_id": "1043", "person_uid": "lee"}, "says something else than its key was made of"),
        ({"excepted": True}, "an exception lets it stand"),
        ({"state": FindingState.HELD}, "the finding is held"),
        ({"state": FindingState.RESOLVED}, "the finding is resolved"),
        ({"ticketed": False}, "on no open ticket"),
        ({"ticket_kind": TicketKind.REVIEW}, "on no open ticket of what a leaver has"),
        ({"holds_ticket": False}, "it's listed, and asks for nothing"),
        ({"standing": Standing.UNKNOWN}, "isn't seen to work (unknown)"),
        ({"standing": Standing.DEAD}, "isn't seen to work (dead)"),
        ({"gone": True}, "its account isn't there any more"),
        ({"held": True}, "the guard holds what it rests on"),
        ({"settled": True}, "an earlier revocation of it stands or is being done, or a person undid it"),
        ({"basis": None}, "they haven't left, or are back"),
        ({"returned": True}, "they haven't left, or are back"),
        ({"taken_back": True}, "they haven't left, or are back"),
        ({"same_departure": False}, "they haven't left, or are back"),
        ({"confirmed": False}, "nobody has confirmed it"),
        ({"basis": Basis.INFERRED}, "that they left is inferred, and nobody has confirmed it"),
        ({"basis": Basis.PLANNED}, "that they left is planned, and nobody has confirmed it"),
        ({"certain_at": NOW + timedelta(hours=1)}, "their last day isn't over everywhere"),
        ({"certain_at": None}, "their last day isn't over everywhere"),
        ({"linked": False}, "it isn't theirs for certain"),
        ({"relation": Relation.OWNS}, "it isn't theirs for certain"),
        ({"rival": True}, "it may be somebody else's"),
        ({"is_reader": True}, "the checker itself logs in by it"),
        ({"names": ["kim", "CN=Break-Glass 1,OU=x"]}, "policy.revocation.never names it (*break*glass*)"),
        ({"names": ["EMERGENCY-admin"]}, "policy.revocation.never names it (*emergency*)"),
        ({**ROBOT, "used_at": NOW - UNUSED + timedelta(seconds=1)}, "was used within 30 days"),
        ({**ROBOT, "used_at": None}, "when it was last used isn't known"),
        ({**ROBOT, "use_unknown": True, "used_at": LONG_AGO}, "when it was last used isn't known"),
    ],
    ids=lambda given: str(given)[:50],
)
def test_each_of_these_is_enough(changes: dict[str, Any], why: str) -> None:
    assert why in refusal(settings(), replace(GOOD, **changes), NOW)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({"writable": False}, "or that has no revoke_connection"),
        ({"rules": ["leaver-account-works"]}, "doesn't name leaver-access-key"),
        ({"severities": ["critical"]}, "doesn't name what is high"),
        ({"never": ["KEY"]}, "never names it (KEY)"),
    ],
    ids=str,
)
def test_the_policy_may_name_less(policy: dict[str, Any], why: str) -> None:
    assert why in refusal(settings(**policy), GOOD, NOW)


def test_without_a_policy_nothing_may_be_shut() -> None:
    off = settings().model_copy(update={"policy": Policy()})

    assert refusal(off, GOOD, NOW) == "policy.revocation isn't set"


@pytest.mark.parametrize(
    "login", ["kim", "CORP\\KIM", "kim@corp.example", "UID=Kim, ou=people,dc=corp", "user kim", "key", "other"]
)
def test_what_any_connection_logs_in_by_is_never_shut(login: str) -> None:
    """However the connection and the account write it, and by whichever credential of the account."""
    own = ("somebody", login)

    assert refusal(settings(), GOOD, NOW, own) == "the checker itself logs in by it"
    assert refusal(settings(), GOOD, NOW, ("somebody",)) == ""


@pytest.mark.parametrize("login", ["robot", "uid=robot,dc=corp"])
def test_nor_what_the_second_connection_calls_so(login: str) -> None:
    called = ("kim", "uid=robot, dc=corp")

    assert refusal_by_name(settings(), THING, called, (login,)) == "the checker itself logs in by it"
    assert refusal_by_name(settings(), THING, called) == ""

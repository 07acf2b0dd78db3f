"""What closes a finding that its rule says no more, and what doesn't."""

from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import Resolution, Resolved, Silent, SilentKey, TicketKind, sentence
from offboarding.rules import Rule, all_rules, rule_of
from tests.support import cases
from tests.support.silent import LEFT_AT, key, thing

OF_KEYS = [rule for rule in all_rules() if rule.ticket is TicketKind.ROTATE]
OF_LEAVERS = [rule for rule in all_rules() if rule.ends and rule.ticket in {TicketKind.REVOKE, TicketKind.EVENT}]
ONLY_A_VERDICT = [rule.id for rule in all_rules() if not rule.ends]
DIGESTS = ["orphan-account", "uncustodied-signing-key"]

DEAD_KEY: dict[str, Any] = {
    "has_credential": True,
    "credential_fresh": True,
    "credential_standing": "dead",
    "credential_reason": "ListAccessKeys says Inactive",
}
GONE_KEY: dict[str, Any] = DEAD_KEY | {"credential_gone": True}
DEAD_ACCOUNT: dict[str, Any] = {
    "account_fresh": True,
    "account_standing": "dead",
    "account_reason": "pwdAccountLockedTime",
}
BACK: dict[str, Any] = {"gone": False, "returned": True, "ended_told": "since 2026-11-20, says hr"}
SEEN = cases.AS_OF - timedelta(hours=1)
TRUSTED_NO_MORE: dict[str, Any] = {"dead": True, "seen_at": SEEN, "cache": timedelta(hours=24)}


def by_id(rule: Rule) -> str:
    return rule.id


def why(rule: str, silent: Silent) -> str:
    """The sentence; "" where the finding stands."""
    found = rule_of(rule)
    assert found is not None
    return str(found.closes(silent, cases.AS_OF) or "")


STANDS: dict[str, Silent] = {"rehire-old-account": thing(**BACK), "signing-key-unverifiable": key(verifiers=0)}
"""What is found of somebody who came back, and of a key that nobody can be asked about."""


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.ticket is not TicketKind.CONFIRM], ids=by_id)
def test_what_nobody_saw_or_said_closes_nothing(rule: Rule) -> None:
    silent = STANDS.get(rule.id) or (key() if rule in OF_KEYS else thing())

    assert rule.closes(silent, cases.AS_OF) is None


@pytest.mark.parametrize("rule", OF_LEAVERS, ids=by_id)
def test_whatever_is_a_leavers_closes_when_a_person_says_that_it_is_not(rule: Rule) -> None:
    assert why(rule.id, thing(rejected_by="lee")) == "the link was rejected by lee"
    assert why(rule.id, thing(anothers_by="lee", anothers_worker="hr:1057")) == (
        "a person decided that it is worker hr:1057's: lee"
    )
    assert why(rule.id, thing(revoked_by="lee")) == "it was theirs by a decision alone, which lee revoked"


@pytest.mark.parametrize("rule", [rule for rule in OF_LEAVERS if rule.id != "rehire-old-account"], ids=by_id)
def test_whatever_is_a_leavers_closes_when_they_are_none(rule: Rule) -> None:
    assert why(rule.id, thing(**BACK)) == "works here again: since 2026-11-20, says hr"
    assert why(rule.id, thing(gone=False)) == "the departure was withdrawn"
    assert why(rule.id, thing(gone=False, same_as="hr:1057")) == "the same person as worker hr:1057"


@pytest.mark.parametrize(
    ("rule", "known", "sentence"),
    [
        ("leaver-access-key", DEAD_KEY, "seen dead: ListAccessKeys says Inactive"),
        ("leaver-access-key", GONE_KEY, "seen gone: it no longer exists"),
        ("leaver-access-key", DEAD_KEY | {"credential_fresh": False}, ""),
        ("leaver-access-key", DEAD_KEY | {"credential_standing": "unknown"}, ""),
        (
            "leaver-access-key",
            {"account_gone": True, "account_direct": True},
            "seen gone: the account no longer exists",
        ),
        ("leaver-access-key", {"account_gone": True, "account_fresh": True}, ""),
        ("leaver-access-key-inactive", DEAD_KEY, "seen dead: ListAccessKeys says Inactive"),
        ("leaver-access-key-inactive", DEAD_KEY | {"can_reactivate": True}, ""),
        (
            "leaver-access-key-inactive",
            DEAD_KEY | {"credential_standing": "works"},
            "switched on again: see leaver-access-key",
        ),
        (
            "leaver-credential-inactive",
            DEAD_KEY | {"credential_standing": "works", "subject_kind": "certificate"},
            "switched on again: see leaver-certificate",
        ),
        (
            "leaver-credential-inactive",
            DEAD_KEY | {"credential_standing": "works", "subject_kind": "service_credential"},
            "switched on again: see leaver-service-credential",
        ),
        ("leaver-ssh-key", {"key_disowned": True}, "the key is none of theirs, a person decided"),
        ("leaver-account-works", DEAD_ACCOUNT, "seen dead: pwdAccountLockedTime"),
        ("leaver-account-works", DEAD_ACCOUNT | {"credentials_alive": True}, "seen dead: pwdAccountLockedTime"),
        ("leaver-sessions-live", DEAD_ACCOUNT, "seen dead: pwdAccountLockedTime"),
        (
            "leaver-sessions-live",
            DEAD_ACCOUNT | {"account_standing": "works"},
            "switched on again: see leaver-account-works",
        ),
        ("leaver-sessions-live", DEAD_ACCOUNT | {"account_fresh": False}, ""),
        ("probable-account", DEAD_ACCOUNT, "seen dead: pwdAccountLockedTime"),
        ("probable-account", DEAD_ACCOUNT | {"credentials_alive": True}, ""),
        ("probable-account", {"account_fresh": True, "decided": True}, "a person decided whose it is"),
        (
            "disputed-account",
            {"account_fresh": True, "linked_as_theirs": True},
            "it is theirs for certain now, and judged as a leaver's",
        ),
        ("disputed-account", {"linked_as_theirs": True, "decided": True, "reviewed_elsewhere": True}, ""),
        (
            "disputed-account",
            {"account_fresh": True, "reviewed_elsewhere": True},
            "reviewed under another finding now",
        ),
        (
            "leaver-root-mail",
            {"account_fresh": True, "linked_or_disputed": False},
            "its mail address is no longer theirs",
        ),
        ("leaver-root-mail", {"linked_or_disputed": False}, ""),
        ("leaver-role-trust", {"roles_read": True}, "seen dead: the role lets none of their users in"),
        ("leaver-role-trust", {"roles_read": True, "role_open": True}, ""),
        ("leaver-role-trust", {"role_open": False, "role_rejected_by": "lee"}, "the link was rejected by lee"),
        (
            "leaver-created-account",
            {"account_fresh": True, "made_by_them": True},
            "it is held by somebody who works here",
        ),
        (
            "leaver-created-account",
            {"account_fresh": True, "departure_moved": True, "departure_day": "2026-12-01"},
            "the departure was moved to 2026-12-01: it has nothing to do with that",
        ),
        (
            "leaver-owned-service-account",
            {"relation": "owns", "account_fresh": True, "owned_by_them": True},
            "it has an active owner, and every secret is newer than the departure",
        ),
        (
            "leaver-owned-service-account",
            {"relation": "owns", "account_fresh": True, "linked_as_theirs": True, "decided": True},
            "it is theirs for certain now, and judged as a leaver's",
        ),
        ("leaver-owned-service-account", {"relation": "owns", "account_fresh": True, "linked_as_theirs": True}, ""),
        ("link-moved", {"relation": None, "revoked_by": "lee"}, "it was theirs by a decision alone, which lee revoked"),
        ("rehire-old-account", {}, "left again: judged as a leaver's now"),
        ("rehire-old-account", {"gone": False}, "the departure was withdrawn"),
        ("rehire-old-account", BACK, ""),
        (
            "rehire-old-account",
            BACK | {"account_fresh": True, "linked_to_present": True},
            "it is their present account",
        ),
        ("link-moved", {"left_at": None, **BACK}, ""),
        ("link-moved", {"decided_by": "lee"}, "whose it is was decided by lee"),
        ("link-moved", {"account_fresh": True, "linked_undoubted": True}, "linked to them again"),
        (
            "link-moved",
            {"left_at": None, "account_fresh": True, "linked_in_doubt": False},
            "what it said before is no longer theirs either",
        ),
        (
            "link-moved",
            {"relation": "owns", "account_fresh": True, "account_standing": "works"},
            "every secret is newer than their owning it",
        ),
    ],
)
def test_a_thing_closes_by_what_a_complete_read_saw_or_a_person_said(
    rule: str, known: dict[str, Any], sentence: str
) -> None:
    assert why(rule, thing(**known)) == sentence


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"account_fresh": True}, "never told to anyone, and no longer linked"),
        ({"account_fresh": True, "state": "open"}, ""),
        ({"account_fresh": True, "unplaced": False}, ""),
        ({"account_fresh": True, "linked": True}, ""),
        ({}, ""),
    ],
)
def test_what_nobody_was_told_of_closes_with_its_link(known: dict[str, Any], sentence: str) -> None:
    untold: dict[str, Any] = {"state": "held", "unplaced": True, "linked": False}

    assert why("leaver-account-works", thing(**(untold | known))) == sentence


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({}, ""),
        ({"departure_moved": True}, "the departure was moved to 2026-11-13: it was used before that"),
        ({"departure_moved": True, "basis": "notice"}, ""),
        ({"departure_moved": True, "departure_certain_at": LEFT_AT - timedelta(days=3)}, ""),
        (DEAD_KEY | DEAD_ACCOUNT, ""),
    ],
)
def test_a_use_closes_only_where_they_left_after_it(known: dict[str, Any], sentence: str) -> None:
    assert why("used-after-departure", thing(**({"last_used_at": LEFT_AT - timedelta(days=1)} | known))) == sentence


@pytest.mark.parametrize("rule", ["engagement-lapsed", "departure-inferred"])
@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({}, "the departure is confirmed now"),
        ({"confirmed_by": "lee"}, "the departure is confirmed now, says lee"),
        ({"departure_confirmed": False}, "the departure is told otherwise now"),
        (BACK, "works here, says the roster: since 2026-11-20, says hr"),
        ({"same_as": "hr:1057"}, "the same person as worker hr:1057"),
    ],
)
def test_a_departure_that_waits_closes_by_a_clear_word(rule: str, known: dict[str, Any], sentence: str) -> None:
    assert why(rule, thing(**known)) == sentence


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"gone": False}, "HR no longer says that they left and work here at once"),
        ({"gone": False, "denied_by": "lee"}, "works here, says lee"),
        ({}, "they have left: judged as a leaver's now"),
        ({"same_as": "hr:1057"}, "the same person as worker hr:1057"),
    ],
)
def test_a_hidden_departure_closes_by_a_clear_word(known: dict[str, Any], sentence: str) -> None:
    assert why("departure-hidden", thing(**known)) == sentence


def test_only_an_event_is_closed_by_nothing_but_a_verdict() -> None:
    assert ONLY_A_VERDICT == ["signing-key-used-after-departure"]


@pytest.mark.parametrize("resolution", Resolution, ids=str)
def test_each_resolution_has_a_sentence_and_is_kept_with_what_it_needs(resolution: Resolution) -> None:
    told = Resolved(resolution=resolution, author="lee", reason="why", worker="hr:1057", moment="2026-11-13", text="")

    assert str(told) or resolution is Resolution.RECORDED
    assert sentence(resolution.value, {"text": "as it was"}) == "as it was"
    assert sentence(None, {}) == ""


def test_a_digest_closes_when_its_system_was_read_whole() -> None:
    nobody: dict[str, Any] = {"person_uid": None, "gone": False}

    assert why("orphan-account", thing(**nobody, accounts_read=True)) == "no account is left unclaimed"
    assert why("uncustodied-signing-key", thing(**nobody, keys_read=True)) == (
        "of each key that is trusted somebody is known who holds it"
    )
    assert [why(rule, thing(**nobody)) for rule in DIGESTS] == ["", ""]


@pytest.mark.parametrize("rule", [rule.id for rule in OF_KEYS])
def test_a_key_closes_when_nobody_trusts_it_or_it_is_no_leavers(rule: str) -> None:
    assert why(rule, key(**TRUSTED_NO_MORE)) == (
        f"no verifier accepts it any more: seen twice, 24 h apart, last at {SEEN:%Y-%m-%d %H:%M} UTC"
    )
    assert why(rule, key(registered_alone=True, in_register=False)) == (
        "a source or verifier shows it now: judged by what that tells"
    )
    told = why(rule, key(verifiers=0, gone=False))
    assert told == "the departure was withdrawn"
    assert why(rule, key(verifiers=0, newer=True)) == "newer than the departure: this material was made after it"
    assert why(rule, key(verifiers=0, holder=False, rejected_by="lee")) == "the link was rejected by lee"
    assert why(rule, key(verifiers=0, holder=True, rejected_by="lee")) == ""
    assert why(rule, key(verifiers=0, person_uid=None, gone=False, holders=0)) == (
        "nobody who left holds it: their departures were withdrawn, or it is newer"
    )


@pytest.mark.parametrize(
    ("cache", "apart"),
    [
        (None, ""),
        (timedelta(0), ""),
        (timedelta(hours=1, minutes=30), ", 1.5 h apart"),
        (timedelta(days=5), ", 120 h apart"),
    ],
)
def test_the_two_looks_are_a_cache_apart(cache: timedelta | None, apart: str) -> None:
    told = why("leaver-signing-key", key(**(TRUSTED_NO_MORE | {"cache": cache})))

    assert told.startswith(f"no verifier accepts it any more: seen twice{apart}, last at ")


LEFT_ITS_SYSTEM = "it could not be carried away, says {}: cutting the access is enough"


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"system_cannot_leave": True}, LEFT_ITS_SYSTEM.format("its system")),
        ({"register_carryable": "no"}, LEFT_ITS_SYSTEM.format("the register")),
        ({"system_cannot_leave": True, "register_carryable": "yes"}, ""),
        ({"system_cannot_leave": True, "system_can_leave": True}, ""),
        ({"system_can_leave": True, "register_carryable": "no"}, ""),
    ],
)
def test_a_held_key_closes_where_it_cannot_leave(known: dict[str, Any], sentence: str) -> None:
    assert why("leaver-signing-key", key(**known)) == sentence


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"nowhere": True}, "seen gone: the key no longer exists"),
        ({"fresh": True, "has_access": False}, "the access has ended: seen by a whole read"),
        ({"has_access": False}, ""),
        ({"system_can_leave": True}, "it can be carried away: judged as such"),
        ({"system_cannot_leave": True}, ""),
    ],
)
def test_access_to_a_key_closes_when_it_is_cut(known: dict[str, Any], sentence: str) -> None:
    assert why("leaver-key-access", key(**known)) == sentence


@pytest.mark.parametrize(
    ("silent", "sentence"),
    [
        (
            key(
                verifiers=0,
                attested_by="lee",
                attested_reason="saw 401",
                attested_until=cases.AS_OF + timedelta(days=90),
            ),
            f"attested by lee until {cases.AS_OF + timedelta(days=90):%Y-%m-%d}: saw 401",
        ),
        (key(verifiers=0, attested_by="lee", attested_reason="saw 401", attested_until=cases.AS_OF), ""),
        (key(verifiers=1), "a verifier tells now: judged by what it says"),
        (key(verifiers=0), ""),
    ],
)
def test_a_key_that_nobody_can_be_asked_about_closes_by_a_persons_word(silent: SilentKey, sentence: str) -> None:
    assert why("signing-key-unverifiable", silent) == sentence

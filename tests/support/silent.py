"""Findings that no rule says any more: plain ones, of which nothing is known, to be changed where a test needs it."""

from datetime import UTC, datetime
from typing import Any

from offboarding.model import SilentKey, SilentThing

NOTHING: dict[str, Any] = {
    "finding_key": "7c31aa01",
    "rule": "leaver-access-key",
    "state": "open",
    "person_uid": "person-1042",
    "gone": True,
    "away": False,
    "returned": False,
    "ended_told": "",
    "same_as": None,
    "rejected_by": None,
}
LEFT_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)


def thing(**changes: Any) -> SilentThing:
    """A leaver's, on an account of theirs that no read has seen."""
    usual: dict[str, Any] = {
        "source": "aws",
        "shut_at": None,
        "seen_at": None,
        "subject_kind": "access_key",
        "relation": "is",
        "basis": "actual",
        "left_at": LEFT_AT,
        "last_used_at": None,
        "unplaced": False,
        "departure_confirmed": True,
        "departure_certain_at": LEFT_AT,
        "departure_moved": False,
        "departure_day": "2026-11-13",
        "confirmed_by": None,
        "denied_by": None,
        "revoked_by": None,
        "anothers_by": None,
        "anothers_worker": None,
        "decided_by": None,
        "decided": False,
        "accounts_read": False,
        "keys_read": False,
        "roles_read": False,
        "account_fresh": False,
        "account_direct": False,
        "account_gone": False,
        "account_standing": None,
        "account_reason": None,
        "keeps_password": False,
        "provider_works": False,
        "provider_has_none": False,
        "listed_at": None,
        "attested_by": None,
        "attested_reason": None,
        "attested_until": None,
        "credentials_alive": False,
        "has_credential": False,
        "credential_fresh": False,
        "credential_gone": False,
        "credential_standing": None,
        "credential_reason": None,
        "can_reactivate": False,
        "key_disowned": False,
        "linked": True,
        "linked_as_theirs": False,
        "linked_undoubted": False,
        "linked_in_doubt": True,
        "linked_to_present": False,
        "linked_or_disputed": True,
        "made_by_them": False,
        "owned_by_them": False,
        "role_open": None,
        "role_rejected_by": None,
        "reviewed_elsewhere": False,
    }
    return SilentThing(**(NOTHING | usual | changes))


def key(**changes: Any) -> SilentKey:
    """A departed holder's, of a key that one verifier trusts."""
    usual: dict[str, Any] = {
        "registered_alone": False,
        "in_register": True,
        "dead": False,
        "verifiers": 1,
        "cache": None,
        "seen_at": None,
        "nowhere": False,
        "fresh": False,
        "system_can_leave": False,
        "system_cannot_leave": False,
        "register_carryable": None,
        "holder": True,
        "newer": False,
        "holders": 1,
        "has_access": True,
        "attested_by": None,
        "attested_reason": None,
        "attested_until": None,
    }
    return SilentKey(**(NOTHING | usual | changes))

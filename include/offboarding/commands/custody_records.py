"""The lines of JSON about keys and who may hold them (docs/jsonl.md)."""

from datetime import UTC, datetime

from include.offboarding.commands.records import SCHEMA_VERSION, Record
from include.offboarding.model import KeyCopy
from include.offboarding.store.reading.told_holders import HolderTold
from include.offboarding.store.reading.told_keys import KeyTold


def key_record(key: KeyTold) -> Record:
    """A line of `custody`."""
    could, why = key.carryable
    return {
        "schema_version": SCHEMA_VERSION,
        "material": key.material,
        "kind": key.kind.value,
        "label": key.label,
        "standing": key.standing.value,
        "verifiable": bool(key.verifying),
        "carryable": could.value,
        "carryable_reason": why,
        "register": _register(key),
        "attested_until": _at(key.attested.until) if key.attested else None,
        "copies": [_copy(copy) for copy in key.copies],
    }


def holder_record(key: KeyTold, holder: HolderTold) -> Record:
    """A line of `custody --key` and of `custody --worker`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "material": key.material,
        "label": key.label,
        "standing": key.standing.value,
        "id_space": holder.id_space,
        "worker_id": holder.worker_id,
        "left_at": _at(holder.gone_at),
        "grade": holder.grade.value,
        "held": [
            {
                "grade": held.grade.value,
                "text": held.text,
                "at": _at(held.at),
                "event_id": held.event_id or None,
                "action": held.action or None,
            }
            for held in holder.held
        ],
    }


def _register(key: KeyTold) -> Record | None:
    if key.registered is None:
        return None
    said = key.registered
    return {
        "name": said.name,
        "custodians": said.custodians,
        "signs_for": said.signs_for,
        "owner": said.owner,
        "threshold": said.threshold,
    }


def _copy(copy: KeyCopy) -> Record:
    return {
        "source": copy.source,
        "realm": copy.key.realm,
        "native_id": copy.key.native_id,
        "label": copy.key.label,
        "version": copy.key.version or None,
        "algorithm": copy.key.algorithm or None,
        "verifies": copy.key.verifies,
        "standing": copy.key.standing.value,
        "standing_reason": copy.key.standing_reason,
        "created_at": _at(copy.key.created_at),
        "expires_at": _at(copy.key.expires_at),
        "first_seen_at": _at(copy.first_seen_at),
        "last_seen_at": _at(copy.last_seen_at),
        "untrusted_since": _at(copy.untrusted_since),
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()

"""The lines of JSON about departures that people speak of (docs/jsonl.md)."""

from datetime import UTC, datetime

from include.offboarding.commands.records import SCHEMA_VERSION, Record
from include.offboarding.store.notices import Notice
from include.offboarding.store.reading.upcoming import LeavesSoon
from include.offboarding.store.words import OpenEnd


def notice_record(notice: Notice) -> Record:
    """A line of `notice list`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "notice": notice.notice_id,
        "id_space": notice.id_space,
        "worker_id": notice.worker_id,
        "left_at": _at(notice.left_at),
        "zone": notice.zone,
        "reason": notice.reason,
        "author": notice.author,
        "made_at": _at(notice.made_at),
        "warn_at": _at(notice.warn_at),
        "confirmed_at": _at(notice.confirmed_at),
        "ended_at": _at(notice.ended_at),
        "ended_by": notice.ended_by,
        "ended_for": notice.ended_for,
    }


def open_end_record(end: OpenEnd) -> Record:
    """A line of `departure list`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "departure": end.name,
        "id_space": end.id_space,
        "worker_id": end.worker_id,
        "basis": end.basis,
        "left_at": _at(end.left_at),
        "left_on": str(end.left_on) if end.left_on else None,
        "zone": end.zone,
        "confirmed": end.confirmed,
        "roster": end.roster,
        "told": end.told,
        "verdict": end.verdict,
        "reason": end.reason,
        "author": end.author,
        "decided_at": _at(end.decided_at),
        "until": _at(end.until),
    }


def upcoming_record(each: LeavesSoon, keys: list[str]) -> Record:
    """A line of `upcoming`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id_space": each.id_space,
        "worker_id": each.worker_id,
        "left_at": _at(each.left_at),
        "left_on": str(each.left_on),
        "zone": each.zone,
        "basis": each.basis,
        "told": each.told,
        "accounts": each.labels,
        "privileged": each.privileged,
        "credentials": each.credentials,
        "keys": keys,
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()

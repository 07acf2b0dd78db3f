"""One key's history: how its copies stood, what came before and after it, what people said, whom the register named."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from offboarding.model import Attested
from offboarding.store.connect import Session
from offboarding.store.reading.key_views import KeyView
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_Row = TypeVar("_Row")


class CustodianKind(StrEnum):
    """What the register names as a custodian."""

    WORKER = "worker"
    GROUP = "group"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodThen:
    """How a copy stood from one moment to another."""

    source: str
    native_id: str
    label: str
    standing: str
    """works, dead, unknown or gone."""
    reason: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Another key under one of its names."""

    source: str
    native_id: str
    label: str
    material: str
    created_at: datetime | None
    first_seen_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodianView:
    """Somebody whom the register names, or named."""

    kind: CustodianKind
    space: str
    holder: str
    team: str
    since: datetime | None
    until: datetime | None
    valid_from: datetime
    valid_to: datetime | None
    """When it named them no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHistory:
    """All of it, the latest first; of each no more than was asked for."""

    stretches: tuple[StoodThen, ...]
    versions: tuple[Version, ...]
    words: tuple[Attested, ...]
    custodians: tuple[CustodianView, ...]


def key_history(session: Session, key: KeyView, *, most: int) -> KeyHistory:
    """Of one key. `most`: of each sort."""
    name = key.registered.name if key.registered else key.label
    values: dict[str, object] = {"material": key.material, "name": name, "most": most}
    with session.transaction():
        return KeyHistory(
            stretches=_rows(session, StoodThen, "stretches", values),
            versions=_rows(session, Version, "versions", values),
            words=_rows(session, Attested, "words", values),
            custodians=_rows(session, CustodianView, "custodians_told", values),
        )


def _rows(session: Session, record: type[_Row], name: str, values: dict[str, object]) -> tuple[_Row, ...]:
    with session.cursor(row_factory=record_row(record)) as cursor:
        return tuple(cursor.execute(block("key_views", name), values).fetchall())

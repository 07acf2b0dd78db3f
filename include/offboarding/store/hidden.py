"""Departures that another employment of the same person hides, and numbers that are nearly a leaver's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from psycopg.rows import class_row

from offboarding.model import HiddenCase, HiddenDeparture
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenThen:
    """A departure that was hidden when a run ended."""

    id_space: str
    worker_id: str
    """By whose record they have left."""
    left_at: datetime
    here_space: str
    here_worker_id: str
    """By whose they work here."""
    settled: bool
    """A person said that they do work here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeThen:
    """Somebody who works here under a leaver's number but for leading zeros, in the same roster."""

    id_space: str
    worker_id: str
    here_worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _HiddenRow:
    person_uid: str
    worker_id: str
    episode: int
    hidden: HiddenDeparture


def hidden_cases(session: Session, values: dict[str, object]) -> Iterator[HiddenCase]:
    """Yield a case for each person of whom HR says both, and nobody has said which is true."""
    with session.cursor(row_factory=record_row(_HiddenRow)) as cursor:
        rows = cursor.execute(block("hidden", "hidden_cases"), values).fetchall()
    for _, group in groupby(rows, key=lambda row: row.person_uid):
        theirs = list(group)
        yield HiddenCase(
            person_uid=theirs[0].person_uid,
            worker_id=theirs[0].worker_id,
            episode=theirs[0].episode,
            departures=tuple(row.hidden for row in theirs),
        )


def hidden_then(session: Session, run_id: int) -> list[HiddenThen]:
    """Those that stood when a run ended, settled ones last."""
    with session.cursor(row_factory=class_row(HiddenThen)) as cursor:
        return cursor.execute(block("hidden", "hidden_then"), {"run_id": run_id}).fetchall()


def alike_then(session: Session, run_id: int) -> list[AlikeThen]:
    """Numbers that are nearly those of people who left lately."""
    with session.cursor(row_factory=class_row(AlikeThen)) as cursor:
        return cursor.execute(block("hidden", "alike_then"), {"run_id": run_id}).fetchall()

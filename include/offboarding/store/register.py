"""The custody register on its way into the store: dated rows, written on change only.

What was taken out once stood there. Its row ends and stays, since taking a custodian off gives back no copy of a key.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg.rows import tuple_row

from offboarding.store.connect import Session
from offboarding.store.custody_rows import CustodianRow, RegisteredKeyRow
from offboarding.store.locks import lock_register
from offboarding.store.sql import block, statements
from offboarding.store.staging import Stage

_COLUMNS = {
    "s_registered": ("name", "kind", "carryable", "carryable_reason", "signs_for", "owner", "queue", "threshold"),
    "s_place": ("name", "reader", "place"),
    "s_custodian": ("name", "kind", "space", "holder", "team", "since", "until"),
}


def merge_register(session: Session, rows: Sequence[RegisteredKeyRow], at: datetime) -> None:
    """The register stands like this from `at` on; names are unique among the rows. One merge at a time."""
    with session.transaction():
        lock_register(session)
        for statement in statements("register", "stage_register"):
            session.execute(statement)
        stage = Stage(session, _COLUMNS)
        for row in rows:
            _add(stage, row)
        stage.finish()
        for step in ("end_registered", "begin_registered"):
            for statement in statements("register", step):
                session.execute(statement, {"at": at})
        session.execute("drop table s_registered, s_place, s_custodian")


def unknown_workers(session: Session, workers: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return which of these workers, by id space and normal number, no roster ever reported, in their order."""
    values = {"spaces": [space for space, _ in workers], "holders": [holder for _, holder in workers]}
    with session.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(block("register", "unknown_workers"), values).fetchall()


def _add(stage: Stage, row: RegisteredKeyRow) -> None:
    stage.add(
        "s_registered",
        (
            *(row.name, row.kind, row.carryable, row.carryable_reason, row.signs_for, row.owner, row.queue),
            row.threshold,
        ),
    )
    for reader, place in row.places:
        stage.add("s_place", (row.name, reader, place))
    for custodian in row.custodians:
        stage.add("s_custodian", _custodian(row.name, custodian))


def _custodian(name: str, row: CustodianRow) -> Sequence[object]:
    return (name, row.kind, row.space, row.holder, row.team, row.since, row.until)

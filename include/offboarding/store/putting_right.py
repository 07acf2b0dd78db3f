"""Rows and states as the record says: what it doesn't know is set aside, what stands otherwise is put back.

A run does this before it goes by any of them, and tells each in its report.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from psycopg import sql
from psycopg.rows import class_row, scalar_row

from offboarding.model.keys import short_finding
from offboarding.store import events, keyed, pushed, restores
from offboarding.store.connect import Session
from offboarding.store.events import Head, Saying, append_events, append_sayings, broken_at
from offboarding.store.locks import lock_findings
from offboarding.store.recorded import (
    GONE,
    KINDS,
    Kind,
    Trouble,
    fields,
    moments_changed,
    said,
    severities_changed,
    states_changed,
    troubles,
)
from offboarding.store.sql import block


def put_right(session: Session, run_id: int) -> list[str]:
    """Rows and findings' states as the record says, from here on. Returns a sentence for each that wasn't.

    What was found stays with the run, for its report, and in the record.
    """
    with session.transaction():
        lock_findings(session)
        found = [
            *restores.noticed(session),
            *_chain_since(session, run_id),
            *_put_rows_right(session, run_id),
            *_put_states_right(session, run_id),
            *_put_severities_right(session, run_id),
            *_put_moments_right(session),
            *keyed.put_findings_right(session, run_id),
            *keyed.put_episodes_right(session),
            *_displayed_workers_corrected(session),
            *_guard_references_corrected(session, run_id),
        ]
        if found:
            note_troubles(session, run_id, found)
    return found


def hold_to_head(session: Session, run_id: int, head: Head) -> list[str]:
    """Compare the record with where it ended once, as somebody else kept it. Returns a sentence where that is gone.

    A record that was cut looks whole, and so does a store that goes on from a backup: both have forgotten something.
    """
    with session.transaction():
        lock_findings(session)
        if events.hash_of(session, head.seq) == head.hash:
            return []
        restores.doubt(session)
        found = (
            f"the record no longer holds event {head.seq} with the hash {head.hash[:12]}, which was kept outside the"
            " store when an earlier run or decision ended: its end was cut, the store was restored from a backup, or"
            " another store is configured. Compare the table finding_event with a backup. See docs/operations.md,"
            " Restore"
        )
        note_troubles(session, run_id, [found])
    return [found]


def hold_to_pushes(session: Session, kept: int, run_id: int | None = None) -> list[str]:
    """Compare the number of changes that were pushed with the number `kept` outside the store. Return a sentence where
    the store holds fewer, and note it with a run.

    The store counts on from `kept`, so that it is noticed once.
    """
    there = pushed.changes(session)
    if there >= kept:
        return []
    with session.transaction():
        lock_findings(session)
        if not pushed.raise_changes(session, kept):
            return []
        restores.doubt(session)
        found = (
            f"identity providers pushed {there} changes by SCIM as this store counts them, {kept} as Airflow does: the"
            " store was restored from a backup, or another store is configured. Rosters pushed by SCIM count as partial"
            " until all of their users have been pushed again. See docs/operations.md, Restore"
        )
        if run_id is not None:
            note_troubles(session, run_id, [found])
    return [found]


def note_troubles(session: Session, run_id: int, found: Sequence[str]) -> None:
    """For the report of a run."""
    session.execute(block("recorded", "note_troubles"), {"run_id": run_id, "troubles": list(found)})


def put_right_as_produced(session: Session, run_id: int) -> list[str]:
    """Findings that were set aside, by what this run's rules say. Returns a sentence for each that is right again."""
    found = keyed.put_right_as_produced(session, run_id)
    if found:
        note_troubles(session, run_id, found)
    return found


def note_edited(session: Session, run_id: int, edited: Sequence[str]) -> list[str]:
    """That a run's correlation found links, or departures, that weren't as the last one left them."""
    past = "were changed past the record since they were last worked out"
    found = [f"{each} {past}: all were made anew" for each in edited]
    if found:
        note_troubles(session, run_id, found)
    return found


def troubles_then(session: Session, run_id: int) -> list[str]:
    """What a run has to report of the record."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(each) for each in cursor.execute(block("recorded", "troubles_then"), {"run_id": run_id})]


def _put_rows_right(session: Session, run_id: int) -> Iterator[str]:
    found = troubles(session)
    # All of them are out of the way first: of two rows that were exchanged, each stands where the other belongs.
    held = {trouble.about: _taken_out(session, trouble) for trouble in found}
    for trouble in sorted(found, key=lambda each: each.recorded is not None):
        table = trouble.about.partition(":")[0]
        if trouble.recorded is not None:
            _restore(session, table, trouble.about, trouble.recorded, held[trouble.about])
        stands = said(session, [trouble.about]).get(trouble.about)
        act, text = ("put back", stands) if stands else (GONE, trouble.found or "null")
        saying = Saying(about=trouble.about, act=act, text=text)
        append_sayings(session, [saying], run_id=run_id, actor=f"run {run_id}")
        yield f"{trouble}: it was {act}"


def _put_states_right(session: Session, run_id: int) -> Iterator[str]:
    changed = states_changed(session)
    for change in changed:
        session.execute(block("recorded", "put_back_state"), {"finding_key": change.finding_key})
        yield (
            f"finding {short_finding(change.finding_key)} stood {change.from_state}, and its last event says"
            f" {change.to_state}: it was put back"
        )
    text = "put back: its state was changed past the record"
    append_events(session, [replace(change, text=text) for change in changed], run_id=run_id, actor=f"run {run_id}")


def _put_severities_right(session: Session, run_id: int) -> Iterator[str]:
    for each in severities_changed(session):
        values = {"finding_key": each.finding_key, "severity": each.recorded}
        session.execute(block("recorded", "put_back_severity"), values)
        saying = Saying(about=f"severity:{each.finding_key}", act=each.recorded, text=f"put back: it was {each.found}")
        append_sayings(session, [saying], run_id=run_id, actor=f"run {run_id}")
        yield f"{each}: it was put back"


def _put_moments_right(session: Session) -> Iterator[str]:
    for each in moments_changed(session):
        session.execute(block("recorded", "put_back_moments"), asdict(each))
        yield f"{each}: that was put back"


def _displayed_workers_corrected(session: Session) -> Iterator[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        for each in cursor.execute(block("recorded", "clear_displayed_workers")).fetchall():
            yield f"worker {each} was displayed as another person: the row was edited in the store and is corrected"


def _guard_references_corrected(session: Session, run_id: int) -> Iterator[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        edited = cursor.execute(block("recorded", "correct_guard_references"), {"run_id": run_id}).fetchall()
        for each in sorted({*edited}):
            yield f"the guard's reference values of {each} were dated after the latest run: edited, and corrected"
        for roster in cursor.execute(block("recorded", "restore_guard_references")).fetchall():
            yield f"the guard's reference values of roster {roster} were deleted from the store and are restored"


def _chain_since(session: Session, run_id: int) -> Iterator[str]:
    with session.cursor(row_factory=class_row(Head)) as cursor:
        last = cursor.execute(block("recorded", "last_head"), {"run_id": run_id}).fetchone()
    broken = broken_at(session, since=last)
    since = (
        f"the record is broken at event {broken}: it, or one before it, was edited or removed since the last run ended."
        " See: python -m offboarding audit verify"
    )
    if broken is None or since in troubles_then(session, run_id):
        return
    # Behind it the chain goes on, and is looked at from there.
    saying = Saying(about="record", act="broken", text=str(broken))
    append_sayings(session, [saying], run_id=run_id, actor=f"run {run_id}")
    yield since


def _taken_out(session: Session, trouble: Trouble) -> dict[str, object]:
    """The row goes, or is one on which nobody decided. Returns all that it held, its words at the least."""
    table = trouble.about.partition(":")[0]
    kind, same = KINDS[table], (_as_row(table), _same(KINDS[table]))
    if trouble.found is None:
        return dict.fromkeys(kind.words, "")
    statement = sql.SQL("select to_jsonb(t)::text from {} t, {} where {}").format(sql.Identifier(table), *same)
    with session.cursor(row_factory=scalar_row) as cursor:
        held = fields(str(cursor.execute(statement, [trouble.found]).fetchone()))
    if kind.undecided is None:
        statement = sql.SQL("delete from {} t using {} where {}").format(sql.Identifier(table), *same)
        session.execute(statement, [trouble.found])
        return held
    columns = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in kind.undecided)
    statement = sql.SQL("update {} t set {} from {} where {}").format(sql.Identifier(table), columns, *same)
    session.execute(statement, [*kind.undecided.values(), trouble.found])
    return held


def _restore(session: Session, table: str, about: str, recorded: str, held: Mapping[str, object]) -> None:
    """The row says again what the record says; words that are none of it go, since their digest alone is known."""
    kind, values, same = KINDS[table], fields(recorded), (_as_row(table), _same(KINDS[table]))
    row = {
        name: None if name in kind.nullable and value == "" else value
        for name, value in {**held, **values}.items()
        if name != "words"
    }
    if kind.undecided is None:
        statement = sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
            sql.Identifier(table), _names(list(row)), _names(list(row), of="p"), _as_row(table)
        )
    else:
        columns = [name for name in row if name not in kind.key and (name in values or name in kind.words)]
        statement = sql.SQL("update {} t set ({}) = row({}) from {} where {}").format(
            sql.Identifier(table), _names(columns), _names(columns, of="p"), *same
        )
    session.execute(statement, [json.dumps(row)])
    if any(fields(text).get("words") != values.get("words") for text in said(session, [about]).values()):
        empty = sql.SQL(", ").join(sql.SQL("{} = ''").format(sql.Identifier(name)) for name in kind.words)
        statement = sql.SQL("update {} t set {} from {} where {}").format(sql.Identifier(table), empty, *same)
        session.execute(statement, [recorded])


def _as_row(table: str) -> sql.Composed:
    """A row's JSON as a row of its table."""
    return sql.SQL("jsonb_populate_record(null::{}, %s) p").format(sql.Identifier(table))


def _same(kind: Kind) -> sql.Composed:
    return sql.SQL(" and ").join(sql.SQL("t.{0} = p.{0}").format(sql.Identifier(name)) for name in kind.key)


def _names(columns: Sequence[str], *, of: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(of, name) if of else sql.Identifier(name) for name in columns)

"""Persons, departures and links: one transaction, set by set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from offboarding.store import recorded, temporary
from offboarding.store.connect import Session
from offboarding.store.correlation import focus, recorded_links
from offboarding.store.correlation.focus import drop_views, find_focus, note_correlated, settings_digest
from offboarding.store.correlation.persons import merge_same_persons
from offboarding.store.first_load import first_load
from offboarding.store.locks import lock_correlation
from offboarding.store.rows import CorrelationCounts, SourceSetting
from offboarding.store.sql import block, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationSettings:
    """What the queries are told; scores in whole hundredths."""

    as_of: datetime
    zone: str
    sources: tuple[SourceSetting, ...]
    placeholders: tuple[str, ...]
    """In their normal form."""
    reserved: tuple[str, ...]
    pre_start_days: int
    shut_while: Sequence[str]
    possibly_one_days: int
    created_window_days: int
    scores: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightlessValue:
    """A value that too many accounts bear; the value itself isn't told."""

    realm: str
    kind: str
    name: str
    accounts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLoad:
    """That a realm was loaded or migrated: when its accounts were made then tells nothing."""

    realm: str
    made: int
    """How many of its accounts had been made so when that was found ..."""
    accounts: int
    """... of how many whose birth is told."""
    first_at: str
    """ISO 8601, as JSON keeps it."""
    last_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationOutcome:
    """What came of it."""

    counts: CorrelationCounts | None
    """None where nobody asked."""
    weightless: tuple[WeightlessValue, ...]
    loads: tuple[BulkLoad, ...]
    """At most one a realm."""
    merged_persons: int
    edited: tuple[str, ...]
    """What didn't stand as the last correlation had left it (recorded_links.py), and was made anew."""


_LINK_COLUMNS = (
    b"account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from, held_since, by_word"
)


def correlate(session: Session, settings: CorrelationSettings, *, counted: bool = True) -> CorrelationOutcome:
    """Decide who left and whose each account is, and write down what changed.

    `counted`: whether it's also to be counted how many accounts are linked, of all that there are.
    """
    values: dict[str, object] = {
        "as_of": settings.as_of,
        "zone": settings.zone,
        "pre_start_days": settings.pre_start_days,
        "shut_while": list(settings.shut_while),
        "possibly_one_days": settings.possibly_one_days,
        "created_window_days": settings.created_window_days,
        "reserved": list(settings.reserved),
        "sources": Jsonb([_setting(source) for source in settings.sources]),
        **settings.scores,
    }
    values["settings"] = settings_digest(values, settings.placeholders)
    with session.transaction():
        lock_correlation(session)
        focus.begin(session)
        edited = recorded_links.changed(session)
        if recorded_links.LINKS in edited:
            recorded_links.look_at_all(session)
        drop_views(session)
        temporary.forget(session, "persons", "notices", "focus", "correlate", "uses")
        _placeholders(session, settings.placeholders)
        _run(session, "persons", values, "refresh_statistics")
        _run(session, "rosters", {"roster": None}, "mark_superseded")
        merged = merge_same_persons(session, values, settings.as_of)
        temporary.make(session, "persons", values, "employment_span")
        _run(session, "persons", values, "doubt_away", "void_withdrawn_hires", "overrule_spans")
        temporary.make(session, "persons", values, "feed_state")
        for step in ("doubt_confirmations", "end_served", "confirm_notices"):
            recorded.write(session, "notice", "notices", step, values, actor="the roster")
        temporary.make(session, "notices", values, "person_state")
        temporary.make(session, "persons", values)
        _run(session, "persons", values, "write_hidden")
        if recorded_links.DEPARTURES in edited:
            recorded_links.put_back_returned(session)
        # What was edited begins no episode, in which everything would be found and told once more.
        raised = () if recorded_links.DEPARTURES in edited else ("raise_episodes",)
        moved = _run(session, "persons", values, "end_departures", *raised, "begin_departures")
        temporary.make(session, "correlate", values, "source_setting")
        temporary.make(session, "uses", values, "use_taken")
        everything = find_focus(session, values, everything=bool(merged))
        _score(session, values)
        with first_load(session, "link") as are_first:
            written = _write_links(session, values, are_first=are_first)
        if written or merged or edited or (moved and recorded_links.DEPARTURES in recorded_links.changed(session)):
            recorded_links.note(session)
        _run(session, "correlate", values, "analyze_links")
        temporary.make(session, "uses", values)
        _run(session, "uses", values, "keep_less_use")
        note_correlated(session, values, everything=everything)
        _run(session, "correlate", values, "refresh_link_statistics")
        drop_views(session)
        return _outcome(session, values, merged, counted=counted, edited=edited)


def _score(session: Session, values: dict[str, object]) -> None:
    # Evidence names people as they are shown.
    temporary.make(session, "correlate", values, "several_workers")
    _run(session, "correlate", values, "show_workers")
    # What too many bear goes before anything else is made of what they bear.
    temporary.make(session, "correlate", values, "weightless", "weighed_nothing")
    if _is_any(session, "weightless"):
        _run(session, "correlate", values, "question_weightless", "drop_weightless")
    is_questioned = _is_any(session, "questioned")
    temporary.make(session, "correlate", values, "claim", "further", "evidence", "ranked")
    _run(session, "correlate", {**values, "again": False}, "rank")
    if is_questioned:
        _run(session, "correlate", values, "keep_words")
    # An account that is definitely somebody's vouches for their logins; one that is theirs by now, for ids and keys.
    temporary.make(session, "correlate", values, "vouched_login")
    _add(session, values, "evidence_login")
    temporary.make(session, "correlate", values, "met", "contradicted")
    _add(session, values, "evidence_external_id", "evidence_ssh_key")
    _restore_lost(session, values)
    temporary.make(session, "correlate", values, "at_once")
    _add(session, values, "evidence_at_once")
    _run(session, "correlate", values, "link_each_leaver")
    _settle_words(session, values, is_questioned=is_questioned)
    owners = ("evidence_mail_owner", "evidence_owner_number", "evidence_owner_login", "evidence_owner_label")
    _run(session, "correlate", values, *owners)
    temporary.make(session, "correlate", values, "owning")
    _run(session, "correlate", values, "add_created_links")
    _run(session, "created", values, "add_recorded_links")


def _restore_lost(session: Session, values: dict[str, object]) -> None:
    """Give accounts back to whoever has them by their other accounts, until that brings in no more."""
    temporary.make(session, "correlate", values, "lost", "restored")
    while _is_any(session, "lost") and _run(session, "correlate", values, "restore_lost"):
        _run(session, "correlate", values, "keep_restored")


def _settle_words(session: Session, values: dict[str, object], *, is_questioned: bool) -> None:
    """Where an account says otherwise of itself than when its link stood: by which words that goes."""
    temporary.make(session, "correlate", values, "held_link")
    if is_questioned:
        _run(session, "correlate", values, "settle_words")
    _run(session, "correlate", values, "forget_words")


def _write_links(session: Session, values: dict[str, object], *, are_first: bool) -> int:
    """End those that no longer hold, and begin those that didn't: the first ones straight away. Returns how many."""
    if not are_first:
        temporary.make(session, "correlate", values, "final_link")
    table = b"link" if are_first else b"final_link"
    statement = b"insert into %b (%b) %b" % (table, _LINK_COLUMNS, block("correlate", "links_today"))
    made = session.execute(statement, values).rowcount
    return made if are_first else _run(session, "correlate", values, "close_links", "begin_links")


def _add(session: Session, values: dict[str, object], *evidence: str) -> None:
    """Find further evidence, and rank the accounts that it is about anew."""
    if _run(session, "correlate", values, *evidence):
        _run(session, "correlate", values, "add_further")
        _run(session, "correlate", {**values, "again": True}, "rank")


def _run(session: Session, file: str, values: dict[str, object], *names: str) -> int:
    """How many rows that wrote."""
    written = 0
    for name in names:
        for statement in statements(file, name):
            written += max(session.execute(statement, values).rowcount, 0)
    return written


def _is_any(session: Session, table: str) -> bool:
    return session.execute(b"select from pg_temp." + table.encode() + b" limit 1").rowcount > 0


def _placeholders(session: Session, values: Sequence[str]) -> None:
    temporary.make(session, "correlate", {}, "placeholder")
    session.execute("insert into placeholder select distinct unnest(%s::text[])", (list(values),))


def _outcome(
    session: Session, values: dict[str, object], merged: Sequence[UUID], *, counted: bool, edited: Collection[str]
) -> CorrelationOutcome:
    counts = _counts(session, values) if counted else None
    with session.cursor(row_factory=class_row(WeightlessValue)) as cursor:
        weightless = cursor.execute(block("correlate", "weightless_values")).fetchall()
    with session.cursor(row_factory=class_row(BulkLoad)) as cursor:
        loads = cursor.execute(block("bulk_loads", "bulk_loads_told")).fetchall()
    return CorrelationOutcome(
        counts=counts,
        weightless=tuple(weightless),
        loads=tuple(loads),
        merged_persons=len(merged),
        edited=tuple(sorted(edited)),
    )


def _counts(session: Session, values: dict[str, object]) -> CorrelationCounts | None:
    with session.cursor(row_factory=class_row(CorrelationCounts)) as cursor:
        return cursor.execute(block("correlate", "correlation_counts"), values).fetchone()


def _setting(source: SourceSetting) -> dict[str, object]:
    return {
        "realm": source.realm,
        "source": source.source,
        "kind": source.kind,
        "id_space": source.id_space,
        "login_space": source.login_space,
        "login_declared": source.login_declared,
    }

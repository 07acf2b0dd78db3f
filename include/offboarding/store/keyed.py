"""Findings and departures, held against the keys and episodes that they were written with.

A finding's key is a hash of what the finding is about: whoever edits its person or rule doesn't edit the key to fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from psycopg.rows import class_row

from offboarding.model.keys import finding_key, short_finding
from offboarding.store.events import Saying, append_sayings
from offboarding.store.recorded import GONE
from offboarding.store.session import Session
from offboarding.store.sql import block, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What a finding's key is made of."""

    finding_key: str
    rule: str
    realm: str
    subject_kind: str
    account_native_id: str
    subject_native_id: str
    person_uid: UUID | None
    episode: int

    def key(self, person: UUID | None) -> str:
        ids = (self.account_native_id, self.subject_native_id)
        return finding_key(self.rule, self.realm, self.subject_kind, *ids, str(person or ""), self.episode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit(_About):
    """A finding that says something else than its key was made of."""

    begun: bool
    """It does say what `finding_key` was made of; only by `match_key` it isn't found."""
    now_key: str
    told: bool
    """A run said already that it is set aside."""

    def __str__(self) -> str:
        return f"finding {short_finding(self.finding_key)} says something else than its key was made of"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Began(_About):
    """What it said as it began."""

    keeper: UUID | None
    """Who its person turned out to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEpisode:
    """A departure of another episode than its person is in."""

    departure_id: int
    person_uid: UUID
    episode: int
    of_person: int
    begun: int
    """Which of them is right."""

    def __str__(self) -> str:
        before = f"departure d-{self.departure_id} was of episode {self.episode}"
        return f"{before}, and its person is in episode {self.of_person}"


def misfits(session: Session) -> list[Misfit]:
    """Findings that say something else than their keys were made of."""
    with session.cursor(row_factory=class_row(Misfit)) as cursor:
        return cursor.execute(block("keyed", "misfits")).fetchall()


def other_episodes(session: Session) -> list[OtherEpisode]:
    """Departures of another episode than their person is in."""
    with session.cursor(row_factory=class_row(OtherEpisode)) as cursor:
        return cursor.execute(block("keyed", "episodes")).fetchall()


def put_findings_right(session: Session, run_id: int) -> Iterator[str]:
    """They say again what their keys were made of; what can't be known is set aside. A sentence each, told once."""
    found = misfits(session)
    if not found:
        return
    session.execute(block("keyed", "set_aside"))
    for misfit in found:
        if misfit.begun:
            _write(session, misfit, misfit.person_uid, misfit.now_key)
    _put_back(session, "began_as")
    yield from _sentences(session, run_id, found)


def put_right_as_produced(session: Session, run_id: int) -> list[str]:
    """The same of those that were set aside, by what the rules say. Needs their table, and lock_findings."""
    found = misfits(session)
    if not found:
        return []
    _put_back(session, "as_produced")
    return list(_sentences(session, run_id, found))


def put_episodes_right(session: Session) -> Iterator[str]:
    """Departures are of the episode that their person is in."""
    for each in other_episodes(session):
        values = {"departure_id": each.departure_id, "person_uid": each.person_uid, "episode": each.begun}
        for statement in statements("keyed", "put_back_episode"):
            session.execute(statement, values)
        yield f"{each}: both were put back to {each.begun}"


def _put_back(session: Session, name: str) -> None:
    with session.cursor(row_factory=class_row(_Began)) as cursor:
        rows = cursor.execute(block("keyed", name)).fetchall()
    for row in rows:
        # Where whom the person turned out to be has the same finding, this one stays its first person's.
        if row.keeper is None or not _write(session, row, row.keeper, row.key(row.keeper)):
            _write(session, row, row.person_uid, row.finding_key)


def _write(session: Session, about: _About, person: UUID | None, match_key: str) -> bool:
    values = {**asdict(about), "person_uid": person, "match_key": match_key}
    return session.execute(block("keyed", "put_back"), values).rowcount == 1


def _sentences(session: Session, run_id: int, found: Sequence[Misfit]) -> Iterator[str]:
    still = {misfit.finding_key for misfit in misfits(session)}
    for misfit in found:
        aside = misfit.finding_key in still
        if aside and misfit.told:
            continue
        # What it said stays.
        text = repr((misfit.rule, misfit.realm, misfit.subject_kind, str(misfit.person_uid or ""), misfit.episode))
        saying = Saying(about=f"finding:{misfit.finding_key}", act=GONE if aside else "put back", text=text)
        append_sayings(session, [saying], run_id=run_id, actor=f"run {run_id}")
        yield f"{misfit}: it was {saying.act}" + (", and nobody is told of it until a rule says it again" * aside)

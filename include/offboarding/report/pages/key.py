"""One key that several people may hold, on a page: is it trusted, who may have held it, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from offboarding.model.errors import FatalError
from offboarding.report import keys as words
from offboarding.report.pages import AskedInVainError, Onlooker
from offboarding.report.pages.rows import FindingRow, row
from offboarding.report.wording import moment, shortened, worker, zoned
from offboarding.store import looks, reading
from offboarding.store.connect import Session
from offboarding.store.looks import LookKind
from offboarding.store.reading import key_views
from offboarding.store.reading.holder_views import HolderQuery, HolderView, departed_holders_of
from offboarding.store.reading.key_history import (
    CustodianKind,
    CustodianView,
    KeyHistory,
    StoodThen,
    Version,
    key_history,
)
from offboarding.store.reading.key_views import KeyView
from offboarding.store.reading.searching import materials_called

MOST = 100
"""Of each sort."""
_LONGEST = 2_000
"""Of what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartedHolder:
    """Somebody who has left and may have held it."""

    worker: str
    grade: str
    gone: str
    newer: bool
    """The material is newer than their departure."""
    why: tuple[str, ...]
    """Nothing where names may not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCustodian:
    """Somebody whom the register names, or named."""

    worker: str
    """"" for a group or principal."""
    who: str
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """Another key under one of its names."""

    material: str
    called: str
    since: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """All that the page shows."""

    called: str
    noun: str
    material: str
    named: bool
    trusted: str
    trust: tuple[str, ...]
    carryable: str
    lies: tuple[str, ...]
    register: str
    signs_for: str
    custodians: tuple[NamedCustodian, ...]
    holders: tuple[DepartedHolder, ...]
    asked_at: str
    command: str
    """Tells of whoever works here, too."""
    versions: tuple[VersionRow, ...]
    stood: tuple[str, ...]
    attested: tuple[str, ...]
    rows: tuple[FindingRow, ...]


def called(session: Session, word: str, *, named: bool) -> KeyView:
    """The key of this material, or that the search finds by this id; `named`: as `custody --key` takes it.

    Raises AskedInVainError where it's none, or several: with what comes near where that is to be seen.
    """
    if len(word) > _LONGEST or not word.isprintable():
        raise AskedInVainError("That is no key.")
    for key in key_views.keys(session, word):
        return key
    if (key := _by_id(session, word.strip(), alone=not named)) is not None:
        return key
    try:
        return key_views.key_called(session, word)
    except FatalError as error:
        raise AskedInVainError(str(error)) from error


def key_page(session: Session, word: str, onlooker: Onlooker) -> KeyPage:
    """All that there is to see of a key; the look is written down ahead. Raises AskedInVainError as `called`."""
    key = called(session, word, named=onlooker.named)
    looks.note(session, viewer=onlooker.name, kind=LookKind.KEY, subject=key.material, named=onlooker.named)
    zone, named = onlooker.zone, onlooker.named
    history = key_history(session, key, most=MOST)
    asked = HolderQuery(as_of=onlooker.now, zone=zone, reserved=onlooker.reserved)
    could, why = key.carryable
    return KeyPage(
        called=_called(key, named=named),
        noun=words.NOUNS[key.kind],
        material=key.material,
        named=named,
        trusted=words.trusted(key, onlooker.now, zone),
        trust=tuple(zoned(words.trust_line(copy, zone, named=named), zone) for copy in key.verifying),
        carryable=f"{could}: {why}" if named else could.value,
        lies=tuple(words.place_line(copy, zone, named=named) for copy in key.copies),
        register=words.register_line(key, named=named),
        signs_for=key.registered.signs_for if key.registered and named else "",
        custodians=tuple(_custodian(each, onlooker) for each in history.custodians),
        holders=tuple(_holder(each, onlooker) for each in departed_holders_of(session, key.material, asked)[:MOST]),
        asked_at=moment(onlooker.now, zone),
        command=key.registered.name if key.registered else key.material,
        versions=tuple(_version(each, onlooker) for each in history.versions),
        stood=tuple(_stood(each, onlooker) for each in history.stretches),
        attested=tuple(_attested(history, onlooker)),
        rows=tuple(
            row(each, zone, onlooker.now) for each in reading.findings(session, subject=key.material, most=MOST)
        ),
    )


def _by_id(session: Session, word: str, *, alone: bool) -> KeyView | None:
    """The one that the search finds by this id. `alone`: raises AskedInVainError where that is none, or several."""
    materials = materials_called(session, word, most=2)
    if len(materials) == 1:
        for key in key_views.keys(session, materials[0]):
            return key
    if alone and materials:
        raise AskedInVainError("Several keys have this id. Ask for one by its material, as the search has it.")
    if alone:
        raise AskedInVainError("There is no key of this id or material.")
    return None


def _called(key: KeyView, *, named: bool) -> str:
    if key.registered:
        return key.registered.name
    return key.label if named else shortened(key.material)


def _holder(holder: HolderView, onlooker: Onlooker) -> DepartedHolder:
    return DepartedHolder(
        worker=worker(holder.id_space, holder.worker_id),
        grade=holder.grade.value,
        gone=moment(holder.gone_at, onlooker.zone) if holder.gone_at else "",
        newer=holder.newer,
        why=tuple(zoned(held.text, onlooker.zone) for held in holder.held) if onlooker.named else (),
    )


def _custodian(each: CustodianView, onlooker: Onlooker) -> NamedCustodian:
    is_worker = each.kind is CustodianKind.WORKER
    through = f" through the team {each.team}" if each.team else ""
    who = f" {each.holder}" if onlooker.named else ""
    # Its last day, as the register has it: it is kept as the moment at which that is over.
    last = each.until - timedelta(microseconds=1) if each.until else None
    days = [f"{word} {_day(at, onlooker)}" for word, at in (("from", each.since), ("until", last)) if at]
    days += [f"taken off the register {_day(each.valid_to, onlooker)}"] if each.valid_to else []
    return NamedCustodian(
        worker=worker(each.space, each.holder) if is_worker else "",
        who=through.strip() if is_worker else f"a {each.kind}{who}{through}",
        days=", ".join(days),
    )


def _version(each: Version, onlooker: Onlooker) -> VersionRow:
    called = each.label if onlooker.named else shortened(each.native_id)
    return VersionRow(
        material=each.material,
        called=f"{each.source}: {called}",
        since=_day(each.created_at or each.first_seen_at, onlooker),
        ended=_day(each.ended_at, onlooker) if each.ended_at else "",
    )


def _stood(each: StoodThen, onlooker: Onlooker) -> str:
    called = each.label if onlooker.named else shortened(each.native_id)
    until = f" until {moment(each.valid_to, onlooker.zone)}" if each.valid_to else ""
    why = f": {zoned(each.reason, onlooker.zone)}" if each.reason and onlooker.named else ""
    since = moment(each.valid_from, onlooker.zone)
    return f"{since}{until}: {each.source}, {called}: {_STOOD.get(each.standing, each.standing)}{why}"


_STOOD = {"works": "trusted", "unknown": "not checked", "dead": "refused", "gone": "no longer shown"}


def _attested(history: KeyHistory, onlooker: Onlooker) -> Iterator[str]:
    for word in history.words:
        ended = "" if word.until > onlooker.now else " (over)"
        by = f", says {word.author}: {word.reason}" if onlooker.named else ""
        yield f"{moment(word.at, onlooker.zone)}: dead until {moment(word.until, onlooker.zone)}{ended}{by}"


def _day(at: datetime, onlooker: Onlooker) -> str:
    return moment(at, onlooker.zone)[:10]

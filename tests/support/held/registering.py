"""A plain second opinion on what the register says of a key and a leaver."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from tests.support.held.reaching import EVER, SOURCES, STILL, Acting, acting
from tests.support.held.reasons import Reason, best, day, later, or_none, unread
from tests.support.held.records import Copy, Custodian, Records


def registered(told: Records, key: str, uid: UUID, left_at: datetime) -> Iterator[Reason]:
    """Whom the register names, by worker id or by what they could act as."""
    entries = {
        place.entry
        for place in told.places
        if any(_means(place.reader, place.place, c) for c in told.copies if c.material == key)
    }
    entries |= {place.entry for place in told.places if (place.reader, place.place) == ("", key)}
    named = [custodian for custodian in told.custodians if custodian.entry in entries]
    worker = next(person.worker_id for person in told.people if person.uid == uid)
    theirs = [each for each in named if (each.kind, each.space, each.holder) == ("worker", "hr", worker)]
    for each in best((each for each in theirs if _begun(each) < left_at), _entry, _standing_last):
        yield "registered", f"Registered custodian{_words(each)} (custody.yaml).", or_none(_until(each)), "", ""
    pairs = [
        (each, way)
        for each in named
        for way in _as(told, each)
        if way.uid == uid and max(_begun(each), way.from_at) < min(_until(each), way.to_at, left_at)
    ]
    for each, way in best(pairs, lambda pair: (_entry(pair[0]), pair[1].how), _acting_last):
        until = "" if way.to_at == STILL else f" until {day(way.to_at)}"
        text = f"Acted {way.how}{until}, which is a registered custodian"
        doubt = "" if way.sure else " Whether they could could not be told."
        late = way.first_read_at if way.first_at > left_at else None
        text = f"{text}{_words(each)} (custody.yaml).{doubt}{unread(late, way.to_at)}"
        yield "registered", text, or_none(min(_until(each), way.to_at)), "", ""


def _means(reader: str, place: str, copy: Copy) -> bool:
    return copy.source == reader and place in (copy.native_id, copy.name)


def _as(told: Records, named: Custodian) -> list[Acting]:
    if named.kind == "principal":
        return acting(told, ("principal", "", named.holder))
    return acting(told, ("group", SOURCES[named.space], named.holder)) if named.kind == "group" else []


def _begun(named: Custodian) -> datetime:
    return named.since or EVER


def _until(named: Custodian) -> datetime:
    return min(named.until or STILL, named.valid_to or STILL)


def _entry(named: Custodian) -> object:
    return named.entry, named.team, named.holder, _begun(named)


def _standing_last(named: Custodian) -> object:
    return named.valid_to is not None, later(_until(named)), _words(named)


def _acting_last(pair: tuple[Custodian, Acting]) -> object:
    named, way = pair
    return named.valid_to is not None, later(way.to_at), later(_until(named)), not way.sure, _words(named)


def _words(named: Custodian) -> str:
    text = f" through the team {named.team}" if named.team else ""
    text += f" from {day(named.since)}" if named.since else ""
    if named.valid_to and named.valid_to < (named.until or STILL):
        return f"{text} until {day(named.valid_to)}, when it was taken off the register"
    return f"{text} until {day(named.until - timedelta(seconds=1))}" if named.until else text

"""A slow, plain second opinion on who may have held which key, written from the specification alone.

It looks at everything again for every key and leaver, and shares no code with what it checks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from tests.support.held.drawing import CLOUD
from tests.support.held.reaching import EVER, STILL, Acting, Principal, acting, ended, night, turns
from tests.support.held.reasons import Reason, best, day, later, or_none, unread
from tests.support.held.records import Copy, Granted, Recorded, Records
from tests.support.held.registering import registered
from tests.support.held.stored import BORNE, RESERVED

DAY = timedelta(days=1)
DONE = {"read": "Read", "exported": "Exported", "imported": "Imported", "created": "Created", "used": "Used"}
GRADES = ("proved", "registered", "could", "inferred")

Way = tuple[str, str, bool, str, str, bool]
"""Principal, action, whether it carries the key away, standing, reason, fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Of one key and one leaver."""

    held: tuple[Reason, ...]
    uses: tuple[Reason, ...]
    access: tuple[Way, ...]
    newer: bool


def judge(told: Records) -> dict[tuple[str, UUID], Verdict]:
    """Of every key and leaver of whom there is anything to say."""
    pairs = ((key, person.uid, person.left_at) for key in ("m1", "m2", "m3") for person in told.people if person.counts)
    verdicts = {(key, uid): _verdict(told, key, uid, left_at) for key, uid, left_at in pairs if left_at}
    return {pair: each for pair, each in verdicts.items() if each.held or each.uses or each.access}


def _verdict(told: Records, key: str, uid: UUID, left_at: datetime) -> Verdict:
    deeds = [event for event in _deeds(told, key) if uid in _doers(told, event)]
    ways = list(_ways(told, key, uid, left_at))
    later = sorted((event for event in deeds if event.at > left_at), key=_newest)
    age = _Age.of(told, key)
    others = (*registered(told, key, uid, left_at), *_same_key(told, key, uid, left_at), *_could(ways))
    held = (*_proved(deeds), *(each for each in others if not age.younger(each[2])))
    after = any(event.deed != "used" for event in later)
    return Verdict(
        held=tuple(sorted(held, key=_order)),
        uses=tuple(("proved", _sentence(each), each.at, each.event_id, each.action) for each in later[:5]),
        access=tuple(sorted(_access(told, key, ways))),
        newer=age.younger(left_at) and not after,
    )


def _order(reason: Reason) -> Any:
    at = reason[2]
    return GRADES.index(reason[0]), (1, -at.timestamp()) if at else (0, 0.0), reason[1]


# What was done -------------------------------------------------------------------------------------------------------


def _deeds(told: Records, key: str) -> Iterator[Recorded]:
    secrets = [copy for copy in told.copies if copy.material == key and copy.realm == CLOUD]
    for event in told.events:
        if not event.failed and event.deed != "made" and any(_was(copy, event) for copy in secrets):
            yield event


def _was(copy: Copy, event: Recorded) -> bool:
    there = copy.created_at is None or copy.created_at <= event.at + timedelta(minutes=5)
    return copy.native_id in event.objects or (copy.name in event.objects and there)


def _doers(told: Records, event: Recorded) -> set[UUID]:
    by_account = {
        turn.uid
        for turn in turns(told)
        if turn.login.realm == CLOUD and turn.login.native_id == event.actor and turn.from_at <= event.at < turn.to_at
    }
    bearers = {worker for worker, login in BORNE if login == event.session}
    if by_account or len(bearers) != 1 or len(event.session) < 4 or event.session in RESERVED:
        return by_account
    return {person.uid for person in told.people if person.worker_id in bearers}


def _newest(event: Recorded) -> tuple[float, str]:
    return later(event.at), event.event_id


def _proved(deeds: list[Recorded]) -> Iterator[Reason]:
    carried = sorted((event for event in deeds if event.deed != "used"), key=lambda event: event.deed)
    for _, several in groupby(carried, key=lambda event: event.deed):
        for event in sorted(several, key=_newest)[:3]:
            yield "proved", _sentence(event), event.at, event.event_id, event.action


def _sentence(event: Recorded) -> str:
    who = f"as {event.actor or event.session}"
    return f"{DONE[event.deed]} it on {event.at:%Y-%m-%d %H:%M} UTC: {event.action} as {who}, event {event.event_id}."


def _same_key(told: Records, key: str, uid: UUID, left_at: datetime) -> Iterator[Reason]:
    prints = {copy.ssh_fingerprint for copy in told.copies if copy.material == key}
    texts = {
        f"The same SSH key is on their own account {turn.login.label}."
        for own in told.own_keys
        for turn in turns(told)
        if own.fingerprint in prints
        and turn.login == own.account
        and turn.uid == uid
        and turn.from_at < left_at
        and (own.created_at is None or own.created_at <= left_at)
    }
    for text in texts:
        yield "registered", text, None, "", ""


# What they could -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    grant: Granted
    acting: Acting
    from_at: datetime
    to_at: datetime
    left_at: datetime
    unread_until: datetime | None

    @property
    def principal(self) -> Principal:
        return self.grant.kind, self.grant.principal_realm, self.grant.principal

    @property
    def sure(self) -> bool:
        return self.grant.standing == "works" and self.acting.sure

    @property
    def stood(self) -> bool:
        return self.to_at > self.left_at - DAY


def _ways(told: Records, key: str, uid: UUID, left_at: datetime) -> Iterator[_Way]:
    names = {name for c in told.copies if c.material == key and c.realm == CLOUD for name in (c.native_id, c.name)}
    for grant in told.granted:
        first = min(each.valid_from for each in told.granted if each.source_kind == grant.source_kind)
        begun = EVER if grant.valid_from == first else night(told, grant.valid_from)
        for way in acting(told, (grant.kind, grant.principal_realm, grant.principal)):
            if grant.key in names and way.uid == uid:
                late = max(way.first_at, night(told, first)) > left_at
                yield _Way(
                    grant=grant,
                    acting=way,
                    from_at=max(way.from_at, begun),
                    to_at=min(way.to_at, ended(told, grant.valid_to)),
                    left_at=left_at,
                    unread_until=max(way.first_read_at, first) if late else None,
                )


def _could(ways: list[_Way]) -> Iterator[Reason]:
    carried = (way for way in ways if way.grant.carries and way.from_at < min(way.to_at, way.left_at))

    def order(way: _Way) -> tuple[object, ...]:
        return not way.stood, not way.sure, later(way.to_at), way.grant.reason, way.unread_until or EVER

    for way in best(carried, lambda way: (way.principal, way.grant.action), order):
        until = "" if way.stood else f" until {day(way.to_at)}"
        doubt = "" if way.sure else " Whether that was granted could not be told."
        text = f"Could take it away {way.acting.how}{until}: {way.grant.action} by {way.grant.reason}.{doubt}"
        text += unread(way.unread_until, way.to_at)
        yield "could" if way.stood else "inferred", text, or_none(way.to_at), "", way.grant.action


def _access(told: Records, key: str, ways: list[_Way]) -> Iterator[Way]:
    still = [way for way in ways if way.grant.valid_to is None and way.acting.to_at == STILL and not way.acting.dead]
    lying = [copy for copy in told.copies if copy.material == key and copy.realm == CLOUD and not copy.gone_at]
    there = (way for way in still if way.grant.source_kind in {copy.source_kind for copy in lying})

    def order(way: _Way) -> tuple[object, ...]:
        return not way.sure, way.grant.reason

    for way in best(there, lambda way: (way.principal, way.grant.action), order):
        how = "" if way.grant.kind == "account" else f", {way.acting.how}"
        standing = "works" if way.sure else "unknown"
        fresh = all(
            not copy.left_out
            and any(scope.fresh and scope.access and copy.name.startswith(scope.begins) for scope in told.scopes)
            for copy in lying
            if copy.source_kind == way.grant.source_kind
        )
        yield way.grant.principal, way.grant.action, way.grant.carries, standing, f"{way.grant.reason}{how}", fresh


# Since when it's the same --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Age:
    made: list[datetime]
    seen: list[datetime]
    unseen: list[datetime]

    @classmethod
    def of(cls, told: Records, key: str) -> "_Age":
        copies = [copy for copy in told.copies if copy.material == key]
        first = min((copy.first_seen_at for copy in copies), default=EVER)
        unseen = [c.not_seen_at for c in copies if c.not_seen_at and c.verifies and c.not_seen_at < first]
        return cls(
            made=[copy.created_at for copy in copies if copy.created_at],
            seen=[min(copy.first_seen_at, night(told, copy.first_seen_at)) for copy in copies],
            unseen=[min(at, night(told, at)) for at in unseen],
        )

    def younger(self, at: datetime | None) -> bool:
        """Made after a moment for certain."""
        if at is None:
            return False
        so = any(made > at for made in self.made) or any(unseen >= at for unseen in self.unseen)
        return so and not any(there <= at for there in (*self.made, *self.seen))

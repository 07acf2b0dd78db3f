"""What a night read, what of it could be linked, and what couldn't be checked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import READ, Basis, ReadStatus, counted
from offboarding.report import queues
from offboarding.report.wording import COMMAND, first_of, flowing, labelled, moment, whole_days
from offboarding.rules import all_rules
from offboarding.store.correlation.linking import BulkLoad
from offboarding.store.reading import Night, NightState
from offboarding.store.reading.nights import Leavers
from offboarding.store.reading.reads import PartView, RosterView

MOST_LINES = 10
"""More of a kind are counted on the screen, and listed in the folded part."""

_LEAVERS = {
    ("actual", True): "by HR's word",
    ("notice", True): "by notice, before HR",
    ("away", True): "to have no access for now, and not gone",
    ("inferred", True): "vanished from a feed of who works here",
    ("inferred", False): "vanished from a feed that lists everyone, to be confirmed",
    ("planned", False): "past a planned end, to be confirmed",
}


def nights(read: RosterView | PartView) -> str:
    """Since when it couldn't be read, where that is more than this night."""
    if not read.missed or read.status in READ:
        return ""
    return f", since {read.missed + 1} nights"


def where(part: PartView) -> str:
    """A source, and which part of it."""
    return f"{part.name} {part.part}".strip()


def unchecked(night: Night) -> list[str]:
    """What couldn't be looked at, the first of it."""
    lines = [line for text in gaps(night)[:MOST_LINES] for line in text.splitlines()]
    hidden = len(gaps(night)) - MOST_LINES
    if hidden > 0:
        lines.append(f"and {hidden} more, folded below")
    return labelled("NOT CHECKED", lines)


def gaps(night: Night) -> list[str]:
    """What couldn't be looked at, red first; the same of several parts once."""
    found = gaps_of(night)
    return [*found.red, *found.limits]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What couldn't be looked at."""

    red: tuple[str, ...]
    """What should have been."""
    limits: tuple[str, ...]
    """What isn't inventoried at all."""


def gaps_of(night: NightState) -> Gaps:
    """What should have been looked at, and what isn't at all; the same of several parts once."""
    red: list[str] = []
    limits: dict[str, list[str]] = {}
    for roster in night.rosters:
        texts = (text for text in (roster.error, *roster.problems) if text)
        red += [text if roster.name in text else f"{roster.name}: {text}" for text in texts]
    for part in night.parts:
        red += [error if part.name in error else f"{where(part)}: {error}" for error in part.errors]
        for gap in part.gaps:
            if gap.red:
                red.append(f"{gap.text}{nights(part)}")
            else:
                limits.setdefault(gap.text, []).append(where(part))
    red += queues.gaps(night.queue)
    unverified = Counter(finding.source for finding in night.unverified)
    red += [
        f"{source}: {counted(number, 'finding')} may work or not: {COMMAND} findings --state unverified"
        for source, number in sorted(unverified.items())
    ]
    texts = (f"{text} ({', '.join(parts)})" for text, parts in limits.items())
    return Gaps(red=tuple(dict.fromkeys(red)), limits=(*texts, *_no_reader_of_keys(night)))


def _no_reader_of_keys(night: NightState) -> Iterator[str]:
    """Yield that keys aren't looked at, where nothing tells of any; a read that never began says not what it's for."""
    if night.parts and not {"keys", ""} & {part.tells for part in night.parts}:
        yield "signing keys and shared secrets: no verifier or source of keys is configured (docs/custody.md)"


def read(night: Night, zone: str) -> Iterator[str]:
    """Yield what was read, how much could be linked, who left, and which values say nothing."""
    asked = [part for part in night.parts if part.attested_at is None]
    sources = {part.name: [p for p in asked if p.name == part.name] for part in asked}
    items = [*(_roster(roster) for roster in night.rosters), *(_source(name, parts) for name, parts in sources.items())]
    yield from labelled("Read", flowing(items) or ["nothing: what an earlier run read was looked at again"])
    yield from labelled("ATTESTED", attested(night))
    if night.linked is not None:
        yield from labelled("Linked", flowing(_linked(night)))
    yield from labelled("Leavers", _leavers(night))
    if night.weightless:
        named = {part.realm: where(part) for part in night.parts}
        weigh = [
            f"a {value.name} on {counted(value.accounts, 'account')} of {named.get(value.realm, value.realm)}"
            for value in night.weightless
        ]
        yield from labelled("Too common", flowing([*first_of(weigh, MOST_LINES)]))
    if night.loads:
        named = {part.realm: where(part) for part in night.parts}
        loads = (_load(load, named.get(load.realm, load.realm), zone) for load in night.loads)
        yield from labelled("Loads", loads)


def attested(night: Night) -> list[str]:
    """What stands on lists that somebody gave, which nobody checked; nothing where there's none."""
    listed = [(part, part.attested_at) for part in night.parts if part.attested_at]
    if not listed:
        return []
    systems, people = counted(len(listed), "system"), counted(sum(part.accounts for part, _ in listed), "account")
    oldest, at = min(listed, key=lambda each: each[1])
    days = counted(whole_days(at, night.run.as_of), "day")
    return [f"{systems}, {people}, not checked; oldest list {days} ({oldest.name})"]


def _load(load: BulkLoad, name: str, zone: str) -> str:
    first, last = (moment(datetime.fromisoformat(text), zone) for text in (load.first_at, load.last_at))
    when = f"at {first}" if first == last else f"between {first} and {last}"
    return (
        f"{load.made} of {counted(load.accounts, 'account')} of {name} were made {when}, in bulk: that one of these "
        "was made after a departure says nothing, and a back door of that hour can't be told apart"
    )


def _roster(roster: RosterView) -> str:
    proof = ", proved" if roster.proved else ""
    if roster.status in READ:
        return f"{roster.name} {counted(roster.workers, 'worker')} ({roster.status}{proof})"
    return f"{roster.name} {roster.status}"


def _source(name: str, parts: Sequence[PartView]) -> str:
    accounts = amount(parts)
    whole = sum(part.status == ReadStatus.COMPLETE for part in parts)
    if len(parts) == 1:
        return f"{name} {accounts} ({parts[0].status})"
    return f"{name} {accounts} ({whole} of {len(parts)} parts complete)"


def amount(parts: Sequence[PartView]) -> str:
    """How much of what a source tells was told, all of its parts together."""
    if parts[0].tells == "keys":
        return counted(sum(part.keys for part in parts), "key")
    if parts[0].tells == "events":
        return counted(sum(part.events for part in parts), "event")
    return counted(sum(part.accounts for part in parts), "account")


def _linked(night: Night) -> list[str]:
    c = night.linked
    assert c is not None
    used = f" ({c.orphan_used} of them used in 30 days)" if c.orphan else ""
    linked = f"{c.linked} of {counted(c.working, 'working account')}"
    others = (
        f"{c.disputed} disputed",
        f"{c.probable} probable",
        f"{c.candidate} candidate",
        f"{c.orphan} orphan{used}",
    )
    return [linked, *others]


def _leavers(night: Night) -> list[str]:
    sure = sum(each.persons for each in night.leavers if each.confirmed and each.basis is not Basis.AWAY)
    parts = [
        f"{leavers.persons} {_LEAVERS.get((leavers.basis, leavers.confirmed), leavers.basis)}{_confirming(leavers)}"
        for leavers in sorted(night.leavers, key=lambda leavers: (not leavers.confirmed, -leavers.persons))
    ]
    return flowing([counted(sure, "person", "people"), *parts])


def _confirming(leavers: Leavers) -> str:
    """Which rule waits for somebody's word on them."""
    rules = (rule.id for rule in all_rules() if not leavers.confirmed and rule.confirms == leavers.basis)
    return "".join(f" (rule {rule})" for rule in rules)

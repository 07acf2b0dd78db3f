"""A key that several people may hold, in words: is it trusted, could it be carried away, what does the register say."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from offboarding.model import KeyCopy, Standing, SubjectKind, counted
from offboarding.report.wording import joined, labelled, moment, shortened, wrapped, zoned
from offboarding.store.reading.key_views import KeyView

NOUNS = {SubjectKind.SIGNING_KEY: "signing key", SubjectKind.SHARED_SECRET: "shared secret"}
_STANDINGS = {Standing.WORKS: "trusted", Standing.UNKNOWN: "not checked", Standing.DEAD: "refused"}
_ROOM = 96


def trusted(key: KeyView, now: datetime, zone: str) -> str:
    """Whether anything accepts it, in a word or few."""
    if key.verifying:
        return _STANDINGS[key.standing]
    if key.attested and key.attested.until > now:
        return f"attested dead until {moment(key.attested.until, zone)}"
    return "nobody can be asked" if key.copies else "seen nowhere"


def custodians(key: KeyView) -> str:
    """How many the register names; an empty register never looks clean."""
    number = key.registered.custodians if key.registered else 0
    if number:
        return str(number)
    return "none" if key.verifying and key.standing is Standing.DEAD else "NOT CHECKED"


def summary(keys: Sequence[KeyView]) -> Iterator[str]:
    """Yield a sentence for each kind: how many are trusted, and of how many the register names a custodian.

    How many of the others are NOT CHECKED a night counts: some can't leave, and of some a policy or a trail tells.
    """
    for kind, noun in NOUNS.items():
        working = [key for key in keys if key.kind is kind and key.verifying and key.standing is Standing.WORKS]
        known = sum(bool(key.registered and key.registered.custodians) for key in working)
        if working:
            yield f"{counted(len(working), noun)} trusted, {known} with custodians, {len(working) - known} without."
    if any(not (key.registered and key.registered.custodians) for key in keys):
        yield "One without is NOT CHECKED, unless it can't leave or a policy or a trail tells who holds it: see --key."


def render(key: KeyView, now: datetime, zone: str) -> str:
    """All that is known of a key but who holds it."""
    could, why = key.carryable
    signs_for = key.registered.signs_for if key.registered else ""
    lines = [
        f"{key.label}  {NOUNS[key.kind]}",
        *labelled("Material", [key.lies]),
        *labelled("Trusted", [trusted(key, now, zone), *(trust_line(copy, zone) for copy in key.verifying)]),
        *labelled("Carryable", wrapped(f"{could}: {why}", _ROOM)),
        *labelled("Lies", [place_line(copy, zone) for copy in key.copies] or ["nowhere that is read"]),
        *labelled("Register", [register_line(key)]),
        *labelled("Good for", wrapped(signs_for, _ROOM) if signs_for else []),
    ]
    if key.attested:
        a = key.attested
        text = f"dead, says {a.author} on {moment(a.at, zone)}, until {moment(a.until, zone)}: {a.reason}"
        lines += labelled("Attested", wrapped(text, _ROOM))
    return joined(zoned(line, zone) for line in lines)


def trust_line(copy: KeyCopy, zone: str, *, named: bool = True) -> str:
    """Whether one copy is accepted, and unless not `named` by which words."""
    if copy.dead:
        assert copy.untrusted_since
        return f"{copy.source} refuses it since {moment(copy.untrusted_since, zone)}, seen twice"
    if copy.untrusted_since is not None:
        hours = copy.key.cache.total_seconds() / 3600
        return f"{copy.source} shows it no more since {moment(copy.untrusted_since, zone)}; caches hold {hours:g} hours"
    if not copy.fresh:
        return f"{copy.source} couldn't be read whole since {moment(copy.last_seen_at, zone)}"
    if not named:
        return f"{copy.source}: {_STANDINGS[copy.key.standing]} (last read {moment(copy.last_seen_at, zone)})"
    return f"{copy.source}: {copy.key.standing_reason.rstrip('.')} (last read {moment(copy.last_seen_at, zone)})"


def place_line(copy: KeyCopy, zone: str, *, named: bool = True) -> str:
    """Where it lies, and since when. Unless `named`, by its id and not by its label."""
    made = f"made {moment(copy.key.created_at, zone)}, " if copy.key.created_at else ""
    gone = "" if copy.untrusted_since is None else ", gone or refused"
    called = copy.key.label if named else shortened(copy.key.native_id)
    return f"{copy.source}: {called} ({made}seen since {moment(copy.first_seen_at, zone)}{gone})"


def register_line(key: KeyView, *, named: bool = True) -> str:
    """What the register says of it; its owner where `named`."""
    said = key.registered
    if said is None:
        return "doesn't have it: who holds it is NOT CHECKED"
    parts = [
        f"{counted(said.custodians, 'custodian')}, past ones too" if said.custodians else "no custodians: NOT CHECKED"
    ]
    parts += [f"owner: {said.owner}"] if said.owner and named else []
    parts += [f"queue: {said.queue}"] if said.queue else []
    parts += [f"it takes {said.threshold} holders together"] if said.threshold > 1 else []
    return "; ".join(parts)

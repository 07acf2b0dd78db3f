"""Moments and departures in words. Everything is in UTC, and says so; nothing depends on when it's written."""

from collections.abc import Sequence
from datetime import UTC, datetime

from offboarding.model import Basis, Circumstance, Departure, Sentence, say


def at(moment: datetime) -> str:
    """Return a moment, such as "2026-11-23 02:10 UTC"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ended(departure: Departure) -> Sentence:
    """Return when it was over, such as "at the end of 2026-11-13 (Asia/Seoul)"."""
    if departure.exact:
        return say("on {moment}", moment=at(departure.left_at))
    if departure.left_on is None:
        return say("by {moment}, when it was first told", moment=at(departure.left_at))
    return say("at the end of {day} ({zone})", day=departure.left_on, zone=departure.zone)


LEFT = "Worker {worker} left {ended}, {word}."
LEFT_TOLD = "Worker {worker} left {ended}, {word}: {told}."
RETIRED = "Worker {worker} retired {ended}, {word}: {told}."
DIED = "Worker {worker} has died. Their access ends {ended}, {word}: {told}."
AWAY = "Worker {worker} is to have no access for now, since {moment}, says {roster}: {told}."
DEPARTURES = (LEFT, LEFT_TOLD, RETIRED, DIED, AWAY)
"""That somebody left, by how much is told of it."""


def left(worker_id: str, departure: Departure) -> Sentence:
    """Return that somebody left, when, and by whose word."""
    if departure.basis is Basis.AWAY:
        since = at(departure.left_at)
        return say(AWAY, worker=worker_id, moment=since, roster=departure.roster, told=departure.told)
    end, word = ended(departure), _word(departure)
    if departure.circumstance is Circumstance.RETIRED:
        return say(RETIRED, worker=worker_id, ended=end, word=word, told=departure.told)
    if departure.circumstance is Circumstance.DECEASED:
        return say(DIED, worker=worker_id, ended=end, word=word, told=departure.told)
    if departure.told:
        return say(LEFT_TOLD, worker=worker_id, ended=end, word=word, told=departure.told)
    return say(LEFT, worker=worker_id, ended=end, word=word)


def tells_departure(sentence: str, worker_id: str | None) -> bool:
    """Return whether it's the sentence that this worker left."""
    if not isinstance(sentence, Sentence) or sentence.pattern not in DEPARTURES:
        return False
    return sentence.values["worker"] == worker_id


def days_after(moment: datetime, departure: Departure) -> Sentence:
    """Return how long after the departure a moment was, in whole days."""
    days = (moment - departure.left_at).days
    if days < 1:
        return say("less than a day after the departure")
    return say("{count} day after the departure", "{count} days after the departure", count=days)


def said(reason: str) -> Sentence:
    """Return what a system or a rule said as a sentence: a fixed one of ours has a translation."""
    return reason if isinstance(reason, Sentence) else say(reason)


def listed(texts: Sequence[str]) -> str:
    """Return several as one, divided by semicolons."""
    first, *rest = texts or ("",)
    return say("{first}; {rest}", first=first, rest=listed(rest)) if rest else first


def _word(departure: Departure) -> Sentence:
    match departure.basis:
        case Basis.ACTUAL | Basis.AWAY:
            return say("says {roster}", roster=departure.roster)
        case Basis.NOTICE:
            return say("by notice, before {roster} told it", roster=departure.roster)
        case Basis.PLANNED:
            return say("as {roster} had planned it", roster=departure.roster)
        case Basis.INFERRED:
            return say("judging by their absence from {roster}", roster=departure.roster)

"""Who left, when, and by whose word."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from itertools import combinations
from zoneinfo import ZoneInfo

from offboarding.model import Basis, Coverage, Employment, EmploymentStatus
from tests.support.oracle.company import Company, Leaving, Person, Told
from tests.support.oracle.persons import (
    POSSIBLY_ONE_DAYS,
    Dossier,
    Spell,
    apart,
    dossier_spells,
    first_missing_at,
    names_held_number,
    names_them,
    same_login,
    same_mail,
    spells,
    successors,
)
from tests.support.oracle.times import LAST_ZONE_ON_EARTH, day_end, day_of, day_start
from tests.support.oracle.values import plain

NEAR = timedelta(days=30)
"""A day that HR gives is a better word than a feed's silence this soon after."""
BRIDGE = timedelta(days=14)
"""An employment that starts this soon after another's end makes nobody a leaver in between."""


class Outcome(Enum):
    """How an employment stands at as_of."""

    ACTIVE = auto()
    LEFT = auto()
    LAPSED = auto()
    FUTURE = auto()
    VANISHED = auto()
    VOID = auto()
    """Goes on under another number, or was announced and withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An employment's outcome, and the end that made it so."""

    outcome: Outcome
    left_at: datetime | None = None
    certain_at: datetime | None = None
    confirmed: bool = False
    left_on: date | None = None


def ends(company: Company, employment: Employment, day: date) -> tuple[datetime, datetime]:
    """(left_at, certain_at) for a last day."""
    left_at = day_end(day, ZoneInfo(employment.zone or company.default_zone))
    return left_at, left_at if employment.zone else max(left_at, day_end(day, LAST_ZONE_ON_EARTH))


def starts_at(company: Company, employment: Employment) -> datetime | None:
    if employment.start_on is None:
        return None
    return day_start(employment.start_on, ZoneInfo(employment.zone or company.default_zone))


def standing(company: Company, spell: Spell) -> Standing:
    """How an employment stands, as told, absence aside."""
    employment = spell.employment
    unknown = employment.status is EmploymentStatus.FUTURE and employment.start_on is None
    if unknown or (employment.status is EmploymentStatus.FUTURE and lies_ahead(company, employment)):
        return Standing(outcome=Outcome.FUTURE)
    if employment.status is EmploymentStatus.LEFT:
        return left(company, spell)
    for day, outcome in ((employment.last_working_on, Outcome.LEFT), (employment.end_on, Outcome.LAPSED)):
        if day and ends(company, employment, day)[1] <= company.as_of:
            left_at, certain_at = ends(company, employment, day)
            return Standing(outcome=outcome, left_at=left_at, certain_at=certain_at, left_on=day)
    return Standing(outcome=Outcome.FUTURE if lies_ahead(company, employment) else Outcome.ACTIVE)


def left(company: Company, spell: Spell) -> Standing:
    """HR says `left`: since a day, or since it first said so; a day ahead is only announced."""
    day = spell.employment.last_working_on or spell.employment.end_on
    if day is None:
        return Standing(outcome=Outcome.LEFT, left_at=spell.told_left_at, certain_at=spell.told_left_at)
    left_at, certain_at = ends(company, spell.employment, day)
    if certain_at > company.as_of:
        return Standing(outcome=Outcome.ACTIVE)
    return Standing(outcome=Outcome.LEFT, left_at=left_at, certain_at=certain_at, left_on=day)


def lies_ahead(company: Company, employment: Employment) -> bool:
    start = starts_at(company, employment)
    return start is not None and start > company.as_of


def vanishing(company: Company, group: list[Dossier], dossier: Dossier, spell: Spell, told: Standing) -> Standing:
    """What an employment becomes that stood, of a worker who isn't listed any more.

    A feed of active people that drops somebody whose contract ended has thereby told that he left.
    """
    if told.outcome is Outcome.LEFT or dossier.roster.coverage is Coverage.LEAVERS:
        return told
    if dossier.present and (spell.gone_at is None or is_followed(company, dossier, spell.gone_at)):
        return told
    if told.outcome is Outcome.FUTURE or (not dossier.present and has_another_number(company, group, dossier, spell)):
        return Standing(outcome=Outcome.VOID)
    confirmed = dossier.roster.coverage is Coverage.ACTIVE
    if told.outcome is Outcome.LAPSED and not confirmed:
        return told
    at = spell.gone_at or first_missing_at(company, dossier)
    return Standing(outcome=Outcome.VANISHED, left_at=at, certain_at=at, confirmed=confirmed)


def is_followed(company: Company, dossier: Dossier, gone_at: datetime) -> bool:
    """Whether a next contract begins as soon after they were missing as it may."""
    gone = day_of(gone_at, company.default_zone)
    return any(
        spell.gone_at is None
        and spell.employment.status is not EmploymentStatus.LEFT
        and spell.employment.start_on is not None
        and gone - timedelta(days=1) <= spell.employment.start_on <= gone + BRIDGE
        for spell in dossier_spells(dossier)
    )


def has_another_number(company: Company, group: list[Dossier], dossier: Dossier, old: Spell) -> bool:
    """Return whether a row of the same person, begun or soon to begin, has replaced this one."""
    latest = day_of(first_missing_at(company, dossier), company.default_zone) + BRIDGE
    own = [each for each in successors(company, dossier) if each in group]
    return any(
        spell.employment.start_on <= latest if spell.employment.start_on else is_known(company, dossier, each, spell)
        for each in own
        for spell in dossier_spells(each)
        if not was_over(spell.employment, old.employment)
    )


def was_over(earlier: Employment, employment: Employment) -> bool:
    """Whether it ended before the other one began."""
    day = earlier.last_working_on or earlier.end_on
    return day is not None and employment.start_on is not None and day < employment.start_on


def is_known(company: Company, old: Dossier, new: Dossier, spell: Spell) -> bool:
    """Whether an employment without a first day has begun, or its worker came before the other one vanished."""
    is_first = new.reads[0][0] <= first_missing_at(company, old)
    return is_first or spell.employment.status is not EmploymentStatus.FUTURE


def present_standings(company: Company, group: list[Dossier]) -> list[tuple[Spell, Standing]]:
    """A person's employments as last told."""
    found = [
        (spell, vanishing(company, group, dossier, spell, standing(company, spell)))
        for dossier in group
        for spell in dossier_spells(dossier)
    ]
    if not any(
        each.outcome is Outcome.LEFT
        or (each.outcome is Outcome.VANISHED and not is_withdrawn_hire(company, spell, each))
        for spell, each in found
    ):
        return found
    return [
        (spell, Standing(outcome=Outcome.VOID) if is_withdrawn_hire(company, spell, each) else each)
        for spell, each in found
    ]


def is_withdrawn_hire(company: Company, spell: Spell, outcome: Standing) -> bool:
    """Return whether a feed dropped an employment before its first day."""
    begins = starts_at(company, spell.employment)
    return outcome.outcome is Outcome.VANISHED and begins is not None and ends_at(outcome) < begins


def departure(company: Company, group: list[Dossier]) -> Leaving | None:
    """A person's departure: by HR's word as far as that goes, else by a notice whose moment has come."""
    by_hr = settled(company, group, departure_by_feed(company, group))
    notice = first_notice(company, group)
    if notice is None:
        return by_hr
    if by_hr is None or not by_hr.confirmed or by_hr.basis is not Basis.ACTUAL:
        at = notice.left_at
        return Leaving(left_at=at, certain_at=at, basis=Basis.NOTICE, confirmed=True)
    day = day_of(notice.left_at - timedelta(microseconds=1), notice.zone)
    if day == by_hr.left_on and notice.left_at < by_hr.left_at:
        return replace(by_hr, left_at=notice.left_at, certain_at=notice.left_at)
    return by_hr


def first_notice(company: Company, group: list[Dossier]) -> Told | None:
    """The earliest about this person whose moment has come."""
    own = [each for each in company.notices if named(company, group, each.id_space, each.worker_id)]
    return min((each for each in own if each.left_at <= company.as_of), key=lambda each: each.left_at, default=None)


def settled(company: Company, group: list[Dossier], by_hr: Leaving | None) -> Leaving | None:
    """What a person's word makes of an end that HR leaves open."""
    words = [
        word
        for word in company.words
        if by_hr is not None
        and named(company, group, word.id_space, word.worker_id)
        and (word.basis, word.left_at) == (by_hr.basis, by_hr.left_at)
    ]
    if by_hr is None or not words:
        return by_hr
    return replace(by_hr, confirmed=True) if words[-1].confirms else None


def named(company: Company, group: list[Dossier], id_space: str, worker_id: str) -> bool:
    """Whether a worker id is, or was, this person's."""
    return (id_space, plain(worker_id)) in names_them(company, group)


def departure_by_feed(company: Company, group: list[Dossier]) -> Leaving | None:
    """A person's departure by HR's word; None while any employment stands, or one begins soon after another."""
    known = present_standings(company, group)
    found = [each for _, each in known]
    outcomes = {each.outcome for each in found}
    if Outcome.ACTIVE in outcomes or bridged(company, known):
        return None
    found = better_words(company, known)
    outcomes = {each.outcome for each in found}
    for outcome, basis in (
        (Outcome.LAPSED, Basis.PLANNED),
        (Outcome.VANISHED, Basis.INFERRED),
        (Outcome.LEFT, Basis.ACTUAL),
    ):
        if outcome in outcomes:
            return leaving([each for each in found if each.outcome is outcome], basis)
    return None


def better_words(company: Company, known: list[tuple[Spell, Standing]]) -> list[Standing]:
    """Where each absence counts: a day that HR gave shortly before it, unless for an earlier employment; else the
    absence.
    """
    gone = [(spell, each) for spell, each in known if each.outcome is Outcome.VANISHED]
    left = [(spell, each) for spell, each in known if each.outcome is Outcome.LEFT and each.left_at]
    if not left or not gone or not all(each.confirmed for _, each in gone):
        return [each for _, each in known]
    unsaid = [each for spell, each in gone if not any(dates(company, *told, spell, each) for told in left)]
    return unsaid or [each for _, each in known if each.outcome is not Outcome.VANISHED]


def dates(company: Company, told: Spell, end: Standing, missed: Spell, gone: Standing) -> bool:
    """Whether HR's day of one end stands for the absence from another employment."""
    day, start = told.end_on(company), missed.employment.start_on
    return ends_at(end) >= ends_at(gone) - NEAR and (day is None or start is None or day >= start)


def ends_at(each: Standing) -> datetime:
    assert each.left_at is not None
    return each.left_at


def bridged(company: Company, known: list[tuple[Spell, Standing]]) -> bool:
    """Whether an employment begins within a fortnight of the last end; whoever had none before is no leaver anyway."""
    starts = [spell.employment.start_on for spell, each in known if each.outcome is Outcome.FUTURE]
    ends = [
        day_of(each.left_at, spell.employment.zone or company.default_zone) for spell, each in known if each.left_at
    ]
    return any(start is not None and start <= max(ends) + BRIDGE for start in starts if ends)


def leaving(found: list[Standing], basis: Basis) -> Leaving:
    """The latest of several ends of one kind; absence counts where each feed that lost them tells leaving so."""
    left_at, certain_at, left_on = max(
        ((each.left_at, each.certain_at, each.left_on) for each in found if each.left_at and each.certain_at),
        key=lambda end: (end[0], end[1], end[2] or date.min),
    )
    sure = {Basis.ACTUAL: True, Basis.INFERRED: all(each.confirmed for each in found)}
    confirmed = sure.get(basis, False)
    return Leaving(left_at=left_at, certain_at=certain_at, basis=basis, confirmed=confirmed, left_on=left_on)


def returned(company: Company, group: list[Dossier]) -> bool:
    """Whether somebody who works here once left, and a present employment began after that."""
    if departure(company, group) is not None:
        return False
    over = [spell.end_on(company) for spell in spells(group) if standing(company, spell).outcome is Outcome.LEFT]
    now = [s.employment.start_on for s, each in present_standings(company, group) if each.outcome is Outcome.ACTIVE]
    return any(end < start for end in over if end for start in now if start)


def during(company: Company, spell: Spell) -> tuple[datetime, datetime]:
    """From when to when an employment lasts, in the days of its zone; what isn't told has no bound."""
    zone = ZoneInfo(spell.employment.zone or company.default_zone)
    start, end = spell.employment.start_on, spell.end_on(company)
    return (
        day_start(start, zone) if start else datetime.min.replace(tzinfo=UTC),
        day_end(end, zone) if end and end < date.max else datetime.max.replace(tzinfo=UTC),
    )


def covers(company: Company, spell: Spell, moment: datetime, *, ahead: timedelta) -> bool:
    """Whether a moment lies in an employment or so much ahead of it, by days in its zone; without a start it does."""
    zone = ZoneInfo(spell.employment.zone or company.default_zone)
    day, latest_start = moment.astimezone(zone).date(), (moment + ahead).astimezone(zone).date()
    start, end = spell.employment.start_on, spell.end_on(company)
    return (start is None or start <= latest_start) and (end is None or day <= end)


def possibly_one(company: Company, people: dict[Person, list[Dossier]]) -> frozenset[frozenset[Person]]:
    """Pairs who share a present mail or login, and one began about when the other ended, or was no longer listed; or
    both, and only their names speak against it; or one is listed with a number that the other holds.
    """
    return frozenset(
        frozenset((one, other))
        for one, other in combinations(people, 2)
        if any(followed(company, *pair) for pair in ((people[one], people[other]), (people[other], people[one])))
    )


def followed(company: Company, earlier: list[Dossier], later: list[Dossier]) -> bool:
    if share(company, earlier, later) and follows(company, later, earlier):
        return True
    pairs = [(one, other) for one in earlier for other in later]
    return any(apart(company, *pair) or names_held_number(company, *pair) for pair in pairs)


def share(company: Company, some: list[Dossier], others: list[Dossier]) -> bool:
    """Whether they have a present mail or login in common."""
    return any(same_mail(company, one, other) or same_login(company, one, other) for one in some for other in others)


def follows(company: Company, later: list[Dossier], earlier: list[Dossier]) -> bool:
    """Whether an employment of `later` starts within 30 days of an end of `earlier`, on either side."""
    starts = [spell.employment.start_on for spell in spells(later)]
    over = [day for spell, now in present_standings(company, earlier) for day in last_days(company, spell, now)]
    return any(abs((start - end).days) <= POSSIBLY_ONE_DAYS for start in starts if start for end in over)


def last_days(company: Company, spell: Spell, now: Standing) -> list[date]:
    """By HR's word, and by a feed's silence."""
    told = spell.end_on(company)
    silent_since = now.left_at if now.outcome is Outcome.VANISHED else None
    zone = spell.employment.zone or company.default_zone
    return [*([told] if told else []), *([day_of(silent_since, zone)] if silent_since else [])]

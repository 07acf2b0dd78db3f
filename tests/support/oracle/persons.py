"""Which workers are one person, and which may be."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from offboarding.model import Coverage, Employment, EmploymentStatus, Worker
from tests.support.oracle.company import Company, Person, RosterRead, WorkerKey
from tests.support.oracle.times import LAST_ZONE_ON_EARTH, day_end, day_of, day_start
from tests.support.oracle.values import NO_SYSTEM, address, login_space, plain, told

POSSIBLY_ONE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """An employment as one read told it."""

    employment: Employment
    told_left_at: datetime
    """Since when HR says it without a break that this one is over; only for `left` without a date."""
    gone_at: datetime | None = None
    """Since when its worker wasn't listed, where another read then told only what is still to come."""

    def end_on(self, company: Company) -> date | None:
        """The last day, None while it is open."""
        employment = self.employment
        day = employment.last_working_on or employment.end_on
        if day is None and employment.status is EmploymentStatus.LEFT:
            return day_of(self.told_left_at, employment.zone or company.default_zone)
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A worker through all reads that have him, oldest first."""

    roster: RosterRead
    worker_id: str
    reads: tuple[tuple[datetime, tuple[Worker, ...]], ...]
    present: bool

    @property
    def key(self) -> WorkerKey:
        return self.roster.name, self.worker_id

    @property
    def latest(self) -> tuple[Worker, ...]:
        return self.reads[-1][1]

    @property
    def ever(self) -> tuple[Worker, ...]:
        return tuple(worker for _, workers in self.reads for worker in workers)


def dossiers(company: Company) -> list[Dossier]:
    """Every worker of every roster."""
    return [dossier for roster in company.rosters for dossier in roster_dossiers(company, roster)]


def roster_dossiers(company: Company, roster: RosterRead) -> list[Dossier]:
    reads = [(snapshot.observed_at, snapshot.workers) for snapshot in roster.earlier]
    reads.append((roster.observed_at or company.as_of, roster.workers))
    found: list[Dossier] = []
    for worker_id in {worker.worker_id for _, workers in reads for worker in workers}:
        mine = [(at, tuple(w for w in workers if w.worker_id == worker_id)) for at, workers in reads]
        seen = tuple(read for read in mine if read[1])
        found.append(Dossier(roster=roster, worker_id=worker_id, reads=seen, present=bool(mine[-1][1])))
    return found


def numbers(company: Company, group: list[Dossier]) -> set[tuple[str, str]]:
    """(id space, number) of every worker id that was ever this person's."""
    return {
        (dossier.roster.id_space, plain(number))
        for dossier in group
        for number in written_numbers(company, group, dossier)
    }


def written_numbers(company: Company, group: list[Dossier], dossier: Dossier) -> set[str]:
    """Every worker id that was ever his, as HR writes it; but for what another holds, or did when HR gave it once."""
    found = told({number for w in dossier.ever for number in (w.worker_id, *w.previous_worker_ids)})
    return {number for number in found if not is_anothers(company, group, dossier, plain(number))}


def is_anothers(company: Company, group: list[Dossier], dossier: Dossier, number: str) -> bool:
    if number in own_number(dossier):
        return False
    if number in previous_numbers(dossier):
        return is_held(company, dossier, number)
    return was_taken_back(company, group, dossier, number)


def was_taken_back(company: Company, group: list[Dossier], dossier: Dossier, number: str) -> bool:
    """Whether it isn't told any more, and was another person's own number before it was his previous one."""
    if number in own_number(dossier) | previous_numbers(dossier):
        return False
    owners = [
        each for each in others_of_the_space(company, dossier) if number in own_number(each) and each not in group
    ]
    named = next(at for at, workers in dossier.reads if number in previous_ones(workers))
    order = [roster.name for roster in company.rosters]
    told_at = named, order.index(dossier.roster.name)
    return any((owner.reads[0][0], order.index(owner.roster.name)) <= told_at for owner in owners)


def names_them(company: Company, group: list[Dossier]) -> set[tuple[str, str]]:
    """(id space, number) of the worker ids by which a person is meant: another's own one is that other's."""
    others = [each for each in dossiers(company) if each not in group]
    own = {(each.roster.id_space, number) for each in others for number in own_number(each)}
    mine = {(each.roster.id_space, number) for each in group for number in own_number(each)}
    return mine | (numbers(company, group) - own)


def own_number(dossier: Dossier) -> set[str]:
    return told({plain(dossier.worker_id)})


def previous_numbers(dossier: Dossier) -> set[str]:
    """As it was last told."""
    return previous_ones(dossier.latest)


def previous_ones(workers: tuple[Worker, ...]) -> set[str]:
    return told({plain(number) for worker in workers for number in worker.previous_worker_ids})


def others_of_the_space(company: Company, dossier: Dossier) -> list[Dossier]:
    found = [each for each in dossiers(company) if each.roster.id_space == dossier.roster.id_space]
    return [each for each in found if each.key != dossier.key]


def is_listed(dossier: Dossier) -> bool:
    """A list of leavers says nothing of whom it doesn't tell."""
    return dossier.present or dossier.roster.coverage is Coverage.LEAVERS


def owners_of(company: Company, dossier: Dossier, number: str) -> list[Dossier]:
    """The others whose own number it is."""
    return [each for each in others_of_the_space(company, dossier) if number in own_number(each)]


def is_held(company: Company, dossier: Dossier, number: str) -> bool:
    """Whether a previous number of this one's makes nobody one."""
    owners = owners_of(company, dossier, number)
    if not owners:
        return len(namers(company, dossier, number)) > company.scores.common_accounts
    return any(is_held_by(company, dossier, owner, number) for owner in owners)


def is_held_by(company: Company, dossier: Dossier, owner: Dossier, number: str) -> bool:
    """Whether several rows name it, one came to name it later, or its owner hasn't left and has no other number."""
    named_late = not came_with(dossier, number)
    return len(namers(company, dossier, number)) > 1 or named_late or holds_number(company, owner)


def came_with(dossier: Dossier, number: str) -> bool:
    """Whether the first read that told of the row named the number."""
    return number in previous_ones(dossier.reads[0][1])


def namers(company: Company, dossier: Dossier, number: str) -> set[str]:
    """The numbers of the rows that name it as their previous one, as they were last told."""
    space = [each for each in dossiers(company) if each.roster.id_space == dossier.roster.id_space]
    return {plain(each.worker_id) for each in space if number in previous_numbers(each) - own_number(each)}


def holds_number(company: Company, dossier: Dossier) -> bool:
    """Whether one of its employments isn't over, and HR gave it no other number."""
    return not superseded(company, dossier) and any(not is_over(company, spell) for spell in dossier_spells(dossier))


def is_over(company: Company, spell: Spell) -> bool:
    """Whether HR says that it has ended, wherever on earth that may be."""
    employment = spell.employment
    zone, start = ZoneInfo(employment.zone or company.default_zone), employment.start_on
    ahead = start is None or day_start(start, zone) > company.as_of
    if employment.status is EmploymentStatus.FUTURE and ahead:
        return False
    left = employment.status is EmploymentStatus.LEFT
    day = (employment.last_working_on or employment.end_on) if left else employment.last_working_on
    if day is None:
        return left
    ends = [day_end(day, each) for each in (zone, *(() if employment.zone else (LAST_ZONE_ON_EARTH,)))]
    return max(ends) <= company.as_of


def joining_numbers(company: Company, dossier: Dossier) -> set[str]:
    """Its own number, and the previous ones that it is listed with, or was when their row went, which nobody holds."""
    found = own_number(dossier)
    for number in previous_numbers(dossier) - found:
        owners = owners_of(company, dossier, number)
        in_time = is_listed(dossier) or any(superseded(company, owner) for owner in owners)
        if in_time and not is_held(company, dossier, number):
            found.add(number)
    return found


def names_held_number(company: Company, one: Dossier, other: Dossier) -> bool:
    """Whether `one` is listed with the number of `other` as its previous one, which makes nobody one."""
    if one.key == other.key or one.roster.id_space != other.roster.id_space or not is_listed(one):
        return False
    named = previous_numbers(one) & own_number(other) - own_number(one)
    return any(is_held_by(company, one, other, number) for number in named)


def present_mails(company: Company, dossier: Dossier) -> set[str]:
    return told({address(company, worker.mail) for worker in dossier.latest})


def all_mails(company: Company, dossier: Dossier) -> set[str]:
    """Present and former."""
    return told({address(company, mail) for w in dossier.ever for mail in (w.mail, *w.former_mails)})


def logins(company: Company, dossier: Dossier, workers: tuple[Worker, ...]) -> set[tuple[str, str]]:
    """(space, value) of the logins that HR gives in these records."""
    found = {(login_space(company, dossier.roster, each), plain(each.value)) for w in workers for each in w.logins}
    return {(space, value) for space, value in found if told({value})}


def same_person(company: Company, one: Dossier, other: Dossier) -> bool:
    if one.roster.id_space == other.roster.id_space and joining_numbers(company, one) & joining_numbers(company, other):
        return True
    if apart(company, one, other) or apart(company, other, one):
        return False
    return same_mail(company, one, other) and same_login(company, one, other)


def apart(company: Company, one: Dossier, other: Dossier) -> bool:
    """Whether `other` took over the mail and login of `one`, who had another name altogether; or may have, where the
    names can't be compared, as others' names tell of `one` or `other`.
    """
    if not came_after(company, one, other):
        return False
    if comparable(one, other):
        return strangers(one, other)
    told = [(one, each) for each in dossiers(company)] + [(each, other) for each in dossiers(company)]
    return any(strangers(*pair) and came_after(company, *pair) for pair in told)


def came_after(company: Company, one: Dossier, other: Dossier) -> bool:
    """Whether `other`, who has the mail and login of `one`, began later, and when `one` was over or about then; or may
    have, where no day is told, and `one` is over.
    """
    if one.key == other.key or not (same_mail(company, one, other) and same_login(company, one, other)):
        return False
    over = [over_on(company, one, spell) for spell in dossier_spells(one)]
    if None in over:
        return False
    began, before = first_day(other), first_day(one)
    if began is None:
        return True
    if before is not None and began <= before:
        return False
    return began >= max(day for day in over if day) - timedelta(days=POSSIBLY_ONE_DAYS)


def first_day(dossier: Dossier) -> date | None:
    """Of all that they began; None where no day is told."""
    return min(
        (spell.employment.start_on for spell in dossier_spells(dossier) if spell.employment.start_on), default=None
    )


def comparable(one: Dossier, other: Dossier) -> bool:
    """Whether both have names, of one script; random companies bear Latin and Korean ones."""
    names = one.latest[0].name, other.latest[0].name
    return all(names) and names[0].isascii() == names[1].isascii()


def strangers(one: Dossier, other: Dossier) -> bool:
    """Whether two names, as random companies bear them, are two people's: without a word in common."""
    words = [set(each.latest[0].name.casefold().split()) for each in (one, other)]
    return comparable(one, other) and not words[0] & words[1]


def first_missing_at(company: Company, dossier: Dossier) -> datetime:
    """When the first read began that no longer had him."""
    last_seen = dossier.reads[-1][0]
    reads = [snapshot.observed_at for snapshot in dossier.roster.earlier]
    reads.append(dossier.roster.observed_at or company.as_of)
    return min(at for at in reads if at > last_seen)


def over_on(company: Company, dossier: Dossier, spell: Spell) -> date | None:
    """The last day, or since when nobody lists them any more."""
    if day := spell.end_on(company):
        return day
    silent = not dossier.present and dossier.roster.coverage is not Coverage.LEAVERS
    zone = spell.employment.zone or company.default_zone
    return day_of(first_missing_at(company, dossier), zone) if silent else None


def same_mail(company: Company, one: Dossier, other: Dossier) -> bool:
    return bool(present_mails(company, one) & present_mails(company, other))


def same_login(company: Company, one: Dossier, other: Dossier) -> bool:
    return any(
        login == another and may_be_one_space(space, elsewhere)
        for space, login in logins(company, one, one.latest)
        for elsewhere, another in logins(company, other, other.latest)
    )


def may_be_one_space(space: str, other: str) -> bool:
    """Whether nothing says that these are logins of two realms or systems."""
    return space == other or NO_SYSTEM in (space, other)


def persons(company: Company) -> dict[Person, list[Dossier]]:
    """The partition: whoever is the same as the same is the same."""
    groups = [[dossier] for dossier in dossiers(company)]
    while pair := next((p for p in combinations(groups, 2) if any_same(company, *p)), None):
        groups = [group for group in groups if group is not pair[0] and group is not pair[1]]
        groups.append(pair[0] + pair[1])
    return {frozenset(dossier.key for dossier in group): group for group in groups}


def any_same(company: Company, some: list[Dossier], others: list[Dossier]) -> bool:
    return any(same_person(company, one, other) for one in some for other in others)


def spells(group: list[Dossier]) -> list[Spell]:
    """Every employment of a person that stands."""
    return [spell for dossier in group for spell in dossier_spells(dossier)]


def dossier_spells(dossier: Dossier) -> list[Spell]:
    """What the last read told, and what ended in an earlier one's words: HR's word that it ended stays evidence.

    An employment is known by its first day; what a later read says of it counts, but for a day that it blanks. One that
    was told, hadn't ended and isn't told any more was a correction, unless it had begun by the read before and what is
    told instead is still to come. Told in two ways at once, whoever may still work here does.
    """
    stand: dict[date | None, Spell] = {}
    before = [snapshot.observed_at for snapshot in dossier.roster.earlier]
    listed_at: datetime | None = None
    for at, workers in dossier.reads:
        told_at = max((each for each in before if each < at), default=at)
        missed = min((each for each in before if listed_at and listed_at < each < at), default=None)
        listed_at = at
        told_now = sorted((e for worker in workers for e in worker.employments), key=weight, reverse=True)
        first, today = dossier.reads[0][0].date(), at.date()
        instead = [with_day(stand.get(each.start_on), each) for each in told_now]
        if missed:
            stand = {
                start: gone(spell, missed) if nothing_instead(spell.employment, instead, today, first) else spell
                for start, spell in stand.items()
            }
        kept = {
            start: spell
            for start, spell in stand.items()
            if had_ended(spell.employment, today)
            or (begun(spell.employment, told_at.date()) and nothing_instead(spell.employment, instead, today, first))
        }
        stand = kept | {each.start_on: retold(stand.get(each.start_on), each, at) for each in told_now}
    return list(stand.values())


def gone(spell: Spell, at: datetime) -> Spell:
    """An employment that had begun when its worker was no longer listed."""
    start = spell.employment.start_on
    zone = ZoneInfo(spell.employment.zone or "UTC")
    has_begun = day_start(start, zone) <= at if start else spell.employment.status is not EmploymentStatus.FUTURE
    return replace(spell, gone_at=spell.gone_at or at) if has_begun else spell


def weight(employment: Employment) -> tuple[int, bool, int, bool, int, str]:
    """The least is believed: still here before gone, no day before some day, the later day before the earlier."""
    statuses = [EmploymentStatus.ACTIVE, EmploymentStatus.LEAVE, EmploymentStatus.FUTURE, EmploymentStatus.LEFT]
    day, end = employment.last_working_on or employment.end_on, employment.end_on
    return (
        statuses.index(employment.status),
        day is not None,
        -day.toordinal() if day else 0,
        employment.last_working_on is None,
        -end.toordinal() if end else 0,
        employment.zone or "",
    )


def had_ended(employment: Employment, today: date) -> bool:
    left = employment.status is EmploymentStatus.LEFT
    day = (employment.last_working_on or employment.end_on) if left else employment.last_working_on
    return left if day is None else day < today


def begun(employment: Employment, told_on: date) -> bool:
    """Whether it had begun when it was told."""
    start = employment.start_on
    return start <= told_on if start else employment.status is not EmploymentStatus.FUTURE


def nothing_instead(employment: Employment, told_now: list[Employment], today: date, first: date) -> bool:
    """Whether all that is told begins later, or was over before it; without a first day, before it was first told."""
    start = employment.start_on or first
    ahead = [each for each in told_now if is_ahead(each, today)]
    over = [each.last_working_on or each.end_on for each in told_now if each not in ahead]
    return bool(ahead) and all(day is not None and day < start for day in over)


def with_day(before: Spell | None, employment: Employment) -> Employment:
    """As it is told, with the day of an end that an earlier read told and this one blanks."""
    blank = (employment.last_working_on, employment.end_on) == (None, None)
    if not (before and blank and {before.employment.status, employment.status} == {EmploymentStatus.LEFT}):
        return employment
    told = before.employment
    return replace(employment, last_working_on=told.last_working_on, end_on=told.end_on)


def is_ahead(employment: Employment, today: date) -> bool:
    """Whether it may not have begun yet, anywhere."""
    if employment.status is EmploymentStatus.LEFT:
        return False
    return employment.start_on >= today if employment.start_on else employment.status is EmploymentStatus.FUTURE


def retold(before: Spell | None, employment: Employment, at: datetime) -> Spell:
    """An employment as a further read tells it."""
    is_ahead_on_no_day = employment.start_on is None and employment.status is EmploymentStatus.FUTURE
    if is_ahead_on_no_day and before and before.employment.status is not EmploymentStatus.FUTURE:
        return before
    blank = (employment.last_working_on, employment.end_on) == (None, None)
    if not (before and blank and {before.employment.status, employment.status} == {EmploymentStatus.LEFT}):
        return Spell(employment=employment, told_left_at=at)
    told_before = before.employment
    if (told_before.last_working_on, told_before.end_on) == (None, None):
        return Spell(employment=employment, told_left_at=before.told_left_at)
    if not had_ended(told_before, at.date()):
        return Spell(employment=employment, told_left_at=at)
    days = {"last_working_on": told_before.last_working_on, "end_on": told_before.end_on}
    return Spell(employment=replace(employment, **days), told_left_at=at)


def superseded(company: Company, dossier: Dossier) -> bool:
    """Return whether HR has given the worker another number."""
    return bool(successors(company, dossier))


def successors(company: Company, dossier: Dossier) -> list[Dossier]:
    """Return the row that came with the number of this one, which is no longer listed."""
    if is_listed(dossier):
        return []
    found = [
        other
        for other in others_of_the_space(company, dossier)
        for number in own_number(dossier) & previous_numbers(other) - own_number(other)
        if came_with(other, number) and namers(company, dossier, number) == {plain(other.worker_id)}
    ]
    return [each for each in found if was_listed_then(company, each, dossier)]


def was_listed_then(company: Company, one: Dossier, gone: Dossier) -> bool:
    """Whether `one` was listed when `gone` no longer was; of rosters read in one night the later ones are as before."""
    if is_listed(one):
        return True
    order = [roster.name for roster in company.rosters]
    ends = [(first_missing_at(company, each), order.index(each.roster.name)) for each in (one, gone)]
    return ends[0] > ends[1]

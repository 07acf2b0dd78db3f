"""What is true of the company, what happens there from day to day, and what of it was told and seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from offboarding.model import Account, AccountRef, Employment, Fact, IdentityKeyKind, Problem, TicketState
from offboarding.model.errors import FatalError
from tests.support.deciding import add_notice, withdraw_notice
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import CLOUD, DIRECTORY, Office, System, access_key, locked, login, switched_off, user
from tests.support.small_company import job, number, tag, worker

SEOUL = timezone(timedelta(hours=9))
PEOPLE = [str(1001 + each) for each in range(8)]
WORK_FIRST = PEOPLE[:6]
BROKEN_ROW = (Problem(record="row 7", text="no worker id", fix="Give it one."),)
HAPPENS = {
    "leaves": "here",
    "left_last_week": "here",
    "leaves_tomorrow": "here",
    "joins": "",
    "is_dropped_from_the_file": "",
    "everybody_is_terminated": "",
    "departure_is_taken_back": "left",
    "is_rehired": "left",
    "gets_an_access_key": "",
    "login_is_locked": "left",
    "login_is_unlocked": "left",
    "key_is_switched_off": "left",
    "key_is_switched_on": "left",
    "everything_is_revoked": "left",
    "a_notice_is_given": "here",
    "a_notice_is_withdrawn": "noticed",
    "people_close_their_ticket": "ticketed",
    "people_open_their_ticket": "ticketed",
    "people_delete_their_ticket": "ticketed",
}
"""What, and to whom."""
Day = Sequence[tuple[str, int]]
"""What happens between two runs, to the how-manieth of those to whom it can."""


class Failing(System):  # pyrefly: ignore[bad-class-definition]
    """A system that can't be asked at all while it fails, by nights and hours alike."""

    __slots__ = ()

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        if self.error:
            raise self.error
        yield from System.detail(self, accounts)


@dataclass(slots=True)
class Thing:
    """A login, or an access key."""

    works: bool
    seen_works: bool = False
    """As it was when it was last looked at."""


@dataclass(slots=True)
class Somebody:
    """What HR's file says of a person, what was read of it, and what they have."""

    jobs: tuple[Employment, ...] = ()
    """Empty: not in the file."""
    told: tuple[Employment, ...] = ()
    """As the file was last read with them in it."""
    listed: bool = False
    """Whether they stood in it when it was last read whole."""
    noticed: datetime | None = None
    notice_id: str = ""
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])


def gone(jobs: tuple[Employment, ...], at: datetime) -> bool:
    """Whether somebody with these jobs has left by then; they all lie in Seoul."""
    return bool(jobs) and all(each.status == "left" and _over(each.last_working_on, at) for each in jobs)


def _over(last: date | None, at: datetime) -> bool:
    assert last is not None
    return at >= datetime.combine(last + timedelta(days=1), datetime.min.time(), SEOUL)


def person_of(ticket: ListedTicket) -> str:
    """Whom it is about, where it is about one person's revocations."""
    if not ticket.draft.title.startswith("Revoke"):
        return ""
    return next(each for each in PEOPLE if f"worker {each} " in ticket.draft.title)


@dataclass(slots=True, kw_only=True)
class World:
    """The company."""

    office: Office
    listed: ListedTracker
    moment: datetime
    """Of the last run."""
    people: dict[str, Somebody] = field(default_factory=lambda: {each: Somebody() for each in PEOPLE})
    read: set[str] = field(default_factory=set[str])
    """What the last run could read: "u" for logins, "AKIA" for keys."""

    def __post_init__(self) -> None:
        self.office.directory, self.office.clouds = Failing(realm=DIRECTORY), {CLOUD: Failing(realm=CLOUD)}  # pyrefly: ignore[bad-assignment]

    def happens(self, day: Day) -> None:
        """All of it, to whomever it can happen."""
        for what, place in day:
            group = self._group(HAPPENS[what])
            if group:
                getattr(self, what)(group[place % len(group)])

    def _group(self, name: str) -> list[str]:
        if name == "ticketed":
            return [person for ticket in self.listed.there() if (person := person_of(ticket))]
        if name == "noticed":
            return [each for each, somebody in self.people.items() if somebody.noticed]
        if name:
            status = {"here": "active", "left": "left"}[name]
            return [
                each for each, somebody in self.people.items() if somebody.jobs and somebody.jobs[-1].status == status
            ]
        return PEOPLE

    # --- at HR's ------------------------------------------------------------------------------------------------------

    def joins(self, person: str) -> None:
        somebody = self.people[person]
        if not somebody.jobs and not somebody.told:
            somebody.jobs = (job(),)
            somebody.things = {f"u{person}": Thing(works=True)}

    def leaves(self, person: str, *, days: int = 0) -> None:
        """On a day some days from last night's."""
        *before, now = self.people[person].jobs
        last = self.office.as_of.astimezone(SEOUL).date() + timedelta(days=days)
        assert now.start_on is not None
        ended = job("left", start=now.start_on.isoformat(), last=max(last, now.start_on).isoformat())
        self.people[person].jobs = (*before, ended)

    def left_last_week(self, person: str) -> None:
        self.leaves(person, days=-5)

    def leaves_tomorrow(self, person: str) -> None:
        self.leaves(person, days=1)

    def everybody_is_terminated(self, _: str) -> None:
        for each in self._group("here"):
            self.leaves(each)

    def departure_is_taken_back(self, person: str) -> None:
        *before, last = self.people[person].jobs
        assert last.start_on is not None
        self.people[person].jobs = (*before, job(start=last.start_on.isoformat()))

    def is_rehired(self, person: str) -> None:
        somebody, start = self.people[person], self.office.as_of.astimezone(SEOUL).date()
        *_, last = somebody.jobs
        if len(somebody.jobs) < 3 and gone(somebody.jobs, self.office.as_of) and last.start_on != start:
            somebody.jobs = (*somebody.jobs, job(start=start.isoformat()))

    def is_dropped_from_the_file(self, person: str) -> None:
        self.people[person].jobs = ()

    def a_notice_is_given(self, person: str) -> None:
        somebody = self.people[person]
        if somebody.listed and not somebody.noticed and not gone(somebody.told, self.moment):
            last, session = self.office.as_of, self.office.session
            made = add_notice(
                session, self.office.settings, who=f"hr:{person}", last=last.isoformat(), reason="r", author="a"
            )
            somebody.noticed, somebody.notice_id = last, made.notice_id

    def a_notice_is_withdrawn(self, person: str) -> None:
        somebody = self.people[person]
        try:
            withdraw_notice(self.office.session, somebody.notice_id, reason="r", author="a")
        except FatalError:  # HR has confirmed it meanwhile: it has ended by itself.
            return
        somebody.noticed = None

    # --- in the systems -----------------------------------------------------------------------------------------------

    def gets_an_access_key(self, person: str) -> None:
        somebody = self.people[person]
        if somebody.things:
            somebody.things.setdefault(f"AKIA{person}", Thing(works=True))

    def login_is_locked(self, person: str) -> None:
        self._turn(f"u{person}", works=False)

    def login_is_unlocked(self, person: str) -> None:
        self._turn(f"u{person}", works=True)

    def key_is_switched_off(self, person: str) -> None:
        self._turn(f"AKIA{person}", works=False)

    def key_is_switched_on(self, person: str) -> None:
        self._turn(f"AKIA{person}", works=True)

    def everything_is_revoked(self, person: str) -> None:
        self.login_is_locked(person)
        self.key_is_switched_off(person)

    def _turn(self, name: str, *, works: bool) -> None:
        if thing := self.people[name[-4:]].things.get(name):
            thing.works = works

    # --- in the tracker -----------------------------------------------------------------------------------------------

    def people_close_their_ticket(self, person: str) -> None:
        self._people_turn(person, TicketState.CLOSED)

    def people_open_their_ticket(self, person: str) -> None:
        self._people_turn(person, TicketState.OPEN)

    def people_delete_their_ticket(self, person: str) -> None:
        """Not what was opened in place of one that they deleted: that is refused, and they'd have to restore it
        (test_refused.py).
        """
        if not any(each.state is TicketState.MISSING and person_of(each) == person for each in self.listed.tickets):
            self._people_turn(person, TicketState.MISSING)

    def _people_turn(self, person: str, to: TicketState) -> None:
        for ticket in self.listed.there():
            if person_of(ticket) == person:
                self.listed.people_turn(ticket.ref, to)

    # --- what a run finds, and what of it is known then ---------------------------------------------------------------

    def is_now(self, failing: str) -> None:
        """Feed and systems as they are; one of them may fail."""
        office, refused = self.office, FatalError("refused")
        office.hr.workers = [
            worker(each, *somebody.jobs, mail=f"p{each}@corp.example", name=f"Person {each}")
            for each, somebody in self.people.items()
            if somebody.jobs
        ]
        office.hr.error = refused if failing == "hr" else None
        office.hr.problems = BROKEN_ROW if failing == "partial" else ()
        office.directory.error = refused if failing == "directory" else None
        office.cloud.error = refused if failing == "cloud" else None
        office.cloud.denied = "iam:ListAccessKeys" if failing == "denied" else ""
        office.directory.accounts = [
            login(name, number(name[1:]), **({} if thing.works else locked())) for name, thing in self.things("u")
        ]
        users = {name: _user(name) for name, _ in self.things("AKIA")}
        office.cloud.accounts = list(users.values())
        office.cloud.credentials = [
            access_key(name, users[name], **({} if thing.works else switched_off()))
            for name, thing in self.things("AKIA")
        ]
        self.read = {"u", "AKIA"} - {{"directory": "u", "cloud": "AKIA", "denied": "AKIA"}.get(failing, "")}

    def things(self, which: str) -> Iterator[tuple[str, Thing]]:
        """Logins, or keys."""
        for each, somebody in self.people.items():
            if thing := somebody.things.get(f"{which}{each}"):
                yield f"{which}{each}", thing

    def was_told(self, *, whole: bool) -> None:
        """The file was read."""
        for somebody in self.people.values():
            if somebody.jobs:
                somebody.told = somebody.jobs
            if whole or somebody.jobs:
                somebody.listed = bool(somebody.jobs)

    def was_seen(self) -> None:
        """Everything that could be read."""
        for which in self.read:
            for _, thing in self.things(which):
                thing.seen_works = thing.works

    # --- what is so then ----------------------------------------------------------------------------------------------

    def has_left(self, person: str) -> bool:
        """By all that was read. Who is dropped while at work is asked about; a leaver who is dropped stays one."""
        somebody = self.people[person]
        return gone(somebody.told, self.moment) or self._notice_stands(somebody)

    def may_have_left(self, person: str) -> bool:
        """By anything that was said."""
        somebody = self.people[person]
        return self.has_left(person) or gone(somebody.jobs, self.moment) or somebody.noticed is not None

    def _notice_stands(self, somebody: Somebody) -> bool:
        query: Any = "select 1 from notice where notice_id = %s and ended_at is null and confirmed_at is null"
        return bool(
            somebody.noticed
            and somebody.noticed <= self.moment
            and self.office.session.execute(query, (somebody.notice_id,)).fetchone()
        )


def _user(key: str) -> Account:
    return user(f"AIDA{key[4:]}", tag(IdentityKeyKind.NUMBER, key[4:]))

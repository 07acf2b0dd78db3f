"""The crowd: about 350 people with nothing wrong about them, drawn from a seed. All names are made up."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from demo.names import FAMILIES, GIVEN
from demo.nights import at, day
from demo.world import MIGRATION_DN, PROVISIONING_DN, City, Contract, Entry, HrRow, Part, Status, person_dn
from demo.world_cloud import AWS_ACCOUNTS, EVERYONE, ONCALL, AccessKey, CenterUser, IamUser
from demo.world_keys import SshKey
from demo.world_systems import DatabaseLogin, Elsewhere, GithubMember, HostLogin, OktaPerson

SEED = 20261125
FIRST_NUMBER = 10001
STAFF = {City.SEOUL: 150, City.TAIPEI: 60, City.SEATTLE: 50, City.BERLIN: 40}
LEFT_LONG_AGO = 24
CONTRACTORS = 34
LEADS = 12
CENTER_BEGAN_AT = at("2023-01-09", 6)
"""When Identity Center was first fed."""
MIGRATED_AT = at("2026-11-16", 2)
"""When Taipei's directory moved here, and each of its entries was made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody is called."""

    name: str
    """As HR writes it."""
    latin: str
    """As the directory writes it."""
    login: str
    mail: str


class Namer:
    """Draws names, and sees to it that no login or mail address is given twice."""

    def __init__(self, draw: random.Random, taken: frozenset[str]) -> None:
        self._draw = draw
        self._taken = set(taken)

    def identity(self, city: City) -> Identity:
        """Somebody new in that city."""
        family, latin_family = self._draw.choice(FAMILIES[city].split()).split(":")
        given, latin_given = self._draw.choice(GIVEN[city].split()).split(":")
        eastern = city in (City.SEOUL, City.TAIPEI)
        initials = "".join(part[0] for part in latin_given.split("-"))
        mail_name = f"{latin_given.replace('-', '')}.{latin_family}".lower()
        return Identity(
            name=f"{family}{given}" if eastern else f"{given} {family}",
            latin=f"{latin_given} {latin_family}",
            login=self._free(f"{initials}{latin_family}".lower()),
            mail=self._free(mail_name) + "@corp.example",
        )

    def _free(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted}{count}"
        self._taken.add(name)
        return name


def crowd(taken: frozenset[str]) -> Part:
    """Everyone with nothing wrong about them. `taken`: logins and mail addresses' local parts of the special cases."""
    draw = random.Random(SEED)  # noqa: S311 - made-up people, no secret
    namer = Namer(draw, taken)
    whole = Part()
    leads: list[tuple[str, str]] = []
    for place, city in enumerate(city for city, count in STAFF.items() for _ in range(count)):
        number = str(FIRST_NUMBER + place)
        who = namer.identity(city)
        lead = draw.choice(leads) if len(leads) == LEADS else ("", "")
        if len(leads) < LEADS:
            leads.append((number, person_dn(who.login)))
        whole += _employee(draw, number, who, city, lead)
    for place in range(LEFT_LONG_AGO):
        whole += _left_long_ago(draw, str(FIRST_NUMBER + 300 + place), namer, place)
    for place in range(CONTRACTORS):
        whole += _contractor(draw, str(FIRST_NUMBER + place), namer)
    return whole


def _employee(draw: random.Random, number: str, who: Identity, city: City, lead: tuple[str, str]) -> Part:
    start_on = _some_day(draw, "2012-03-02", "2026-06-30")
    row = HrRow(
        worker_id=number,
        name=who.name,
        mail=who.mail,
        login=who.login,
        city=city,
        start_on=start_on,
        manager=lead[0],
    )
    entry = Entry(
        uid=who.login,
        name=who.latin,
        created_at=MIGRATED_AT if city is City.TAIPEI else _morning(start_on),
        created_by=MIGRATION_DN if city is City.TAIPEI else PROVISIONING_DN,
        number=number,
        mails=(who.mail,),
        last_login_at=_last_week(draw),
        password_set_at=_morning(_some_day(draw, "2026-07-01", "2026-11-10")),
        ssh_keys=(SshKey(seed=f"laptop of {number}", comment=f"{who.login}@laptop"),) if draw.random() < 0.3 else (),
        manager=lead[1],
        privileged=draw.random() < 0.02,
    )
    users = tuple(_iam_users(draw, number, who, start_on)) if draw.random() < 0.25 else ()
    return Part(
        hr=(row,),
        entries=(entry,),
        users=users,
        center=tuple(_center_users(entry)),
        elsewhere=_elsewhere(entry, start_on),
    )


def _elsewhere(entry: Entry, start_on: date) -> Elsewhere:
    """Everybody signs on by Okta, each tenth writes code, each twentieth also runs what is written."""
    login, mail, place = entry.uid, entry.mails[0], int(entry.number)
    laptop = entry.ssh_keys[0] if entry.ssh_keys else None
    return Elsewhere(
        okta=(OktaPerson(mail=mail, number=entry.number, since=start_on),),
        github=(GithubMember(login=f"{login}-corp", mail=mail, token="laptop"),) if place % 10 == 0 else (),
        database=(DatabaseLogin(name=login),) if place % 20 == 0 else (),
        host=(HostLogin(name=login, key=laptop),) if place % 20 == 0 else (),
    )


def _center_users(entry: Entry) -> Iterator[CenterUser]:
    """Each fifth of the staff comes into AWS through Identity Center, which the directory feeds."""
    if int(entry.number) % 5 == 0:
        yield CenterUser(
            name=entry.uid,
            display_name=entry.name,
            created_at=max(entry.created_at, CENTER_BEGAN_AT),
            mail=entry.mails[0],
            directory_id=entry.native_id,
            groups=(EVERYONE, ONCALL) if entry.privileged else (EVERYONE,),
        )


def _iam_users(draw: random.Random, number: str, who: Identity, start_on: date) -> Iterator[IamUser]:
    """One or two users of somebody's, named in one of the ways that grew over the years."""
    local = who.mail.partition("@")[0]
    styles: tuple[tuple[str, dict[str, str]], ...] = (
        (who.login, {"employee-id": number, "email": who.mail}),
        (local, {"email": who.mail}),
        (who.mail, {}),
        (who.login, {}),
    )
    for account in draw.sample(AWS_ACCOUNTS, draw.choice((1, 1, 2))):
        name, tags = draw.choice(styles)
        made_on = max(start_on, date(2019, 1, 7)) + timedelta(days=draw.randrange(5, 40))
        console = draw.random() < 0.5
        keys = (AccessKey(created_at=_morning(made_on), last_used_at=_last_week(draw)),)
        yield IamUser(
            account=account,
            name=name,
            created_at=_morning(made_on),
            tags=dict(tags),
            console=console,
            console_used_at=_last_week(draw) if console else None,
            keys=keys if draw.random() < 0.7 else (),
        )


def _left_long_ago(draw: random.Random, number: str, namer: Namer, place: int) -> Part:
    """Somebody whose leaving went as it should: what was theirs is locked, deleted or empty."""
    city = draw.choice(list(STAFF))
    who = namer.identity(city)
    start_on = _some_day(draw, "2014-01-06", "2022-12-01")
    left_on = _some_day(draw, "2023-06-01", "2026-09-30")
    row = HrRow(
        worker_id=number,
        name=who.name,
        mail=who.mail,
        login=who.login,
        city=city,
        status=Status.LEFT,
        start_on=start_on,
        last_working_on=left_on,
        end_on=left_on + timedelta(days=draw.choice((0, 0, 14, 30))),
    )
    entry = Entry(
        uid=who.login, name=who.latin, created_at=_morning(start_on), number=number, mails=(who.mail,), locked=True
    )
    empty = IamUser(account=draw.choice(AWS_ACCOUNTS), name=who.login, created_at=_morning(start_on))
    return Part(hr=(row,), entries=(entry,) if place % 3 else (), users=(empty,) if place % 4 == 0 else ())


def _contractor(draw: random.Random, number: str, namer: Namer) -> Part:
    """A vendor's person: the vendors' numbers are some of our own, and mean other people."""
    city = draw.choice((City.SEOUL, City.SEOUL, City.TAIPEI, City.BERLIN))
    who = namer.identity(city)
    start_on = _some_day(draw, "2025-01-06", "2026-09-01")
    contract = Contract(
        worker_id=number,
        name=who.name,
        mail=who.mail,
        login=who.login,
        city=city,
        start_on=start_on,
        end_on=_some_day(draw, "2026-12-31", "2027-12-31"),
    )
    entry = Entry(
        uid=who.login,
        name=who.latin,
        created_at=_morning(start_on),
        mails=(who.mail,),
        last_login_at=_last_week(draw),
    )
    return Part(contracts=(contract,), entries=(entry,))


def _some_day(draw: random.Random, first: str, last: str) -> date:
    return day(first) + timedelta(days=draw.randrange((day(last) - day(first)).days + 1))


def _morning(on: date) -> datetime:
    return datetime.combine(on, time(0, 30), UTC)


def _last_week(draw: random.Random) -> datetime:
    """A working hour in the week before either night."""
    return at("2026-11-16", 1) + timedelta(minutes=draw.randrange(7 * 24 * 60))

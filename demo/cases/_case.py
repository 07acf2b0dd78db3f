"""What a special case is, and the person it is about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, Unpack

from demo.nights import Night, at, day
from demo.world import City, Entry, HrRow, Part, Status, person_dn
from demo.world_cloud import AccessKey, IamUser

LAST_DAY = "2026-11-13"
"""A Friday: the last working day wherever the day itself is not the point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that real companies hold, with the one who holds it here."""

    name: str
    shows: str
    """A row of the first table in facts/leavers.md in its own words, or what of correlation and rules it shows."""
    build: Callable[[Night], Part]


def case(name: str, shows: str) -> Callable[[Callable[[Night], Part]], Case]:
    """Make a case of the function that builds it."""
    return lambda build: Case(name=name, shows=shows, build=build)


class RowChanges(TypedDict, total=False):
    """Fields of HrRow that a case says differently."""

    name: str
    mail: str
    login: str
    previous_worker_id: str
    former_mail: str
    directory_id: str
    type: str
    start_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody on the staff."""

    number: str
    name: str
    """As HR writes it."""
    latin: str
    login: str
    local: str
    """The work mail before the @."""
    city: City = City.SEOUL
    since: str = "2019-03-04"

    @property
    def mail(self) -> str:
        """The work mail."""
        return f"{self.local}@corp.example"

    @property
    def dn(self) -> str:
        """Where the directory has this person."""
        return person_dn(self.login)

    def works(self, **changes: Unpack[RowChanges]) -> HrRow:
        """HR's row of somebody who works here."""
        row = HrRow(
            worker_id=self.number,
            name=self.name,
            mail=self.mail,
            login=self.login,
            city=self.city,
            start_on=day(self.since),
        )
        return replace(row, **changes)

    def left(self, last: str = LAST_DAY, **changes: Unpack[RowChanges]) -> HrRow:
        """HR's row of somebody who left."""
        return replace(self.works(**changes), status=Status.LEFT, last_working_on=day(last), end_on=day(last))

    def entry(self) -> Entry:
        """The directory's entry, which still works and holds number, mail and login."""
        return Entry(
            uid=self.login,
            name=self.latin,
            created_at=at(self.since, 1),
            number=self.number,
            mails=(self.mail,),
            last_login_at=at("2026-10-12", 0, 41),
            password_set_at=at("2026-08-03", 2, 15),
        )

    def locked(self) -> Entry:
        """The same, locked as it should be."""
        return replace(self.entry(), locked=True)


OLD_KEY = AccessKey(created_at=at("2023-05-15", 7), last_used_at=at("2026-11-11", 6, 30), service="ec2")
"""Made and last used while its holder worked here."""


def iam_user(account: str, name: str, *, email: str = "") -> IamUser:
    """An IAM user with one such key and, if so, the tag email."""
    return IamUser(
        account=account,
        name=name,
        created_at=at("2023-05-15", 7),
        tags={"email": email} if email else {},
        keys=(OLD_KEY,),
    )

"""A plain second opinion on who was whom, and could act as what, from when until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tests.support.held.drawing import CLOUD, DIRECTORY
from tests.support.held.records import Login, Records

EVER, STILL = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
SOURCES = {"corp-ldap": DIRECTORY, DIRECTORY: DIRECTORY, "aws": CLOUD}

Principal = tuple[str, str, str]
"""Kind, realm, name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose an account was."""

    uid: UUID
    login: Login
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """How somebody could act as a principal; `first_at` and `first_read_at`: when anything was first told of the group,
    in the run's own time and by the clock.
    """

    uid: UUID
    how: str
    from_at: datetime
    to_at: datetime
    sure: bool = True
    dead: bool = False
    first_at: datetime = EVER
    first_read_at: datetime = EVER


def night(told: Records, at: datetime) -> datetime:
    """A read's moment in its run's own time."""
    runs = [run for run in told.nights if run.started_at <= at]
    if not runs:
        return at
    run = max(runs, key=lambda run: run.started_at)
    return at + (run.as_of - run.started_at)


def ended(told: Records, at: datetime | None) -> datetime:
    """The same of an end, which may not have come."""
    return STILL if at is None else night(told, at)


def turns(told: Records) -> list[Turn]:
    """Whose each account was: the first known holder's since ever, the last one's still, and nobody's by rejection."""
    now = {person.once: person.uid for person in told.people if person.once}
    found: list[Turn] = []
    for login in told.logins:
        links = sorted(
            (link.valid_from, now.get(link.uid, link.uid))
            for link in told.owned
            if link.account == login and link.decision == "linked"
        )
        begun = [link for number, link in enumerate(links) if number == 0 or links[number - 1][1] != link[1]]
        nobodys = {word.uid for word in told.rejected if word.account == login and not word.revoked}
        for number, (at, uid) in enumerate(begun):
            to_at = begun[number + 1][0] if number + 1 < len(begun) else STILL
            if uid not in nobodys:
                found.append(Turn(uid=uid, login=login, from_at=at if number else EVER, to_at=to_at))
    return found


def acting(told: Records, principal: Principal) -> list[Acting]:
    """Everyone who could ever act as a principal."""
    return [way for turn in turns(told) for way in (*_itself(told, turn, principal), *_through(told, turn, principal))]


def _itself(told: Records, turn: Turn, principal: Principal) -> Iterator[Acting]:
    kind, realm, name = principal
    login, to_at = turn.login, min(turn.to_at, ended(told, turn.login.gone_at))
    dead = login.standing == "dead"
    if name in (login.label, login.native_id) and (kind == "principal" or (kind, realm) == ("account", login.realm)):
        yield Acting(uid=turn.uid, how=f"as {login.label}", from_at=turn.from_at, to_at=to_at, dead=dead)
    for role in told.roles:
        if (
            role.standing != "dead"
            and login.realm == CLOUD
            and role.principal in (login.label, login.native_id)
            and name in (role.label, role.native_id)
            and (kind == "principal" or (kind, realm) == ("role", CLOUD))
        ):
            yield Acting(
                uid=turn.uid,
                how=f"through the role {role.label}",
                from_at=turn.from_at,
                to_at=min(to_at, ended(told, role.gone_at)),
                sure=role.standing == "works",
                dead=dead,
            )


def _through(told: Records, turn: Turn, principal: Principal) -> Iterator[Acting]:
    kind, realm, name = principal
    login, to_at = turn.login, min(turn.to_at, ended(told, turn.login.gone_at))
    if kind != "group" or realm != DIRECTORY or login.realm != DIRECTORY:
        return
    for member in told.members:
        label = f"cn={member.group},dc=corp"
        if member.account == login.native_id and (name == member.group or name.lower() == label):
            first = min(each.valid_from for each in told.members if each.group == member.group)
            begun = EVER if member.valid_from == first else night(told, member.valid_from)
            yield Acting(
                uid=turn.uid,
                how=f"as a member of {label}",
                from_at=max(turn.from_at, begun),
                to_at=min(to_at, ended(told, member.valid_to)),
                dead=login.standing == "dead",
                first_at=night(told, first),
                first_read_at=first,
            )

"""The source that the kind builds: who has a role in a company's projects."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountKey,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
    first_few,
)
from offboarding.model.errors import FatalError
from offboarding.net.service.api import Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources._owners import OwnerRegister
from offboarding.sources.pypi_projects.client import PypiIndex, PypiProject
from offboarding.sources.pypi_projects.settings import PypiProjectsSettings

log = structlog.get_logger("offboarding.sources")
_KINDS = (SubjectKind.ACCOUNT,)
_OWNER, _MAINTAINER = "Owner", "Maintainer"
_MOST_NAMED = 5
"""Projects in a reason."""
REGISTER = OwnerRegister("username", re.compile(r"\S+"), "username", any_case=True)
"""PyPI has no two users whose names differ by case alone, and tells them as they once wrote themselves."""
_UNSEEN = (
    "projects that aren't named here",
    "others' tokens, which may do what their user may",
    "second factors",
    "trusted publishers, by which workflows publish without a token",
)


@dataclass(slots=True, kw_only=True)
class PypiPeople:
    """Everybody who has a role."""

    roles: Mapping[str, dict[str, str]] = field(default_factory=lambda: defaultdict[str, dict[str, str]](dict))
    """By user, then by project."""
    owners: Mapping[str, tuple[str, ...]]
    """The register."""
    organizations: dict[str, str] = field(default_factory=dict[str, str])
    """Of projects that have one: what its members may isn't told."""
    unread: list[str] = field(default_factory=list[str])
    """Sentences on what couldn't be read."""

    def registered(self, name: str) -> tuple[str, ...]:
        """Whose the register says that a user is."""
        return self.owners.get(name.lower(), ())

    @property
    def disputed(self) -> set[str]:
        """Those whom the register gives to more than one."""
        return {name for name in self.roles if len(self.registered(name)) > 1}


class PypiProjects:
    """A company's projects as a `Source`."""

    def __init__(self, settings: PypiProjectsSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._index = PypiIndex(settings, connection, self._where)
        self._realm = f"pypi:{settings.realm}"

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._index.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody, and one ScopeRead at the end."""
        people = self._read("inventory")
        yield self._gap(people)
        yield from self._accounts(people)
        yield self._scope("", self._not_whole(people))
        log.info("pypi read", realm=self._realm, requests=sum(self._index.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people: there's no search, so every project is read."""
        people = self._read("inventory")
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        yield self._gap(people)
        yield from borne(self._accounts(people), keys, known)
        if error := self._not_whole(people):
            raise FatalError(error)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with a ScopeRead; one that has no role any more, by that alone."""
        if not accounts:
            return
        people = self._read("detail")
        there = {account.native_id: account for account in self._accounts(people)}
        for ref in accounts:
            found = there.get(ref.native_id)
            if found:
                yield found
            error = "" if found else self._not_whole(people)
            yield self._scope(ref.native_id, error)

    def _scope(self, scope: str, error: str) -> ScopeRead:
        projects = tuple(dict.fromkeys(self._settings.projects))
        return ScopeRead(realm=self._realm, scope=scope, kinds=_KINDS, places=projects, error=error)

    def _read(self, purpose: Purpose) -> PypiPeople:
        """Raises FatalError where not one project can be read."""
        self._index.begin()
        people = PypiPeople(owners=REGISTER.read(self._where, self._settings.register_file))
        projects = dict.fromkeys(self._settings.projects)
        for project in projects:
            try:
                found = self._index.one(f"pypi/{project}/json", purpose, PypiProject, f"project {project}").ownership
            except FatalError as missing:  # one that can't be read costs itself
                people.unread.append(str(missing))
                continue
            for each in found.roles:
                people.roles[each.user][project] = each.role
            if found.organization:
                people.organizations[project] = found.organization
        if len(people.unread) == len(projects):
            raise FatalError(self._not_whole(people))
        return people

    def _accounts(self, people: PypiPeople) -> Iterator[Account]:
        for name, roles in people.roles.items():
            if name not in people.disputed:
                yield self._account(name, roles, next(iter(people.registered(name)), ""))

    def _account(self, name: str, roles: Mapping[str, str], registered: str) -> Account:
        standing, reason = _standing(roles)
        login = registered or name
        key = AccountKey(
            kind=IdentityKeyKind.LOGIN,
            value=login,
            origin=IdentityKeyOrigin.ATTRIBUTE,
            name="register" if registered else "username",
        )
        owns = [project for project, role in roles.items() if role == _OWNER]
        return Account(
            realm=self._realm,
            native_id=name,
            label=f"{registered} ({name})" if registered else name,
            login=login,
            keys=(key,),
            standing=standing,
            standing_reason=reason,
            reached_by=str(self._index.base).rstrip("/"),
            # PyPI itself checks by what its users log in.
            keeps_password=True,
            service_like=self._context.is_workload(name),
            privileged=bool(owns),
            privileged_by=f"owner of {first_few(owns, _MOST_NAMED)}" if owns else "",
        )

    def _not_whole(self, people: PypiPeople) -> str:
        """Why there may be others than are told; "" where these are all."""
        sentences = list(people.unread)
        if people.disputed:
            sentences.append(
                f"{self._where}: {len(people.disputed)} of PyPI's users can't be checked: the register"
                f" {self._settings.register_file} gives them to more than one login. Leave the one that holds it."
            )
        return UnreadRows(sentences=sentences).told

    def _gap(self, people: PypiPeople) -> Gap:
        organizations = dict.fromkeys(people.organizations.values())
        unseen = [*_UNSEEN, *(f"what members of the organization {each} may by its teams" for each in organizations)]
        return Gap(realm=self._realm, text=f"{self._where}: not looked at: {'; '.join(unseen)}", red=False)


def _standing(roles: Mapping[str, str]) -> tuple[Standing, str]:
    by_role: dict[str, list[str]] = {}
    for project, role in roles.items():
        by_role.setdefault(role, []).append(project)
    reason = "; ".join(f"{role} of {first_few(projects, _MOST_NAMED)}" for role, projects in sorted(by_role.items()))
    known = by_role.keys() & {_OWNER, _MAINTAINER}
    return (Standing.WORKS if known else Standing.UNKNOWN), f"PyPI: {reason}"

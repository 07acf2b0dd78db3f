"""What npm tells of each user: a role in the organization, rights on packages, mail addresses, what they published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote

from offboarding.model import Standing, first_few
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources.npm_packages.answers import NpmDocument, NpmNames, NpmReader
from offboarding.sources.npm_packages.client import NpmRegistry
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

_SEES_ALL = ("owner", "admin", "super-admin", "team-admin")
"""Roles that manage who may what; the last two are names of before."""
_MOST_NAMED = 5
"""Packages in a reason."""
_WRITE = "write"


@dataclass(slots=True, kw_only=True)
class NpmUser:
    """A user, as far as the organization and its packages know of them."""

    role: str = ""
    """In the organization; "" where it has none of them."""
    rights: dict[str, str] = field(default_factory=dict[str, str])
    """By package, as the registry grants them."""
    named: list[str] = field(default_factory=list[str])
    """Packages whose document names them among its maintainers, whatever they may."""
    mails: dict[str, None] = field(default_factory=dict[str, None])

    @property
    def manages(self) -> bool:
        """Whether they may give rights to others."""
        return self.role in _SEES_ALL


@dataclass(slots=True, kw_only=True)
class NpmPeople:
    """Everybody of an organization."""

    reader: str
    users: dict[str, NpmUser]
    unread: list[str] = field(default_factory=list[str])
    """Sentences on what couldn't be read."""
    knows_rights: bool = True
    """Whether all rights were told: if not, somebody of whom none is known may have one all the same."""
    published: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When users last published a version of one of these packages."""

    def of(self, name: str) -> NpmUser:
        """Made where it isn't there yet."""
        return self.users.setdefault(name, NpmUser())

    def lack_rights(self, why: str) -> None:
        """Some weren't told."""
        self.knows_rights = False
        self.unread.append(why)


def members(rest: NpmRegistry, settings: NpmPackagesSettings, purpose: Purpose) -> Mapping[str, str]:
    """Users with their roles. Raises as `ask`."""
    path = f"-/org/{quote(settings.organization, safe='')}/user"
    return rest.one(path, purpose, NpmNames, "members of the organization").root


def everybody(rest: NpmRegistry, settings: NpmPackagesSettings, purpose: Purpose) -> NpmPeople:
    """Who is there, by all that can be read. Raises as `ask` where the organization itself can't be."""
    reader = rest.one("-/whoami", "overhead", NpmReader, "whoami").username
    roles = members(rest, settings, purpose)
    found = NpmPeople(reader=reader, users={name: NpmUser(role=role) for name, role in roles.items()})
    if roles.get(reader) not in _SEES_ALL:
        found.lack_rights(
            f"{rest.where}: the token is of a user who is no owner or admin of the organization: npm doesn't say"
            f" whether they're shown all packages. See {rest.page}"
        )
    for name in _packages(rest, settings, purpose, found):
        _add_package(rest, name, purpose, found)
    return found


def _packages(rest: NpmRegistry, settings: NpmPackagesSettings, purpose: Purpose, found: NpmPeople) -> Iterator[str]:
    path, names = f"-/org/{quote(settings.organization, safe='')}/package", dict.fromkeys(settings.packages)
    try:
        names |= dict.fromkeys(rest.one(path, purpose, NpmNames, "packages of the organization").root)
    except NotAnsweredError as missing:
        found.lack_rights(str(missing))
    yield from names


def _add_package(rest: NpmRegistry, name: str, purpose: Purpose, found: NpmPeople) -> None:
    escaped = quote(name, safe="@")
    try:
        rights = rest.one(f"-/package/{escaped}/collaborators", purpose, NpmNames, f"collaborators of {name}").root
        for user, right in rights.items():
            found.of(user).rights[name] = right
    except FatalError as missing:  # one that is too large, too
        found.lack_rights(str(missing))
    try:
        document = rest.one(escaped, purpose, NpmDocument, f"the document of {name}")
    except FatalError as missing:
        found.unread.append(str(missing))
        return
    for author in document.maintainers:
        if author.name:
            user = found.of(author.name)
            user.named.append(name)
            user.mails |= {author.email: None} if author.email else {}
    for user, at in _published(document):
        found.published[user] = max(found.published.get(user, at), at)


def _published(document: NpmDocument) -> Iterator[tuple[str, datetime]]:
    """Yield who published each version, and when. What of it isn't as documented says nothing of anybody."""
    for version, published in document.versions.items():
        author, at = published.get("_npmUser"), document.time.get(version)
        name = cast("dict[str, object]", author).get("name") if isinstance(author, dict) else None
        if isinstance(name, str) and isinstance(at, str):
            try:
                moment = datetime.fromisoformat(at)
            except ValueError:
                continue
            if moment.tzinfo:
                yield name, moment.astimezone(UTC)


def standing_of(user: NpmUser, *, knows_rights: bool) -> tuple[Standing, str]:
    """Whether somebody may publish or read anything of the company's, and why."""
    said = [f"{user.role} of the organization"] if user.role else []
    writes = [name for name, right in user.rights.items() if right == _WRITE]
    said += [f"may publish {first_few(writes, _MOST_NAMED)}"] if writes else []
    reads = [name for name in user.rights if name not in writes]
    said += [f"may read {first_few(reads, _MOST_NAMED)}"] if reads else []
    if said:
        return Standing.WORKS, f"npm: {'; '.join(said)}"
    alone = f"npm: named by the document of {first_few(user.named, _MOST_NAMED)} alone, which gives no right"
    return (Standing.DEAD, alone) if knows_rights else (Standing.UNKNOWN, f"{alone}; not all rights can be read")

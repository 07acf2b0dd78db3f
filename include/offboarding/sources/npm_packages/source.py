"""The source that the kind builds: who may publish an organization's packages."""

import re
from collections.abc import Iterator, Sequence

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
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources._owners import OwnerRegister
from offboarding.sources.npm_packages.client import NpmRegistry
from offboarding.sources.npm_packages.people import NpmPeople, NpmUser, everybody, standing_of
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

log = structlog.get_logger("offboarding.sources")
_KINDS = (SubjectKind.ACCOUNT,)
REGISTER = OwnerRegister("username", re.compile(r"\S+"), "username")
_UNSEEN = (
    "other users' tokens, which may do what their user may",
    "second factors",
    "trusted publishers, by which workflows publish without a token",
    "what teams are given, beyond what it comes to for each collaborator",
)


class NpmPackages:
    """One organization at npm as a `Source`."""

    def __init__(self, settings: NpmPackagesSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._rest = NpmRegistry(settings, connection, self._where)
        self._realm = f"npm:{settings.organization}"

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._rest.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody, and one ScopeRead at the end."""
        people, owners = self._read("inventory")
        yield self._gap()
        yield from self._accounts(people, owners)
        yield self._scope("", self._not_whole(people, owners))
        log.info("npm read", realm=self._realm, requests=sum(self._rest.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people: there's no search, so everything is read."""
        people, owners = self._read("inventory")
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        yield self._gap()
        yield from borne(self._accounts(people, owners), keys, known)
        if error := self._not_whole(people, owners):
            raise FatalError(error)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with a ScopeRead; one that isn't there any more, by that alone."""
        if not accounts:
            return
        try:
            people, owners = self._read("detail")
        except NotAnsweredError as missing:
            for ref in accounts:
                yield ScopeRead(realm=ref.realm, scope=ref.native_id, kinds=_KINDS, error=str(missing))
            return
        there = {account.native_id: account for account in self._accounts(people, owners)}
        for ref in accounts:
            found = there.get(ref.native_id)
            if found:
                yield found
            yield self._scope(ref.native_id, "" if found else self._not_whole(people, owners))

    def _scope(self, scope: str, error: str) -> ScopeRead:
        places = tuple(dict.fromkeys((f"@{self._settings.organization}", *self._settings.packages)))
        return ScopeRead(realm=self._realm, scope=scope, kinds=_KINDS, places=places, error=error)

    def _read(self, purpose: Purpose) -> tuple[NpmPeople, dict[str, tuple[str, ...]]]:
        self._rest.begin()
        owners = REGISTER.read(self._where, self._settings.register_file)
        return everybody(self._rest, self._settings, purpose), owners

    def _accounts(self, people: NpmPeople, owners: dict[str, tuple[str, ...]]) -> Iterator[Account]:
        """Yield each, but those that the register gives to more than one."""
        for name, user in people.users.items():
            whose = owners.get(name, ())
            if len(whose) < 2:
                yield self._account(people, name, user, whose[0] if whose else "")

    def _account(self, people: NpmPeople, name: str, user: NpmUser, registered: str) -> Account:
        standing, reason = standing_of(user, knows_rights=people.knows_rights)
        login, origin = registered or name, IdentityKeyOrigin.ATTRIBUTE
        keys = [(IdentityKeyKind.LOGIN, login, "register" if registered else "username")]
        keys += [(IdentityKeyKind.MAIL, mail, "maintainer's email") for mail in user.mails]
        return Account(
            realm=self._realm,
            native_id=name,
            label=f"{registered} ({name})" if registered else name,
            login=login,
            keys=tuple(AccountKey(kind=kind, value=value, origin=origin, name=said) for kind, value, said in keys),
            standing=standing,
            standing_reason=reason,
            reached_by=self._settings.organization,
            # npm itself checks by what its users log in; nobody signs on to it by another's word.
            keeps_password=True,
            is_reader=name == people.reader,
            service_like=self._context.is_workload(name),
            privileged=user.manages,
            privileged_by=f"{user.role} of the organization" if user.manages else "",
            last_used_at=people.published.get(name),
        )

    def _not_whole(self, people: NpmPeople, owners: dict[str, tuple[str, ...]]) -> str:
        """Why there may be others than are told; "" where these are all."""
        sentences = list(people.unread)
        if disputed := [name for name in people.users if len(owners.get(name, ())) > 1]:
            sentences.append(
                f"{self._where}: {len(disputed)} of npm's users can't be checked: the register"
                f" {self._settings.register_file} gives them to more than one login. Leave the one that holds it."
            )
        return UnreadRows(sentences=sentences).told

    def _gap(self) -> Gap:
        return Gap(realm=self._realm, text=f"{self._where}: not looked at: {'; '.join(_UNSEEN)}", red=False)

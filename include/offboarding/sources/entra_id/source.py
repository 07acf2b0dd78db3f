"""The source that the kind builds: a tenant's users and applications."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import quote

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    RequestCounts,
    ScopeRead,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows, looked_at
from offboarding.sources.entra_id.answers import TenantUser
from offboarding.sources.entra_id.applications import APPLICATION, SERVICE_PRINCIPAL, Workloads
from offboarding.sources.entra_id.client import SIGN_INS, EntraGraph
from offboarding.sources.entra_id.clouds import tenant_of
from offboarding.sources.entra_id.consents import Consents
from offboarding.sources.entra_id.people import SELECTED, account_of
from offboarding.sources.entra_id.roles import DirectoryRoles, directory_roles
from offboarding.sources.entra_id.settings import EntraSettings

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
OF_A_WORKLOAD = (*KINDS, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE)
USERS, DELETED = "users", "directory/deletedItems/microsoft.graph.user"
PAGE_SIZE = "500"
"""The most that is given with sign-ins (https://learn.microsoft.com/en-us/graph/api/user-list)."""


class EntraId:
    """One tenant as a `Source`."""

    def __init__(self, settings: EntraSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._tenant = tenant_of(self._where, connection)
        self._reader = connection.login
        self._graph = EntraGraph(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._graph.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody and every application; one ScopeRead for all of them, since all are accounts here."""
        read, unread = self._begun("inventory"), UnreadRows()
        yield from self._everything(read, unread)
        left_out = () if self._settings.applications else (APPLICATION, SERVICE_PRINCIPAL)
        yield ScopeRead(realm=self._realm, scope="", kinds=KINDS, left_out=left_out, error=unread.told)
        log.info("tenant read", realm=self._realm, requests=sum(self._graph.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, and applications that they own: lists are read whole, since no
        filter finds a number or mail as loosely as people write them.
        """
        read, unread = self._begun("inventory"), UnreadRows()
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        yield from borne(self._everything(read, unread), keys, known)
        if unread.told:
            raise FatalError(unread.told)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with its ScopeRead; what isn't there any more, by that alone."""
        if not accounts:
            return
        read = self._begun("detail")
        workloads = self._workloads(read)
        consents = Consents(graph=self._graph) if self._settings.consents else None
        for ref in accounts:
            with self._graph.requests.of_one(self._settings.max_requests_an_account):
                if ref.native_id.startswith((APPLICATION, SERVICE_PRINCIPAL)):
                    scope = ScopeRead(realm=self._realm, scope=ref.native_id, kinds=OF_A_WORKLOAD)
                    yield from looked_at(scope, partial(workloads.look_at, ref.native_id))
                else:
                    yield from self._user(read, ref, consents)
        yield from read.gaps()

    def _begun(self, purpose: Purpose) -> "_Read":
        self._graph.begin()
        return _Read(
            graph=self._graph,
            realm=self._realm,
            purpose=purpose,
            sign_ins=self._settings.sign_ins,
            eligible_roles=self._settings.eligible_roles,
        )

    @property
    def _realm(self) -> str:
        return f"entra:{self._tenant}"

    @property
    def _reached_by(self) -> str:
        """As `az rest` wants it."""
        return str(self._graph.base).rstrip("/")

    def _everything(self, read: "_Read", unread: UnreadRows) -> Iterator[Fact]:
        seen = DiskIndex(self._where)
        try:
            for user in read.users(unread):
                if seen.is_new(user.id):
                    yield self._account(user, read.roles)
            if self._settings.applications:
                yield from self._workloads(read).every(unread)
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
        yield from read.gaps()
        yield Gap(realm=self._realm, text=self._unseen(), red=False)

    def _unseen(self) -> str:
        unseen = [
            "sessions and tokens that were given out",
            "second factors and devices",
            "consents that administrators gave for everybody",
            "what applications may do by permissions of APIs",
            "deleted applications",
            "federated credentials of managed identities",
            "home tenants of guests",
        ]
        if not self._settings.applications:
            unseen.append("applications, since applications is off")
        if not self._settings.consents:
            unseen.append("consents that users gave to applications, since consents is off")
        if not self._settings.sign_ins:
            unseen.append("when users last signed in, since sign_ins is off")
        if not self._settings.eligible_roles:
            unseen.append("directory roles that may be activated, since eligible_roles is off")
        return f"{self._where}: not looked at: {'; '.join(unseen)}"

    def _user(self, read: "_Read", ref: AccountRef, consents: Consents | None) -> Iterator[Fact]:
        user, error = None, ""
        try:
            user = read.user(ref.native_id) or read.deleted.get(ref.native_id)
        except FatalError as missing:  # one that can't be read costs itself
            error = str(missing)
        account = self._account(user, read.roles) if user else None
        # While nobody is there, what they let applications do lets nobody in.
        is_away = not error and (user is None or user.deleted_date_time is not None)
        kinds = (*KINDS, SubjectKind.SERVICE_CREDENTIAL) if is_away and consents else KINDS
        yield from [account] if account else ()
        yield ScopeRead(realm=self._realm, scope=ref.native_id, kinds=kinds, error=error)
        if account and consents and not is_away:
            yield from consents.of(account)

    def _account(self, user: TenantUser, roles: DirectoryRoles) -> Account:
        return account_of(user, self._realm, self._reached_by, roles, self._context)

    def _workloads(self, read: "_Read") -> Workloads:
        return Workloads(
            graph=self._graph,
            realm=self._realm,
            reached_by=self._reached_by,
            roles=read.roles,
            as_of=self._context.as_of,
            reader=self._reader,
        )


@dataclass(kw_only=True)
class _Read:
    """One read of the tenant's people, and what of them it isn't told."""

    graph: EntraGraph
    realm: str
    purpose: Purpose
    sign_ins: bool
    eligible_roles: bool
    _refused: str = ""

    @cached_property
    def roles(self) -> DirectoryRoles:
        """Who is privileged."""
        with self.graph.requests.of_all():
            return directory_roles(self.graph, self.purpose, eligible=self.eligible_roles)

    @cached_property
    def deleted(self) -> Mapping[str, TenantUser]:
        """Who can be restored, by id. Raises FatalError where one can't be read: it may be whoever is looked for."""
        unread = UnreadRows()
        with self.graph.requests.of_all():
            found = {each.id: each for each in self._listed(DELETED, unread, SELECTED)}
        if unread.told:
            raise FatalError(unread.told)
        return found

    def users(self, unread: UnreadRows) -> Iterator[TenantUser]:
        """Yield everybody, and then who can be restored; some may come twice. Raises NotAnsweredError."""
        yield from self._with_sign_ins_if_told(lambda: self._listed(USERS, unread, self._selected))
        yield from self._listed(DELETED, unread, SELECTED)

    def user(self, native_id: str) -> TenantUser | None:
        """Somebody, if the tenant has them. Raises as `EntraGraph.ask`."""
        path = f"{USERS}/{quote(native_id, safe='')}"

        def asked() -> Iterator[TenantUser]:
            select = ",".join(self._selected)
            found = self.graph.maybe(f"{path}?$select={select}", self.purpose, TenantUser, f"{USERS}/ID")
            yield from [found] if found else []

        return next(self._with_sign_ins_if_told(asked), None)

    def gaps(self) -> Iterator[Gap]:
        """Yield what wasn't told of whoever was."""
        if self.roles.untold:
            yield Gap(realm=self.realm, text=f"{self.roles.untold}. Not checked who is privileged", red=True)
        if self._refused:
            yield Gap(realm=self.realm, text=f"{self._refused}. Not checked when users last signed in", red=True)

    @property
    def _selected(self) -> tuple[str, ...]:
        return (*SELECTED, SIGN_INS) if self.sign_ins else SELECTED

    def _listed(self, path: str, unread: UnreadRows, names: tuple[str, ...]) -> Iterator[TenantUser]:
        return self.graph.rows(path, self.purpose, TenantUser, unread, select=",".join(names), top=PAGE_SIZE)

    def _with_sign_ins_if_told(self, read: Callable[[], Iterator[TenantUser]]) -> Iterator[TenantUser]:
        """Yield what is read; without sign-ins, where those are refused: whoever asks for them is told nobody."""
        try:
            yield from read()
        except NotAnsweredError as missing:
            if not self.sign_ins:
                raise
            self.sign_ins, self._refused = False, str(missing)
            try:
                yield from read()
            except NotAnsweredError:
                self._refused = ""  # it wasn't for their sake
                raise

"""The source that the kind builds: a cluster's entities, users and roles, and what was handed out to them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account, AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources._bearers import borne
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault, part
from offboarding.sources.vault._api.extra import read_extra
from offboarding.sources.vault.auth.answers import EntityAlias, VaultEntity, VaultToken
from offboarding.sources.vault.auth.identities import TOKEN, Identities
from offboarding.sources.vault.auth.powers import Policies
from offboarding.sources.vault.auth.settings import VaultAuthSettings
from offboarding.sources.vault.auth.tokens import CREDENTIAL, HandedOut, of_secret_id, of_token
from offboarding.sources.vault.auth.ways import APPROLE, TOKENS, USERPASS, LoginMethods, MountedMethod

_Answer = TypeVar("_Answer")
log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
FIRST_LOGIN = timedelta(days=2)
"""For so long after it a user or role that was an account by itself isn't called gone: an inventory has to tell its
entity first."""
UNSEEN = (
    "batch tokens, which nobody can list and which end by themselves",
    "leases: what databases, clouds and certificates were given out through it",
    "whoever holds unseal or recovery keys, or the storage",
    "namespaces below, each of which takes an entry of its own",
)


class VaultAuth:
    """One cluster, or one namespace of it, as a `Source`."""

    def __init__(self, settings: VaultAuthSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        extra = read_extra(self._where, connection)
        self._vault = Vault(self._where, connection, extra, settings.timeout_seconds, settings.max_requests)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._vault.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield every entity, every user and role without one, and every token that is nobody's."""
        with self._vault.opened():
            unread = UnreadRows()
            look = _ClusterRead(self._vault, self._settings, self._context, unread)
            self._vault.purpose = "inventory"
            yield self._gap(look)
            left_out = () if self._settings.tokens else (TOKEN,)
            whole = ScopeRead(realm=look.realm, scope="", kinds=KINDS, left_out=left_out)
            yield from as_far_as_read(whole, look.everybody(unread), unread)
            log.info("auth methods read", realm=look.realm, requests=sum(self._vault.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, of the whole list: there's no search."""
        with self._vault.opened():
            unread = UnreadRows()
            look = _ClusterRead(self._vault, self._settings, self._context, unread)
            self._vault.purpose = "inventory"
            yield ScopeRead(realm=look.realm, scope="", kinds=())
            yield from borne(look.everybody(unread), keys, known)
            if unread.told:
                raise FatalError(unread.told)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, by their ids, each with its ScopeReads; what isn't there, by those alone."""
        if not accounts:
            return
        with self._vault.opened():
            look = _ClusterRead(self._vault, self._settings, self._context, None)
            self._vault.purpose = "detail"
            for ref in accounts:
                try:
                    with self._vault.requests.of_one(self._settings.max_requests_an_account):
                        found = list(look.at(ref))
                except UnansweredPathError as missing:  # one that can't be read costs itself
                    error = f"{self._where}: {missing}. Grant what {PERMISSIONS} lists"
                    found = [ScopeRead(realm=look.realm, scope=ref.native_id, kinds=KINDS, error=error)]
                except FatalError as missing:
                    found = [ScopeRead(realm=look.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))]
                yield from found

    def _gap(self, look: "_ClusterRead") -> Gap:
        others = [f"{each.path} ({each.type})" for each in look.elsewhere()]
        unseen: list[str] = [*UNSEEN]
        if others:
            unseen.append(f"who may log in by {', '.join(others)}, which whatever stands behind decides")
        if not self._settings.tokens:
            unseen.append("tokens, since tokens is off")
        return Gap(realm=look.realm, text=f"{self._where}: not looked at: {'; '.join(unseen)}", red=False)


class _ClusterRead:
    """One look at a cluster. Raises FatalError where the reader isn't let in, or isn't told of the auth methods."""

    def __init__(
        self, vault: Vault, settings: VaultAuthSettings, context: ReadContext, unread: UnreadRows | None
    ) -> None:
        vault.purpose = "overhead"
        self._vault = vault
        self._settings = settings
        self._context = context
        self._methods = LoginMethods(vault, context.as_of, unread)
        self.realm = vault.realm()
        own = self._needed("auth/token/lookup-self", lambda: vault.read("auth/token/lookup-self", VaultToken))
        reader = own or VaultToken()
        self._needed("sys/auth", lambda: self._methods.mounted)
        self._handed_out = HandedOut(
            vault, reader.accessor if vault.makes_tokens else "", settings.max_requests_an_account
        )
        self._made = Identities(
            realm=self.realm,
            address=vault.address,
            own_entity=reader.entity_id,
            own_accessor=reader.accessor,
            methods=self._methods,
            policies=Policies(vault, context.privileged_names),
            metadata=settings.metadata,
            context=context,
        )

    def elsewhere(self) -> Iterator[MountedMethod]:
        """Yield the auth methods whose logins aren't decided here."""
        return (each for each in self._methods.mounted if each.type not in {USERPASS, APPROLE, *TOKENS})

    def everybody(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield each account. Raises FatalError where nobody tells which entities there are."""
        known = DiskIndex(self._vault.where)
        for native_id in self._needed("identity/entity/id", lambda: self._vault.every_name("identity/entity/id")):
            try:
                entity = self._entity(native_id)
            except UnansweredPathError as missing:
                unread.sentences.append(f"{self._vault.where}: {missing}. Grant what {PERMISSIONS} lists")
                continue
            if entity:
                for alias in entity.aliases or ():
                    known.is_new(f"{alias.mount_accessor}/{alias.name}")
                yield self._made.of_entity(entity)
        yield from self._without_entities(known)
        if self._settings.tokens:
            yield from (self._made.of_token(each) for each in self._handed_out.every(unread) if not each.entity_id)

    def at(self, ref: AccountRef) -> Iterator[Fact]:
        """Yield what is told of one account. Raises UnansweredPathError and FatalError."""
        if ref.native_id.startswith(TOKEN):
            yield from self._token(ref.native_id)
        elif "/" in ref.native_id:
            yield from self._without_entity(ref.native_id)
        else:
            yield from self._of_entity(ref.native_id, ref.login)

    def _without_entities(self, known: DiskIndex) -> Iterator[Account]:
        """Yield users and roles that no entity's alias names."""
        for method in self._methods.of_type(USERPASS):
            for name in self._methods.users(method) or ():
                if f"{method.accessor}/{name}" not in known and (user := self._made.of_user(method, name)):
                    yield user
        for method in self._methods.of_type(APPROLE):
            for role in self._methods.roles(method):
                if f"{method.accessor}/{role.role_id}" not in known:
                    yield self._made.of_role(role)

    def _of_entity(self, native_id: str, login: str) -> Iterator[Fact]:
        entity = self._entity(native_id)
        if entity is None or entity.id != native_id:
            if left := self._left_of(login):
                text = f"its entity is gone, and {left} is there, which is told by itself from the next night on"
                raise FatalError(f"{self._vault.where}: {text}. Delete that, too")
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(*KINDS, CREDENTIAL))
            return
        account = self._made.of_entity(entity)
        yield account
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS)
        error, found = "", list[Fact]()
        try:
            found += self._secret_ids(account, entity.aliases or (), disabled=entity.disabled)
            if self._settings.tokens:
                tokens, error = self._handed_out.of(entity)
                found += (
                    of_token(account, each, disabled=entity.disabled, as_of=self._context.as_of) for each in tokens
                )
        except UnansweredPathError as missing:
            error = f"{self._vault.where}: {missing}. Grant what {PERMISSIONS} lists"
        except FatalError as missing:
            error = str(missing)
        yield from found
        if self._settings.tokens or error:
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(CREDENTIAL,), error=error)

    def _secret_ids(self, account: Account, aliases: Sequence[EntityAlias], *, disabled: bool) -> Iterator[Fact]:
        for alias in aliases:
            if role := self._methods.role(alias):
                for each in self._methods.secret_ids(role):
                    yield of_secret_id(account, role, each, disabled=disabled, as_of=self._context.as_of)

    def _without_entity(self, native_id: str) -> Iterator[Fact]:
        """A user or role that had no entity, and may have one by now."""
        kind, accessor, name = (*native_id.split("/", 2), "", "")[:3]
        first = self._first_login(accessor, name)
        if first is None:
            method = next((each for each in self._methods.of_type(kind) if each.accessor == accessor), None)
            if method and kind == USERPASS and (user := self._made.of_user(method, name)):
                yield user
            elif method and kind == APPROLE and (role := self._methods.roles(method).get(name)):
                account = self._made.of_role(role)
                yield account
                for each in self._methods.secret_ids(role):
                    yield of_secret_id(account, role, each, disabled=False, as_of=self._context.as_of)
        elif first > self._context.as_of - FIRST_LOGIN:
            text = "it logged in for the first time, and is told by its entity from the next night on"
            raise FatalError(f"{self._vault.where}: {text}")
        # Without an entity it has no tokens: a login that makes one makes the entity, too.
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=(*KINDS, CREDENTIAL))

    def _left_of(self, login: str) -> str:
        """A user or role of this name that no entity has; "" for none."""
        for method in self._methods.of_type(USERPASS):
            if login in (self._methods.users(method) or ()) and f"{method.accessor}/{login}" not in self._owners:
                return f"a userpass user of its name at {method.path}"
        for method in self._methods.of_type(APPROLE):
            roles = (each for each in self._methods.roles(method) if each.name == login)
            if any(f"{method.accessor}/{each.role_id}" not in self._owners for each in roles):
                return f"a role of its name at {method.path}"
        return ""

    def _first_login(self, accessor: str, name: str) -> datetime | None:
        """When an auth method's user or role got its entity; None where it has none."""
        owner = next(iter(self._owners.of(f"{accessor}/{name}")), "")
        entity = self._entity(owner) if owner else None
        aliases = entity.aliases or () if entity else ()
        found = next((each for each in aliases if (each.mount_accessor, each.name) == (accessor, name)), None)
        return (found.creation_time or self._context.as_of) if found else None

    @cached_property
    def _owners(self) -> DiskIndex:
        """Entities by their aliases: the method's accessor, a slash, and the name."""
        found = DiskIndex(self._vault.where)
        with self._vault.requests.of_all():
            for alias in self._vault.every_alias("identity/entity/id"):
                found.put(f"{alias.mount_accessor}/{alias.name}", alias.entity)
        return found

    def _entity(self, native_id: str) -> VaultEntity | None:
        return self._vault.read(f"identity/entity/id/{part(native_id)}", VaultEntity)

    def _needed(self, path: str, read: Callable[[], _Answer]) -> _Answer:
        """What nothing can be told without. Raises FatalError, which says the right that is missing."""
        try:
            return read()
        except UnansweredPathError as missing:
            grant = f"Check the token, and grant {path} ({PERMISSIONS})"
            raise FatalError(f"{self._vault.where}: {missing}. {grant}") from None

    def _token(self, native_id: str) -> Iterator[Fact]:
        if not self._settings.tokens:
            raise FatalError(f"{self._vault.where}: tokens aren't read, since tokens is off")
        token = self._handed_out.one(native_id.removeprefix(TOKEN))
        if token and not token.entity_id:
            yield self._made.of_token(token)
        yield ScopeRead(realm=self.realm, scope=native_id, kinds=KINDS)

"""The source that the kind builds: a session for each call, one inventory of roles, told as accounts."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

from psycopg.conninfo import make_conninfo

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
from offboarding.sources._bearers import borne
from offboarding.sources.postgres_logins.hba import HbaRole
from offboarding.sources.postgres_logins.roles import RoleRow, cloud_of
from offboarding.sources.postgres_logins.server import MissingRightError, Server, looked_at, terms
from offboarding.sources.postgres_logins.settings import PostgresLoginSettings
from offboarding.sources.postgres_logins.standing import RoleState, judge

KINDS = (SubjectKind.ACCOUNT,)


class PostgresLogins:
    """One server's roles as a `Source`."""

    def __init__(self, settings: PostgresLoginSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._connection = connection
        self._context = context
        self._asked = Counter[str]()
        self._where = f"sources.{settings.name}"
        self._realm = f"postgresql:{settings.cluster}"
        self._reached_by = _reached_by(connection)

    @property
    def requests(self) -> RequestCounts:
        """Statements so far."""
        return RequestCounts(**self._asked)

    def collect(self) -> Iterator[Fact]:
        """Yield every role, a portion's memory at a time, and one ScopeRead of the realm. Raises as `looked_at`."""
        with self._server("inventory") as server:
            yield from self._gaps(server)
            for role in self._roles(server):
                yield self._account(server, role)
        yield ScopeRead(realm=self._realm, scope="", kinds=KINDS)

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people and isn't known yet. Names are compared loosely, so all are read."""
        with self._server("inventory") as server:
            yield ScopeRead(realm=self._realm, scope="", kinds=())
            yield from self._gaps(server)
            yield from borne((self._account(server, role) for role in self._roles(server)), keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these roles as they are now, each with its ScopeRead; one that was dropped, by that alone."""
        if not accounts:
            return
        try:
            with self._server("detail") as server:
                yield from self._gaps(server)
                yield from self._looked_at(server, accounts)
        except MissingRightError as missing:
            for ref in accounts:
                yield ScopeRead(realm=self._realm, scope=ref.native_id, kinds=KINDS, error=str(missing))

    def _looked_at(self, server: Server, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        oids = {ref.native_id: _oid(server, ref) for ref in accounts}
        here = [oid for oid in oids.values() if oid is not None]
        for role in self._roles(server, here):
            yield self._account(server, role)
        for native_id, oid in oids.items():
            # Another server behind the connection says nothing of what became of this one's roles.
            error = (
                ""
                if oid is not None
                else f"{self._where}: {self._connection.conn_id}: this is another server than the account was seen on"
                f" (its system identifier is {server.system}). If it was upgraded or loaded anew, the next night tells;"
                " else mend the connection."
            )
            yield ScopeRead(realm=self._realm, scope=native_id, kinds=KINDS, error=error)

    def _roles(self, server: Server, oids: Sequence[int] | None = None) -> Iterator[RoleRow]:
        return server.roles(self._context.as_of, comments=bool(self._settings.owner_comment), oids=oids)

    @contextmanager
    def _server(self, purpose: str) -> Generator[Server]:
        def asked() -> None:
            self._asked[purpose] += 1

        asking = terms(self._where, self._settings.statement_seconds)
        with looked_at(self._connection, asking, asked, self._context.privileged_names) as server:
            yield server

    def _gaps(self, server: Server) -> Iterator[Gap]:
        if server.lines_problem:
            text = f"{self._where}: {server.lines_problem}. Until then of a role with LOGIN nothing is known for sure."
            yield Gap(realm=self._realm, text=text, red=True)
        if server.in_the_clear:
            text = (
                f"{self._where}: read WITHOUT TLS: answers can be forged. Set sslmode in the connection's extra to "
                "verify-full"
            )
            yield Gap(realm=self._realm, text=text, red=False)
        text = (
            f"{self._where}: what a shut role leaves behind isn't looked at: functions with its rights (security "
            "definer), subscriptions, scheduled jobs, passwords stored for other servers, a pooler's own list of users"
        )
        yield Gap(realm=self._realm, text=text, red=False)

    def _account(self, server: Server, role: RoleRow) -> Account:
        lines = server.lines
        names = frozenset(group.name for group in role.groups)
        replicates = role.powers.superuser or role.powers.replicates
        asked = HbaRole(name=role.name, groups=names, patterns=role.patterns, replicates=replicates)
        standing, reason = judge(
            RoleState(
                logs_in=role.logs_in,
                superuser=role.powers.superuser,
                replicates=replicates,
                limit=role.limit,
                valid_until=role.valid_until,
                ended=role.ended,
                in_session=role.oid in server.in_session,
                cloud_group=cloud_of(role.groups),
            ),
            None if lines is None else lines.ways(asked),
        )
        privileged_by = _privileged_by(role)
        return Account(
            realm=self._realm,
            native_id=f"{server.system}/{role.oid}",
            label=role.name,
            login=role.name,
            keys=tuple(self._keys(role)),
            standing=standing,
            standing_reason=reason,
            reached_by=self._reached_by,
            is_reader=role.name == server.reader,
            keeps_password=True,  # by what others decide it isn't told to work
            service_like=self._context.is_workload(role.name),
            privileged=bool(privileged_by),
            privileged_by=privileged_by,
        )

    def _keys(self, role: RoleRow) -> Iterator[AccountKey]:
        yield AccountKey(
            kind=IdentityKeyKind.LOGIN, value=role.name, origin=IdentityKeyOrigin.ATTRIBUTE, name="rolname"
        )
        if owner := self._settings.owner_in(role.comment):
            kind, value = owner
            yield AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.OWNER, name="comment")


def _reached_by(connection: ConnectionFields) -> str:
    """How psql(1) gets there: libpq's words, without a user."""
    given = {
        "host": connection.host,
        "port": connection.port or 5432,
        "dbname": connection.schema or "postgres",
        "sslmode": connection.extra.get("sslmode"),
    }
    return make_conninfo("", **{name: str(value) for name, value in given.items() if value})


def _privileged_by(role: RoleRow) -> str:
    return role.powers.told or next((group.gives for group in role.groups if group.gives), "")


def _oid(server: Server, ref: AccountRef) -> int | None:
    system, _, oid = ref.native_id.partition("/")
    return int(oid) if system == server.system and oid.isdecimal() else None

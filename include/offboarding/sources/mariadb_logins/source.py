"""The source that the kind builds: a session for each call, one list of accounts."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

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
from offboarding.sources.mariadb_logins.server import (
    MariaDbAccount,
    MariaDbServer,
    MissingGrantError,
    looked_at,
)
from offboarding.sources.mariadb_logins.settings import MariaDbLoginSettings, read_extra
from offboarding.sources.mariadb_logins.standing import LoginState, judge

KINDS = (SubjectKind.ACCOUNT,)


class MariaDbLogins:
    """One server's accounts as a `Source`."""

    def __init__(self, settings: MariaDbLoginSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._connection = connection
        self._context = context
        self._asked = Counter[str]()
        self._where = f"sources.{settings.name}"
        self._realm = f"mariadb:{settings.cluster}"

    @property
    def requests(self) -> RequestCounts:
        """Statements so far."""
        return RequestCounts(**self._asked)

    def collect(self) -> Iterator[Fact]:
        """Yield every account, and one ScopeRead of the realm. Raises as `looked_at`."""
        with self._server("inventory") as server:
            yield from self._gaps(server)
            yield from self._accounts(server)
        yield ScopeRead(realm=self._realm, scope="", kinds=KINDS)

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people and isn't known yet. The list is read whole: it's one question."""
        with self._server("inventory") as server:
            yield ScopeRead(realm=self._realm, scope="", kinds=())
            yield from self._gaps(server)
            yield from borne(self._accounts(server), keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these accounts as they are now, each with its ScopeRead; one that was dropped, by that alone."""
        if not accounts:
            return
        asked = {ref.native_id: ref for ref in accounts}
        error = ""
        try:
            with self._server("detail") as server:
                yield from self._gaps(server)
                for account in self._accounts(server):
                    if account.native_id in asked:
                        yield account
        except MissingGrantError as missing:
            error = str(missing)
        for native_id in asked:
            yield ScopeRead(realm=self._realm, scope=native_id, kinds=KINDS, error=error)

    @contextmanager
    def _server(self, purpose: str) -> Generator[MariaDbServer]:
        def asked() -> None:
            self._asked[purpose] += 1

        with looked_at(self._connection, self._where, self._settings.statement_seconds, asked) as server:
            yield server

    def _gaps(self, server: MariaDbServer) -> Iterator[Gap]:
        if not server.sees_sessions:
            yield Gap(realm=self._realm, text=f"{self._where}: {server.no_sessions}", red=True)
        if read_extra(self._connection).tls == "none" and not self._connection.host.startswith("/"):
            text = (
                f"{self._where}: read WITHOUT TLS: answers can be forged. Set tls in the connection's extra to verify"
            )
            yield Gap(realm=self._realm, text=text, red=False)
        text = (
            f"{self._where}: what a locked account leaves behind isn't looked at: routines, views, triggers and events "
            "that run with its rights (definer), passwords stored for other servers, a proxy's own list of users"
        )
        yield Gap(realm=self._realm, text=text, red=False)

    def _accounts(self, server: MariaDbServer) -> Iterator[Account]:
        for row in server.accounts():
            yield self._account(server, row)

    def _account(self, server: MariaDbServer, row: MariaDbAccount) -> Account:
        standing, reason = judge(
            LoginState(
                locked=row.locked,
                shut_out=row.shut_out,
                plugins=row.plugins,
                no_password=row.no_password,
                factors=row.factors,
                old_password=row.old_password,
                in_session=row.in_session,
            )
        )
        login = AccountKey(
            kind=IdentityKeyKind.LOGIN, value=row.user, origin=IdentityKeyOrigin.ATTRIBUTE, name="user name"
        )
        return Account(
            realm=self._realm,
            native_id=row.told,
            label=row.told,
            login=row.user,
            keys=(login,) if row.user else (),
            standing=standing,
            standing_reason=reason,
            product=_product(server, row),
            reached_by=reached_by(self._connection),
            is_reader=f"{row.user}@{row.host}" == server.reader,
            keeps_password=True,  # by what others decide it isn't told to work
            password_set_at=None if row.old_password else row.password_set_at,  # nobody notes when the old one was
            service_like=self._context.is_workload(row.user),
            privileged=bool(row.power),
            privileged_by=row.power,
        )


def _product(server: MariaDbServer, row: MariaDbAccount) -> str:
    """What decides which program is typed, and what."""
    if not server.is_mysql:
        return ""
    return "mysql, an old password kept" if row.old_password else "mysql"


def reached_by(connection: ConnectionFields) -> str:
    """The server, as mariadb(1) and mysql(1) are told it: host and port, or a socket."""
    return connection.host if connection.host.startswith("/") else f"{connection.host} {connection.port or 3306}"

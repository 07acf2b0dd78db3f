"""Kind `postgres_logins`: a PostgreSQL server's own logins (docs/configuration/postgres_logins.md).

Read from below: `hba` is what pg_hba.conf lets a role do, `roles` a role and its powers, `standing` what follows,
`server` one look at a server, `source` tells its roles as accounts.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination, of_postgres
from offboarding.sources.postgres_logins.settings import PostgresLoginSettings

Settings = PostgresLoginSettings


def destinations(settings: PostgresLoginSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads; libpq tries one host after the other."""
    del settings
    return of_postgres(connection.host, connection.extra.get("sslmode"))


def build(settings: PostgresLoginSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one server; nothing is contacted before its first method is called."""
    # psycopg costs a tenth of a second, and reading the configuration needs none of it.
    from offboarding.sources.postgres_logins.source import PostgresLogins  # noqa: PLC0415 - see interfaces

    del part
    return PostgresLogins(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.postgres_logins import proposing  # noqa: PLC0415 - see interfaces

    return proposing.propose(where, connection, asker)

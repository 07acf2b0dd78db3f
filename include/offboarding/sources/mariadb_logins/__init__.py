"""Kind `mariadb_logins`: a MariaDB or MySQL server's own accounts (docs/configuration/mariadb_logins.md).

Read from below: `standing` is what an account's attributes mean, `server` one look at a server, `source` tells its
accounts.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.mariadb_logins.settings import MariaDbLoginSettings

Settings = MariaDbLoginSettings


def destinations(settings: MariaDbLoginSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    del settings
    plain = connection.extra.get("tls") == "none"
    yield Destination(host=connection.host, clear_text=plain, fix="Set its extra tls to verify")


def build(settings: MariaDbLoginSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one server; nothing is contacted before its first method is called."""
    # Reading the configuration needs no client.
    from offboarding.sources.mariadb_logins.source import MariaDbLogins  # noqa: PLC0415 - see interfaces

    del part
    return MariaDbLogins(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.mariadb_logins import proposing  # noqa: PLC0415 - see interfaces

    return proposing.propose(where, connection, asker)

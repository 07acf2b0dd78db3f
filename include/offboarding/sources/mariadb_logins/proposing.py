"""A first configuration of a MariaDB server's accounts."""

import re

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.sources.mariadb_logins.server import MissingGrantError, looked_at

_LINKS = "What links an account is its user's name: login_realm says whose logins these are."


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """A name for the server, and which right its reader still lacks.

    Raises ConfigError where a name has to be said, FatalError where the login is refused.
    """
    first = re.sub("[^a-z0-9._-]+", "-", (connection.host or where).lower()).strip("-._")
    question = "A name for this server, which it keeps when it moves or is upgraded"
    settings = {"cluster": asker.choose("cluster", question, proposed=first or None)}
    try:
        with looked_at(connection, "init", 60, lambda: None) as server:
            next(server.accounts(), None)
            warnings = () if server.sees_sessions else (f"init: {connection.conn_id}: {server.no_sessions}",)
            return Proposal(settings=settings, notes=(f"{server.version}. {_LINKS}",), warnings=warnings)
    except MissingGrantError as missing:
        return Proposal(settings=settings, notes=(_LINKS,), warnings=(str(missing),))
    except RetriableError as error:
        return Proposal(settings=settings, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))

"""A first configuration of a PostgreSQL server's logins."""

import re

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.sources.postgres_logins.server import looked_at, terms

_LINKS = "What links a role is its name: login_realm says whose logins these are."


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """A name for the server, and which right its reader still lacks.

    Raises ConfigError where a name has to be said, FatalError where the login is refused.
    """
    first = re.sub("[^a-z0-9._-]+", "-", (connection.host or where).lower().partition(",")[0]).strip("-._")
    question = "A name for this server, which it keeps when it moves or is upgraded"
    settings = {"cluster": asker.choose("cluster", question, proposed=first or None)}
    try:
        with looked_at(connection, terms("init", 60), lambda: None) as server:
            warnings = (f"{server.lines_problem}.",) if server.lines_problem else ()
            notes = (f"PostgreSQL {server.version}. {_LINKS}",)
            return Proposal(settings=settings, notes=notes, warnings=warnings)
    except RetriableError as error:
        return Proposal(settings=settings, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))

"""A first configuration of an organization at npm."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources.npm_packages.client import NpmRegistry
from offboarding.sources.npm_packages.people import members
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

_NOTE = "Whose a user is npm tells by mail addresses alone: a register of who is who may stand in register_file."


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Which organization. Raises ConfigError where a name has to be said, FatalError where the token is refused."""
    del where
    found = {"organization": asker.choose("organization", "Which organization at npm, without the @")}
    given = {"name": "init", "kind": "npm_packages", "connection": connection.conn_id, **found}
    settings = NpmPackagesSettings.model_validate(given)
    try:
        members(NpmRegistry(settings, connection, "init"), settings, "overhead")
    except NotAnsweredError as missing:
        return Proposal(
            settings=found, notes=(_NOTE, "Not all of it can be read: run doctor."), warnings=(str(missing),)
        )
    except RetriableError as error:
        return Proposal(settings=found, notes=(_NOTE, "It couldn't be looked at: run doctor."), warnings=(str(error),))
    return Proposal(settings=found, notes=(_NOTE,))

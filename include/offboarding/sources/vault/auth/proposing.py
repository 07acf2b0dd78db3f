"""A first configuration of a cluster's logins."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault
from offboarding.sources.vault._api.extra import read_extra

_LINKS = "What links an account is its name at the auth method, and metadata: login_realm says whose logins these are."


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Whether tokens can be read by this connection. Raises ConfigError for a connection that can't be right, and
    FatalError where it's refused.
    """
    del where, asker
    vault = Vault("init", connection, read_extra("init", connection), seconds=30)
    try:
        with vault.opened():
            vault.realm()
            try:
                vault.listed("auth/token/accessors")
            except UnansweredPathError as missing:
                note = "Tokens can't be read by this connection: grant that, or say tokens: false."
                warning = f"init: {missing}. See {PERMISSIONS}"
                return Proposal(settings={}, notes=(_LINKS, note), warnings=(warning,))
    except RetriableError as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings={}, notes=(_LINKS,))

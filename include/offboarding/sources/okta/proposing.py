"""A first configuration of an org."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._okta.client import OktaApi
from offboarding.sources.okta.org import organization
from offboarding.sources.okta.settings import OktaSettings


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Whether its reader is seen to see everybody: what else there is, the org tells itself.

    Raises ConfigError for a connection that can't be right, FatalError where it's refused.
    """
    del where, asker
    settings = OktaSettings.model_validate({"name": "init", "kind": "okta", "connection": connection.conn_id})
    try:
        org = organization(OktaApi(settings, connection, "init", settings.scopes), settings)
    except (NotAnsweredError, RetriableError) as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    if org.unproved:
        note = "Whether the reader sees every user wasn't seen: say sees_all: true where you know that it does."
        return Proposal(settings={}, notes=(note,), warnings=(org.unproved,))
    return Proposal(settings={})

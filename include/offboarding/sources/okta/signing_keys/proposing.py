"""A first configuration of an org's signing keys."""

from offboarding.interfaces import ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta._api.roles import assignees
from offboarding.sources.okta.signing_keys.settings import OktaSigningKeysSettings


def propose(connection: ConnectionFields) -> Proposal:
    """Whether administrators may be read: if not, they're left out, and that is said.

    Raises ConfigError for a connection that can't be right, FatalError where it's refused.
    """
    given = {"name": "init", "kind": "okta_signing_keys", "connection": connection.conn_id}
    settings = OktaSigningKeysSettings.model_validate(given)
    try:
        next(assignees(OktaApi(settings, connection, "init", settings.scopes), UnreadRows()), None)
    except NotAnsweredError as missing:
        note = "Who may have a server sign can't be read: grant that, and take access away."
        return Proposal(settings={"access": False}, notes=(note,), warnings=(str(missing),))
    except RetriableError as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings={})

"""A first configuration of an org."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta.org import organization
from offboarding.sources.okta.settings import OktaSettings

APP_LISTS = ("api/v1/apps", "api/v1/logs")
"""Which service apps there are, and who made them."""


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Whether its reader is seen to see everybody, and may see service apps: what else there is, the org tells itself.

    Raises ConfigError for a connection that can't be right, FatalError where it's refused.
    """
    del where, asker
    settings = OktaSettings.model_validate({"name": "init", "kind": "okta", "connection": connection.conn_id})
    found, notes, warnings = dict[str, object](), list[str](), list[str]()
    try:
        api = OktaApi(settings, connection, "init", settings.scopes)
        org = organization(api, settings)
        if org.unproved:
            notes.append(
                "Whether the reader sees every user wasn't seen: say sees_all: true where you know that it does."
            )
            warnings.append(org.unproved)
        if refused := next(filter(None, (_refused(api, path) for path in APP_LISTS)), ""):
            found["service_apps"] = False
            warnings.append(refused)
    except (NotAnsweredError, RetriableError) as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings=found, notes=tuple(notes), warnings=tuple(warnings))


def _refused(api: OktaApi, path: str) -> str:
    """Why a list isn't told; "" where it is."""
    try:
        api.ask("GET", f"{path}?limit=1", "overhead", called=path)
    except NotAnsweredError as missing:
        return str(missing)
    return ""

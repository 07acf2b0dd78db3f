"""A first configuration of a tenant."""

from offboarding.interfaces import ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.entra_id.answers import TenantUser
from offboarding.sources.entra_id.applications import LISTS
from offboarding.sources.entra_id.client import GRANTS, SIGN_INS, EntraGraph
from offboarding.sources.entra_id.roles import ELIGIBLE
from offboarding.sources.entra_id.settings import EntraSettings


def propose(where: str, connection: ConnectionFields) -> Proposal:
    """What of it may be read: what is refused is left out, and said.

    Raises ConfigError or FatalError where the connection is refused.
    """
    del where
    given = {"name": "init", "kind": "entra_id", "connection": connection.conn_id}
    graph = EntraGraph(EntraSettings.model_validate(given), connection, "init")
    found, warnings = dict[str, object](), list[str]()

    def looked_at(path: str, **options: str) -> str:
        try:
            next(graph.rows(path, "overhead", TenantUser, UnreadRows(), **options), None)
        except NotAnsweredError as missing:
            return str(missing)
        return ""

    try:
        if refused := looked_at("users", select="id,userPrincipalName", top="1"):
            return Proposal(settings={}, notes=("Users can't be read: run doctor.",), warnings=(refused,))
        if refused := looked_at("users", select=f"id,userPrincipalName,{SIGN_INS}", top="1"):
            found["sign_ins"] = False
            warnings.append(refused)
        if refused := looked_at(ELIGIBLE):
            found["eligible_roles"] = False
            warnings.append(refused)
        if refused := next(filter(None, (looked_at(path, select="id", top="1") for path in LISTS.values())), ""):
            found["applications"] = False
            warnings.append(refused)
        if refused := looked_at(GRANTS, top="1"):
            found["consents"] = False
            warnings.append(refused)
    except RetriableError as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings=found, warnings=tuple(warnings))

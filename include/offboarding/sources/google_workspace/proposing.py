"""A first configuration of a customer."""

from offboarding.interfaces import ConnectionFields, Proposal
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources.google_workspace.client import SECURITY, DirectoryApi
from offboarding.sources.google_workspace.directory import administrator, unproved
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings


def propose(connection: ConnectionFields) -> Proposal:
    """Whether the administrator is seen to see everybody, and whether tokens may be read.

    Raises ConfigError for a connection that can't be right, FatalError where it's refused.
    """
    given = {"name": "init", "kind": "google_workspace", "connection": connection.conn_id}
    settings = GoogleWorkspaceSettings.model_validate(given)
    api = DirectoryApi(settings, connection, "init")
    try:
        missing = unproved(api, settings, administrator(api))
        found, notes = _tokens(api)
    except (NotAnsweredError, RetriableError) as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    if missing:
        notes += ("Say sees_all: true where the administrator's role is on the whole organization.",)
    return Proposal(settings=found, notes=notes, warnings=(missing,) if missing else ())


def _tokens(api: DirectoryApi) -> tuple[dict[str, object], tuple[str, ...]]:
    try:
        api.bearer(SECURITY)
    except FatalError:
        return {}, (f"OAuth grants and app passwords aren't looked at: that takes the scope {SECURITY}.",)
    return {"tokens": True}, ()

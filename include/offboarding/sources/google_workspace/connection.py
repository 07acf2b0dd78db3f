"""A customer's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.model.errors import FatalError
from offboarding.sources.google_workspace.client import HOST, SECURITY, DirectoryApi
from offboarding.sources.google_workspace.directory import administrator
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings

FORM = ConnectionForm(
    name="Google Workspace (offboarding)",
    labels={"login": "Administrator to act for", "password": "The service account's key, as Google's JSON file"},
    examples={"host": HOST, "login": "offboarding-reader@corp.example"},
    hidden=("schema",),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask for the administrator. Returns a sentence on what may be read; raises as the source does."""
    given = {"name": "test", "kind": "google_workspace", "connection": connection.conn_id}
    settings = GoogleWorkspaceSettings.model_validate(given)
    api = DirectoryApi(settings, connection, f"connection {connection.conn_id}")
    whose = "a super administrator" if administrator(api).is_admin else "no super administrator"
    return f"The service account is let in, in the name of {whose}; {_tokens(api)}."


def _tokens(api: DirectoryApi) -> str:
    try:
        api.bearer(SECURITY)
    except FatalError:
        return "it may not read OAuth grants and app passwords"
    return "it has the scope for OAuth grants and app passwords, too"

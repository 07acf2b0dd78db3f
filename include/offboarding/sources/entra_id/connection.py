"""A tenant's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.entra_id.answers import TenantUser
from offboarding.sources.entra_id.client import EntraGraph
from offboarding.sources.entra_id.settings import EntraSettings

FORM = ConnectionForm(
    name="Microsoft Entra ID (offboarding)",
    labels={"login": "Application (client) ID", "password": "Client secret, or private key and certificate"},
    examples={"host": "graph.microsoft.com"},
    hidden=("schema",),
    extra={
        "tenant_id": ExtraField(label="Tenant", says="Directory (tenant) ID of the application's overview."),
        "login_host": ExtraField(
            label="Sign-in", says="Where the application signs in; what belongs to the host if left empty."
        ),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Ask for one user. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "entra_id", "connection": connection.conn_id}
    graph = EntraGraph(EntraSettings.model_validate(given), connection, f"connection {connection.conn_id}")
    next(graph.rows("users", "overhead", TenantUser, UnreadRows(), select="id,userPrincipalName", top="1"), None)
    return "The application is let in, and may read users."

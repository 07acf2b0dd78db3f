"""A cluster's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import ConnectionForm, ExtraField
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.bindings import Bindings
from offboarding.sources.kubernetes_cluster.client import KubernetesApi
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings
from offboarding.sources.kubernetes_cluster.tokens import TokenSecrets

FORM = ConnectionForm(
    name="Kubernetes cluster (offboarding)",
    labels={"password": "A service account's token"},
    examples={"host": "api.seoul-1.corp.example", "port": "6443"},
    hidden=("login", "schema"),
    extra={
        "ca_certs_file": ExtraField(
            label="Authorities",
            says="A PEM file of the cluster's authority, on each machine that runs tasks; the usual if left empty.",
        ),
        "token_file": ExtraField(
            label="File of the token", says="Read each time in place of the password, on each machine that runs tasks."
        ),
    },
)


def greet(connection: ConnectionFields) -> str:
    """Ask whom bindings name, and whether Secrets are told. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "kubernetes_cluster", "connection": connection.conn_id}
    api = KubernetesApi(KubernetesSettings.model_validate(given), connection, f"connection {connection.conn_id}")
    api.cluster()
    users = len(list(Bindings(api, "overhead").users))
    secrets = TokenSecrets(api, "overhead", UnreadRows()).count
    return f"The token is taken. Bindings name {users} users, and {secrets} Secrets hold a service account's token."

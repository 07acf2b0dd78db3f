"""A cluster's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.model.errors import FatalError
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault
from offboarding.sources.vault._api.extra import read_extra
from offboarding.sources.vault.auth.answers import VaultToken

FORM = ConnectionForm(
    name="Vault or OpenBao logins (offboarding)",
    labels={"login": "Role id", "password": "Secret id, or a token"},
    examples={"host": "vault.corp.example", "port": "8200", "login": "empty for a token"},
    hidden=("schema",),
    extra={
        **AUTHORITIES,
        "namespace": ExtraField(label="Namespace", says="The one that is read; the root namespace if left empty."),
        "approle_mount": ExtraField(label="AppRole", says="Where the role logs in: approle if left empty."),
    },
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is. Returns a sentence on it; raises as the source does."""
    where = f"connection {connection.conn_id}"
    vault = Vault(where, connection, read_extra(where, connection), seconds=20)
    with vault.opened():
        vault.realm()
        try:
            token = vault.read("auth/token/lookup-self", VaultToken)
        except UnansweredPathError as missing:
            raise FatalError(f"{where}: {missing}. Check the token. See {PERMISSIONS}.") from None
        policies = ", ".join((token and token.policies) or ()) or "no policy"
        return f"The token is taken, and bears {policies}."

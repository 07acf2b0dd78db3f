"""An Okta org's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta.answers import OktaUser
from offboarding.sources.okta.settings import OktaSettings

FORM = ConnectionForm(
    name="Okta org (offboarding)",
    labels={"login": "Client id", "password": "The app's private key, or an API token"},
    examples={"host": "corp.okta.com", "login": "empty for an API token"},
    hidden=("schema",),
    extra={
        "key_id": ExtraField(label="Key id", says="Of an app that has several keys: the kid of this one."),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the API token is, or what the app may read. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "okta", "connection": connection.conn_id}
    settings = OktaSettings.model_validate(given)
    api = OktaApi(settings, connection, f"connection {connection.conn_id}", settings.scopes)
    if api.client_id:
        return f"The app is let in, with {', '.join(sorted(api.access().scope.split())) or 'no scope'}."
    reader = api.one("api/v1/users/me", "overhead", OktaUser, "api/v1/users/me")
    return f"The API token is taken, and is {reader.profile.login}'s."

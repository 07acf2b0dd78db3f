"""A connection to npm as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.sources.npm_packages.answers import NpmReader
from offboarding.sources.npm_packages.client import NpmRegistry
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

FORM = ConnectionForm(
    name="npm (offboarding)",
    labels={"password": "Token"},
    examples={"host": "the registry's, as `npm config get registry` prints it"},
    hidden=("login", "schema"),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "npm_packages", "connection": connection.conn_id, "organization": "any"}
    rest = NpmRegistry(NpmPackagesSettings.model_validate(given), connection, f"connection {connection.conn_id}")
    return f"The token is taken, and is {rest.one('-/whoami', 'overhead', NpmReader, 'whoami').username}'s."

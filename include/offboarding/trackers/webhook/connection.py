"""A webhook's connection as a form of Airflow's page, and what its *Test* sends."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.trackers.webhook import Settings, build

FORM = ConnectionForm(
    name="Webhook for tickets (offboarding)",
    labels={"schema": "http or https", "password": "Secret, or the new and the old one with a blank between"},
    examples={"host": "corp.tines.com", "schema": "https", "password": "whsec_..."},
    hidden=("login",),
    extra={
        "path": ExtraField(label="Path", says="What follows the host in the receiver's address, to the letter."),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Send a ping, signed as everything else. Returns what came of it, as a sentence; raises as `open` does."""
    settings = Settings(name=connection.conn_id, kind="webhook", connection=connection.conn_id)
    build(settings, connection).ping()
    return "The receiver took a ping."

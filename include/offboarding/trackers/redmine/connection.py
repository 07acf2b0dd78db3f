"""Redmine's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.model.keys import NO_TICKET
from offboarding.trackers.redmine import Settings, build

FORM = ConnectionForm(
    name="Redmine (offboarding)",
    labels={"schema": "http or https", "password": "API key"},
    examples={"host": "redmine.corp.example", "schema": "https"},
    hidden=("login",),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Search for a ticket that nobody has. Returns what came of it, as a sentence; raises as the tracker's `find`."""
    settings = Settings(name=connection.conn_id, kind="redmine", connection=connection.conn_id, project="any")
    build(settings, connection).find(NO_TICKET)
    return "The key is taken, and issues can be searched."

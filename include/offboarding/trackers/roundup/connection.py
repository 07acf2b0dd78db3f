"""Roundup's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.model.keys import NO_TICKET
from offboarding.trackers.roundup import Settings, build

FORM = ConnectionForm(
    name="Roundup (offboarding)",
    labels={"schema": "http or https"},
    examples={"host": "issues.corp.example", "schema": "https", "login": "offboarding"},
    extra={
        "tracker": ExtraField(label="Tracker", says="The tracker's name, as it stands in its address after the host."),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Search for a ticket that nobody has. Returns what came of it, as a sentence; raises as the tracker's `find`."""
    settings = Settings(name=connection.conn_id, kind="roundup", connection=connection.conn_id)
    build(settings, connection).find(NO_TICKET)
    return "The login is taken, and tickets can be searched."

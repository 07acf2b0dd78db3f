"""Request Tracker's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.model.keys import NO_TICKET
from offboarding.trackers.rt import Settings, build

FORM = ConnectionForm(
    name="Request Tracker (offboarding)",
    labels={"schema": "http or https", "password": "Authentication token"},
    examples={"host": "rt.corp.example", "schema": "https"},
    hidden=("login",),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Search for a ticket that nobody has. Returns what came of it, as a sentence; raises as the tracker's `find`."""
    settings = Settings(name=connection.conn_id, kind="rt", connection=connection.conn_id)
    build(settings, connection).find(NO_TICKET)
    return "The token is taken, and tickets can be searched."

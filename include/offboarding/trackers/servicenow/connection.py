"""ServiceNow's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.model.keys import NO_TICKET
from offboarding.trackers.servicenow import Settings, build

FORM = ConnectionForm(
    name="ServiceNow (offboarding)",
    labels={"schema": "http or https", "password": "Password, or API key without a login"},
    examples={"host": "corp.service-now.com", "schema": "https", "login": "offboarding"},
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Search for an incident that nobody has. Returns what came of it, as a sentence; raises as `find` does."""
    settings = Settings(name=connection.conn_id, kind="servicenow", connection=connection.conn_id)
    build(settings, connection).find(NO_TICKET)
    return "The login is taken, and incidents can be searched."

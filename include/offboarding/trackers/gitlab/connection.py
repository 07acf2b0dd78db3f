"""GitLab's connection as a form of Airflow's page, and what its *Test* asks."""

from contextlib import closing

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.trackers.gitlab.client import asking, client

FORM = ConnectionForm(
    name="GitLab issues (offboarding)",
    labels={"password": "Token"},
    examples={"host": "gitlab.com"},
    hidden=("login", "schema"),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is. Returns a sentence on it; raises as the tracker does."""
    where = f"connection {connection.conn_id}"
    gitlab = client(where, connection, seconds=30)
    with asking(where, "ask whose it is"), closing(gitlab.session):
        gitlab.auth()
        return f"The token is taken, and is {gitlab.user.username if gitlab.user else 'nobody'}'s."

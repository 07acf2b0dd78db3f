"""Jira's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.trackers.jira import rest_of

FORM = ConnectionForm(
    name="Jira (offboarding)",
    labels={"login": "Mail address (Cloud)", "password": "API token, or personal access token"},
    examples={"host": "corp.atlassian.net", "login": "empty for Data Center"},
    hidden=("schema",),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is. Returns a sentence on it; raises as the tracker does."""
    rest = rest_of(f"connection {connection.conn_id}", connection, 30)
    try:
        account = rest.myself()
    finally:
        rest.end()
    kind = "Jira Cloud" if rest.cloud else "Jira Data Center"
    return f"The token is taken by {kind}, and is {account.mail or account.name or account.account_id}'s."

"""GitHub's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.trackers.github.client import asking, client

FORM = ConnectionForm(
    name="GitHub issues (offboarding)",
    labels={"login": "App id", "password": "Token, or the App's private key"},
    examples={"host": "github.com", "login": "empty for a token"},
    hidden=("schema",),
    extra={
        "installation_id": ExtraField(
            label="Installation", says="Of an App: the number at the end of its installation's address."
        ),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is, or what the App may see. Returns a sentence on it; raises as the tracker does."""
    where = f"connection {connection.conn_id}"
    github = client(where, connection, seconds=30, pause=0)
    with asking(where, "ask whose it is"):
        try:
            if not connection.extra.get("installation_id"):
                return f"The token is taken, and is {github.get_user().login}'s."
            # Of an installation alone; PyGithub has it for those that an App lists.
            _, seen = github.requester.requestJsonAndCheck("GET", "/installation/repositories")
            names = ", ".join(sorted(each["full_name"] for each in seen["repositories"][:5]))
            return f"The App is let in, and sees {seen['total_count']} repositories: {names}."
        finally:
            github.close()

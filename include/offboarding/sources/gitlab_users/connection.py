"""A GitLab's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.sources.gitlab_users.answers import GitlabReader, GitlabScopes
from offboarding.sources.gitlab_users.client import GitlabRest
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings

FORM = ConnectionForm(
    name="GitLab users (offboarding)",
    labels={"password": "Token"},
    examples={"host": "gitlab.corp.example"},
    hidden=("login", "schema"),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask whose the token is, and what it may. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "gitlab_users", "connection": connection.conn_id, "instance": "test"}
    rest = GitlabRest(GitlabUsersSettings.model_validate(given), connection, f"connection {connection.conn_id}")
    reader = rest.one("user", "overhead", GitlabReader, "user")
    own = rest.maybe("personal_access_tokens/self", "overhead", GitlabScopes, "personal_access_tokens/self")
    may = f", with the scopes {', '.join(own.scopes)}" if own and own.scopes else ""
    return (
        f"The token is taken, and is {'the administrator' if reader.is_admin else 'the user'} {reader.username}'s{may}."
    )

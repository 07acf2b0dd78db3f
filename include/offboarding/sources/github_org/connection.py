"""An organization's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.sources.github_org.answers import InstallationToken, OrgPerson
from offboarding.sources.github_org.client import GithubRest
from offboarding.sources.github_org.settings import GithubOrgSettings

FORM = ConnectionForm(
    name="GitHub organization (offboarding)",
    labels={"login": "App id", "password": "The App's private key, or a token"},
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
    """Ask whose the token is, or what the App may read. Returns a sentence on it; raises as the source does."""
    where = f"connection {connection.conn_id}"
    given = {"name": "test", "kind": "github_org", "connection": connection.conn_id, "organization": "any"}
    rest = GithubRest(GithubOrgSettings.model_validate(given), connection, where)
    if rest.installation is None:
        return f"The token is taken, and is {rest.one('user', 'overhead', OrgPerson, 'user').login}'s."
    return _may(rest.installed())


def _may(given: InstallationToken) -> str:
    may = ", ".join(sorted(f"{name}: {right}" for name, right in given.permissions.items())) or "nothing"
    return f"The App is let in, on {given.repository_selection or 'some'} repositories, and may: {may}."

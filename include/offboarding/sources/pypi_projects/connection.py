"""A connection to PyPI as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm
from offboarding.sources.pypi_projects.client import PypiIndex, PypiProject
from offboarding.sources.pypi_projects.settings import PypiProjectsSettings

_ONE = "sampleproject"
"""PyPI's own example, which is there."""
FORM = ConnectionForm(
    name="PyPI (offboarding)",
    labels={"host": "PyPI's host"},
    hidden=("login", "password", "schema"),
    extra=AUTHORITIES,
)


def greet(connection: ConnectionFields) -> str:
    """Ask who owns a project of PyPI's own. Returns a sentence on it; raises as the source does."""
    given = {"name": "test", "kind": "pypi_projects", "connection": connection.conn_id, "realm": "test"}
    settings = PypiProjectsSettings.model_validate({**given, "projects": [_ONE]})
    index = PypiIndex(settings, connection, f"connection {connection.conn_id}")
    index.one(f"pypi/{_ONE}/json", "overhead", PypiProject, f"project {_ONE}")
    return "It answers, and tells who owns a project."

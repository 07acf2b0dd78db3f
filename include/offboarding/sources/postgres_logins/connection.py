"""A server's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import ConnectionForm, ExtraField
from offboarding.sources.postgres_logins.server import looked_at, terms

FORM = ConnectionForm(
    name="PostgreSQL logins (offboarding)",
    labels={"schema": "Database"},
    examples={
        "host": "db.corp.example",
        "port": "5432",
        "schema": "postgres",
        "login": "offboarding_reader",
    },
    extra={
        "sslmode": ExtraField(
            label="sslmode",
            says="Another machine's server is refused below require, unless the configuration allows clear text.",
            choices=("verify-full", "verify-ca", "require", "prefer", "disable"),
            default="verify-full",
        ),
        "sslrootcert": ExtraField(label="sslrootcert", says="A PEM file of the authorities to trust, or system."),
    },
)


def greet(connection: ConnectionFields) -> str:
    """Log in, and see what may be read. Returns what is there, as a sentence; raises as `looked_at`."""
    with looked_at(connection, terms(f"connection {connection.conn_id}", 20), lambda: None) as server:
        lines = server.lines_problem or "its pg_hba.conf can be read"
        return f"The login is taken. PostgreSQL {server.version} answers; {lines}."

"""A server's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.model import counted
from offboarding.sources.mariadb_logins.server import looked_at

FORM = ConnectionForm(
    name="MariaDB or MySQL logins (offboarding)",
    examples={"host": "db.corp.example", "port": "3306", "login": "offboarding_logins"},
    hidden=("schema",),
    extra={
        "tls": ExtraField(
            label="TLS",
            says="How what is read and the reader's password are kept from others on the way.",
            choices=("verify", "none"),
            default="verify",
        ),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Log in, and see what may be read. Returns what is there, as a sentence; raises as `looked_at`."""
    with looked_at(connection, f"connection {connection.conn_id}", 20, lambda: None) as server:
        accounts = counted(sum(1 for _ in server.accounts()), "account")
        sessions = "can" if server.sees_sessions else "can't"
        return f"The login is taken. {server.version} shows {accounts}; others' sessions {sessions} be seen."

"""A directory's connection as a form of Airflow's page, and what its *Test* asks."""

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import AUTHORITIES, ConnectionForm, ExtraField
from offboarding.model.errors import FatalError
from offboarding.sources.ldap.flavors import recognised
from offboarding.sources.ldap.proposing import naming_contexts
from offboarding.sources.ldap.session import opened

FORM = ConnectionForm(
    name="LDAP directory (offboarding)",
    labels={"login": "Reader's DN"},
    examples={
        "host": "ldap.corp.example",
        "port": "389, or 636 with ldaps",
        "login": "cn=reader,dc=corp,dc=example",
    },
    hidden=("schema",),
    extra={
        "tls": ExtraField(
            label="TLS",
            says="How what is read and the reader's password are kept from others on the way.",
            choices=("starttls", "ldaps", "none"),
            default="starttls",
        ),
        **AUTHORITIES,
    },
)


def greet(connection: ConnectionFields) -> str:
    """Log in, and ask the directory what it is. Returns what it says, as a sentence; raises as `opened`."""
    with opened(connection, source=f"connection {connection.conn_id}", count=lambda _: None) as session:
        contexts = naming_contexts(session)
        if not contexts:
            raise FatalError(
                f"{session.source}: the login is taken, and the root entry shows no naming context: let "
                f"{connection.login} read the root DSE and what lies below (docs/permissions/ldap.md)."
            )
        name = recognised(session)
    what = f"says that it is {name}" if name else "doesn't say what it is: set flavor"
    return f"The login is taken. The directory {what}, and shows {', '.join(contexts)}."

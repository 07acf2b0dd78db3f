"""Types of connections that Airflow has no form for: each kind's own, and the store's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from offboarding.config import loading
from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.form import ConnectionForm, ExtraField
from offboarding.interfaces.kinds import kind_part, kinds
from offboarding.model.errors import ConfigError
from offboarding.net import destinations
from offboarding.store.trial import trial
from offboarding.wiring.connections import libpq

_STORE_FORM = ConnectionForm(
    name="Offboarding's store (PostgreSQL)",
    labels={"schema": "Database"},
    examples={"host": "db.corp.example", "port": "5432", "schema": "offboarding", "login": "offboarding"},
    extra={
        "sslmode": ExtraField(
            label="sslmode",
            says="Another machine's server is refused below verify-full, unless the configuration allows less.",
            choices=("verify-full", "verify-ca", "require", "prefer", "disable"),
            default="verify-full",
        ),
        "sslrootcert": ExtraField(label="sslrootcert", says="A PEM file of the authorities to trust."),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionType:
    """A type of connection."""

    form: ConnectionForm
    greet: Callable[[ConnectionFields], str]
    """Asks the system; a sentence, or one of our errors."""


def connection_types() -> Mapping[str, ConnectionType]:
    """By what they are called in Airflow, where others may have a type `ldap`: `offboarding_ldap`."""
    rooms = (*loading.ROOMS, "queues")
    parts = {kind: kind_part(room, kind, "connection") for room in rooms for kind in kinds(room)}
    found = {
        f"offboarding_{kind}": ConnectionType(form=cast("ConnectionForm", part.FORM), greet=part.greet)
        for kind, part in parts.items()
        if part
    }
    return {"offboarding_store": ConnectionType(form=_STORE_FORM, greet=_greet_store), **found}


def _greet_store(connection: ConnectionFields) -> str:
    """As `doctor` asks it: a schema on trial, gone afterwards."""
    try:
        allowed = loading.store_choice().store
    except ConfigError:
        # Connections come before the configuration that names them.
        allowed = None
    own = allowed if isinstance(allowed, destinations.StoreSettings) else destinations.StoreSettings()
    destinations.check_store(connection.conn_id, own, connection.host, connection.extra.get("sslmode"))
    with trial(libpq(connection)) as session:
        version = session.info.server_version
    return f"PostgreSQL {version // 10000}.{version % 10000} answers, and a schema can be made."

"""How Airflow's page asks for a connection of a kind that Airflow has no form for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraField:
    """A key of the connection's extra, as a field of its own."""

    label: str
    """What stands beside it."""
    says: str
    """A sentence for whoever fills it in."""
    choices: Sequence[str] = ()
    """The words that it takes; any text where there are none."""
    default: str | None = None
    """What it holds before anybody writes; one of the choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionForm:
    """The form of a type of connection. Airflow's own fields are host, port, login, password and schema."""

    name: str
    """As the list of types has it: `LDAP directory (offboarding)`."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """What stands beside one of Airflow's fields, where its own word says too little."""
    examples: Mapping[str, str] = field(default_factory=dict[str, str])
    """What an empty field shows."""
    hidden: Sequence[str] = ()
    """Fields that this kind has no use for."""
    extra: Mapping[str, ExtraField] = field(default_factory=dict[str, ExtraField])
    """By key."""


AUTHORITIES: Mapping[str, ExtraField] = {
    "ca_certs_file": ExtraField(
        label="Authorities",
        says="A PEM file of the authorities to trust, on each machine that runs tasks; the usual if left empty.",
    )
}
"""Of whatever is asked over TLS."""

"""What a user may write for a MariaDB server's accounts, and for the connection to it."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationError

from offboarding.interfaces import Against, ConnectionFields, HowTested, SourceSettings, Strict
from offboarding.model.errors import ConfigError


class MariaDbLoginSettings(SourceSettings):
    """A MariaDB server's accounts."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "MariaDB 11.8, MySQL 9.7")

    cluster: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="The server's own name, which it keeps when it moves or is upgraded: its id. A restored copy is"
        " another.",
    )
    statement_seconds: float = Field(default=60, gt=0, le=3600, description="How long the server may be silent.")


class MariaDbConnectionExtra(Strict):
    """The connection's extra."""

    tls: Literal["verify", "none"] = "verify"
    ca_certs_file: str | None = None
    """PEM file of the authorities to trust; None: those of the system."""


def read_extra(connection: ConnectionFields) -> MariaDbConnectionExtra:
    """The connection's extra, and that the rest of it can be used. ConfigError names the field, never a value of it."""
    where = f"connection {connection.conn_id}"
    try:
        extra = MariaDbConnectionExtra.model_validate(
            {name: value for name, value in connection.extra.items() if value not in ("", None)}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(("extra", *(str(part) for part in first["loc"])))
        raise ConfigError(
            f"{where}: {field}: {first['msg']}. It may hold tls (verify, none) and ca_certs_file."
        ) from None
    if extra.ca_certs_file and not Path(extra.ca_certs_file).is_file():
        raise ConfigError(f"{where}: extra.ca_certs_file: there is no file {extra.ca_certs_file} on this machine.")
    if not connection.host or not connection.login:
        raise ConfigError(f"{where}: it needs host (a name, an address, or the path of a socket) and login.")
    return extra

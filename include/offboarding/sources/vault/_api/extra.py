"""What a connection to Vault or OpenBao says beside its address, and that it can be used."""

from pathlib import Path

from pydantic import ValidationError

from offboarding.interfaces import ConnectionFields, Strict
from offboarding.model.errors import ConfigError


class VaultConnectionExtra(Strict):
    """The connection's extra."""

    ca_certs_file: str | None = None
    """PEM file of the authorities to trust; None: those that httpx brings along."""
    namespace: str | None = None
    """Vault Enterprise's, or OpenBao's."""
    approle_mount: str = "approle"
    """Where login and password are a role id and a secret id."""


def read_extra(where: str, connection: ConnectionFields) -> VaultConnectionExtra:
    """The connection's extra, and that the rest can be used. ConfigError names the field, never a value of it."""
    what = f"{where}: connection {connection.conn_id}"
    try:
        extra = VaultConnectionExtra.model_validate(dict(connection.extra))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(("extra", *(str(part) for part in first["loc"])))
        raise ConfigError(
            f"{what}: {field}: {first['msg']}. It may hold ca_certs_file, namespace and approle_mount."
        ) from None
    if not connection.host or "/" in connection.host.removeprefix("https://"):
        raise ConfigError(f"{what}: host must be a name or an address alone; Vault is asked over https.")
    if not connection.password:
        raise ConfigError(f"{what}: it needs a token as password, or a role id as login and a secret id as password.")
    if extra.ca_certs_file and not Path(extra.ca_certs_file).is_file():
        raise ConfigError(f"{what}: extra.ca_certs_file: there is no file {extra.ca_certs_file} on this machine.")
    return extra

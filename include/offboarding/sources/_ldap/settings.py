"""What a user may write for a directory, and for the connection to it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from include.offboarding.errors import ConfigError
from include.offboarding.interfaces import ConnectionFields, SourceSettings, Strict

FlavorName = Literal["auto", "openldap", "ad", "389ds", "freeipa"]
READABLE_FLAVORS = ("openldap",)
"""Flavors whose idea of "disabled" this version knows."""

LATER = "comes with a later version; this one reads OpenLDAP with the ppolicy overlay"


class AttributeNames(Strict):
    """Where an account's identity stands. The defaults are inetOrgPerson's and the usual additions'."""

    login: str = Field(default="uid", description="The login name.")
    number: str = Field(default="employeeNumber", description="The worker id.")
    mails: tuple[str, ...] = Field(
        default=("mail", "mailLocalAddress", "mailAlternateAddress", "gosaMailAlternateAddress"),
        description="Mail addresses, all of them keys.",
    )
    display_name: tuple[str, ...] = Field(default=("displayName", "cn"), description="The first that is there counts.")
    owners: tuple[str, ...] = Field(
        default=("manager", "owner", "seeAlso"), description="DNs of whoever answers for a service account."
    )
    last_login: tuple[str, ...] = Field(
        default=("authTimestamp", "pwdLastSuccess"), description="Times of the last bind; the latest counts."
    )
    ssh_keys: str = Field(default="sshPublicKey", description="Lines of authorized_keys.")

    def all(self) -> tuple[str, ...]:
        """Every name."""
        several = (*self.mails, *self.display_name, *self.owners, *self.last_login)
        return (self.login, self.number, self.ssh_keys, *several)


class LdapSettings(SourceSettings):
    """A directory."""

    base_dn: str = Field(min_length=1, description="Accounts lie below it; its own entryUUID is the realm.")
    flavor: FlavorName = Field(default="auto", description="auto asks the server's root entry.")
    ppolicy_default: str | None = Field(
        default=None, description="DN of the policy for accounts without pwdPolicySubentry; only cn=config knows it."
    )
    witness: str | None = Field(
        default=None, description="DN of a permanently locked account: proof that locks can be read at all."
    )
    groups_dn: str | None = Field(default=None, description="Where groups lie, when not below base_dn.")
    page_size: int = Field(default=1000, ge=1, le=10000, description="Entries a request.")
    user_filter: str = Field(
        default="(|(objectClass=person)(objectClass=posixAccount)(objectClass=shadowAccount)(objectClass=account)"
        "(objectClass=simpleSecurityObject)(objectClass=ldapPublicKey))",
        description="What is an account; anything that can hold a password or an SSH key should be.",
    )
    person_object_classes: tuple[str, ...] = Field(
        default=("person", "organizationalPerson", "inetOrgPerson", "residentialPerson"),
        description="An account with none of these is a workload's.",
    )
    attributes: AttributeNames = Field(default=AttributeNames(), description="Where identity stands.")

    @field_validator("flavor")
    @classmethod
    def _is_implemented(cls, value: FlavorName) -> FlavorName:
        if value not in {"auto", *READABLE_FLAVORS}:
            raise ValueError(f"{value} {LATER}")
        return value


class ConnectionExtra(Strict):
    """The connection's extra."""

    tls: Literal["starttls", "ldaps", "none"] = "starttls"
    ca_certs_file: str | None = None
    """PEM file of the authorities to trust; None: those of the system."""


def read_extra(connection: ConnectionFields) -> ConnectionExtra:
    """The connection's extra, and that the rest of it can be used. ConfigError names the field, never a value of it."""
    where = f"connection {connection.conn_id}"
    try:
        extra = ConnectionExtra.model_validate(dict(connection.extra))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(("extra", *(str(part) for part in first["loc"])))
        raise ConfigError(
            f"{where}: {field}: {first['msg']}. It may hold tls (starttls, ldaps, none) and ca_certs_file."
        ) from None
    if extra.ca_certs_file and not Path(extra.ca_certs_file).is_file():
        raise ConfigError(f"{where}: extra.ca_certs_file: there is no file {extra.ca_certs_file} on this machine.")
    if not connection.host or "/" in connection.host:
        raise ConfigError(f"{where}: host must be a name or an address alone; LDAPS is asked for by extra tls: ldaps.")
    if not connection.login or not connection.password:
        # RFC 4513 5.1.2: a name without a password binds as nobody, successfully.
        raise ConfigError(
            f"{where}: login must be the reader's DN, with its password: a directory shows nobody enough."
        )
    return extra

"""What a user may write for a directory, and for the connection to it."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from offboarding.interfaces import Against, ConnectionFields, HowTested, SourceSettings, Strict, Words
from offboarding.model.errors import ConfigError
from offboarding.net.revocation.settings import AskedCrls

FlavorName = Literal["auto", "openldap", "ad", "389ds", "freeipa"]

DEFAULT_MESSAGE_MEGABYTES = 64

Names = str | tuple[str, ...]
"""One attribute's name, or several."""


def several(names: Names) -> tuple[str, ...]:
    """Them, as a tuple."""
    return (names,) if isinstance(names, str) else names


class AttributeNames(Strict):
    """Where an account's identity stands. The defaults are inetOrgPerson's and the usual additions'; what isn't set is
    another directory's own (`Flavor.attribute_defaults`).
    """

    login: str = Field(default="uid", description="The login name.")
    other_logins: tuple[str, ...] = Field(
        default=(), description="More names that one may log in by, as userPrincipalName in Active Directory."
    )
    number: Names = Field(default="employeeNumber", description="The worker id; several are all keys.")
    mails: tuple[str, ...] = Field(
        default=("mail", "mailLocalAddress", "mailAlternateAddress", "gosaMailAlternateAddress"),
        description="Mail addresses, all of them keys; of proxyAddresses those that begin with smtp:.",
    )
    display_name: tuple[str, ...] = Field(default=("displayName", "cn"), description="The first that is there counts.")
    owners: tuple[str, ...] = Field(
        default=("manager", "owner", "seeAlso"), description="DNs of whoever answers for a service account."
    )
    last_login: tuple[str, ...] = Field(
        default=("authTimestamp", "pwdLastSuccess"), description="Times of the last bind; the latest counts."
    )
    ssh_keys: Names = Field(default="sshPublicKey", description="Lines of authorized_keys.")
    certificates: str = Field(default="userCertificate", description="X.509 certificates in DER (RFC 4523).")

    def all(self) -> tuple[str, ...]:
        """Every name."""
        several_each = (*self.mails, *self.display_name, *self.owners, *self.last_login, *several(self.number))
        return (self.login, *self.other_logins, *several(self.ssh_keys), self.certificates, *several_each)


class DisabledWhen(Strict):
    """What is declared to be dead, and can't be seen to be."""

    filter: str | None = Field(default=None, description="An LDAP filter: (loginShell=/usr/sbin/nologin).")
    subtree: str | None = Field(default=None, description="A DN; it and everything below it.")

    @model_validator(mode="after")
    def _is_one_of_them(self) -> "DisabledWhen":
        if (self.filter is None) == (self.subtree is None):
            raise ValueError("give either a filter or a subtree")
        return self

    @property
    def told(self) -> str:
        """As it was declared, for people."""
        return f"filter {self.filter}" if self.filter else f"subtree {self.subtree}"


class RevocationSettings(AskedCrls):
    """Where it's asked whether certificates on leavers' entries are revoked."""

    issuers: tuple[str, ...] = Field(
        min_length=1,
        description="PEM files with the authorities that sign the certificates: their CRLs alone are believed.",
    )

    @model_validator(mode="after")
    def _asks_something(self) -> "RevocationSettings":
        if not self.asks:
            raise ValueError("nothing is asked: name crls, or leave distribution_points true")
        return self


class LdapSettings(SourceSettings):
    """A directory."""

    tested: ClassVar[HowTested] = HowTested(
        Against.REAL, "OpenLDAP, 389-ds, Samba's Active Directory; FreeIPA by its schema on 389-ds"
    )

    base_dn: str = Field(
        min_length=1, description="Accounts lie below it; its own immutable id is what the system is known by."
    )
    flavor: FlavorName = Field(default="auto", description="auto asks the server's root entry.")
    ppolicy_default: str | None = Field(
        default=None, description="DN of the policy for accounts without pwdPolicySubentry; only cn=config knows it."
    )
    witness: str | None = Field(
        default=None, description="DN of an account that is locked for good: proof that locks can be read at all."
    )
    locks: Literal["read", "none"] = Field(
        default="read",
        description="none: nobody is ever locked here (OpenLDAP without the overlay ppolicy), so every account works.",
    )
    disabled_when: tuple[DisabledWhen, ...] = Field(
        default=(), description="Accounts that count as dead because you say so: a filter or a subtree each."
    )
    guarded_groups: Words[str] = Field(
        default=(), description="Groups that guard keys, as shell patterns over their names or DNs: who is in is dated."
    )
    groups_dn: str | None = Field(default=None, description="Where groups lie, when not below base_dn.")
    page_size: int = Field(default=1000, ge=1, le=10000, description="Entries a request.")
    max_message_megabytes: int = Field(
        default=DEFAULT_MESSAGE_MEGABYTES, ge=1, le=1024, description="A larger message ends the read: one entry's."
    )
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
    revocation: RevocationSettings | None = Field(
        default=None, description="Whether CRLs are asked about the certificates on leavers' entries, and which."
    )

    @model_validator(mode="after")
    def _has_locks_or_none(self) -> "LdapSettings":
        if self.locks == "none" and (self.witness or self.ppolicy_default):
            raise ValueError("locks: none says that nobody is locked, and witness or ppolicy_default that somebody is")
        return self

    def with_defaults(self, own: Mapping[str, object], attributes: Mapping[str, object]) -> "LdapSettings":
        """The same with a flavor's own defaults in place of those that the user didn't set."""
        names = {name: value for name, value in attributes.items() if name not in self.attributes.model_fields_set}
        changes = {name: value for name, value in own.items() if name not in self.model_fields_set}
        return self.model_copy(update=changes | {"attributes": self.attributes.model_copy(update=names)})


class LdapConnectionExtra(Strict):
    """The connection's extra."""

    tls: Literal["starttls", "ldaps", "none"] = "starttls"
    ca_certs_file: str | None = None
    """PEM file of the authorities to trust; None: those of the system."""


def read_extra(connection: ConnectionFields) -> LdapConnectionExtra:
    """The connection's extra, and that the rest of it can be used. ConfigError names the field, never a value of it."""
    where = f"connection {connection.conn_id}"
    try:
        extra = LdapConnectionExtra.model_validate(dict(connection.extra))
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

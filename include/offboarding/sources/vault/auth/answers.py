"""What Vault answers, as far as it's of interest.

https://developer.hashicorp.com/vault/api-docs/secret/identity/entity
https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-accessor
https://developer.hashicorp.com/vault/api-docs/auth/approle#read-approle-secret-id-accessor
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import RootModel

from offboarding.model.days import epoch_moment
from offboarding.net.service.answers import Moment, Told

Metadata = Mapping[str, object] | None


class AuthMount(Told):
    """An auth method, by its path."""

    type: str
    accessor: str


class AuthMounts(RootModel[dict[str, AuthMount]]):
    """sys/auth."""


class EntityAlias(Told):
    """As whom an auth method knows an entity. Of a method that isn't mounted any more there's no path."""

    name: str
    mount_accessor: str
    mount_path: str = ""
    mount_type: str = ""
    metadata: Metadata = None
    custom_metadata: Metadata = None
    creation_time: Moment | None = None
    """As a rule the first login by it."""


class VaultEntity(Told):
    """Somebody or something, by whatever auth methods they come in."""

    id: str
    name: str
    disabled: bool = False
    policies: tuple[str, ...] | None = None
    group_ids: tuple[str, ...] | None = None
    aliases: tuple[EntityAlias, ...] | None = None
    metadata: Metadata = None
    merged_entity_ids: tuple[str, ...] | None = None


class IdentityGroup(Told):
    """A group of entities."""

    policies: tuple[str, ...] | None = None


class AclPolicy(Told):
    """A policy's text."""

    policy: str


class LoginRole(Told):
    """What an auth method keeps of a user or role."""

    token_policies: tuple[str, ...] | None = None
    policies: tuple[str, ...] | None = None
    """As before token_policies."""
    bind_secret_id: bool = True
    """Of an AppRole role: who logs in needs a secret id."""


class RoleId(Told):
    """By what an alias names an AppRole role."""

    role_id: str


class SecretId(Told):
    """What is told of a secret id, by its accessor."""

    secret_id_accessor: str
    creation_time: Moment
    expiration_time: Moment | None = None

    @property
    def ends_at(self) -> datetime | None:
        """None for never, which is told as the year 1."""
        return self.expiration_time if self.expiration_time and self.expiration_time.year > 1 else None


class VaultToken(Told):
    """What is told of a token, by its accessor."""

    accessor: str = ""
    display_name: str = ""
    entity_id: str = ""
    path: str = ""
    policies: tuple[str, ...] | None = None
    meta: Metadata = None
    orphan: bool = False
    renewable: bool = False
    period: int | str | None = None
    """Seconds; a token of which this is told is renewed as often as whoever holds it wants."""
    explicit_max_ttl: int = 0
    """Seconds from its making on, whatever is renewed; 0 for none."""
    creation_time: int = 0
    """Seconds since 1970."""
    expire_time: Moment | None = None
    """None for never."""

    @property
    def made_at(self) -> datetime | None:
        """None where it isn't told, or is no moment."""
        return epoch_moment(self.creation_time) if self.creation_time else None

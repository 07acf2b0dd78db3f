"""What was handed out, and goes on by itself: tokens by their accessors, and secret ids of AppRole roles.

A login's end ends none of them. https://developer.hashicorp.com/vault/docs/concepts/tokens
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Account, Credential, Standing, SubjectKind
from offboarding.model.days import epoch_moment
from offboarding.model.errors import FatalError
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._vault.client import PERMISSIONS, UnansweredPathError, Vault
from offboarding.sources.vault_auth.answers import SecretId, VaultEntity, VaultToken
from offboarding.sources.vault_auth.identities import standing_of, token_label
from offboarding.sources.vault_auth.ways import AppRole

CREDENTIAL = SubjectKind.SERVICE_CREDENTIAL
OF_TOKEN, OF_SECRET_ID = "token/", "secret-id/"
"""How the native id of a credential begins; its accessor follows."""


class HandedOut:
    """Every token but batch tokens, which nobody can list; each is looked at once in a look."""

    def __init__(self, vault: Vault, passing: str) -> None:
        """`passing`: the accessor of a token that is this read's own; "" for none."""
        self._vault = vault
        self._passing = passing
        self._of: DiskIndex | None = None

    def every(self) -> Iterator[VaultToken]:
        """Yield each. Raises FatalError where they aren't told."""
        try:
            for accessor in self._vault.every_name("auth/token/accessors"):
                if accessor != self._passing and (token := self.one(accessor)):
                    yield token
        except UnansweredPathError as missing:
            grant = f"Grant sudo and list on auth/token/accessors, or say tokens: false. See {PERMISSIONS}"
            raise FatalError(f"{self._vault.where}: tokens: {missing}. {grant}") from None

    def one(self, accessor: str) -> VaultToken | None:
        """One; None where it isn't there any more. Raises UnansweredPathError."""
        return self._vault.look_up("auth/token/lookup-accessor", {"accessor": accessor}, VaultToken)

    def of(self, entity: VaultEntity) -> list[VaultToken]:
        """An entity's, and those of whoever was merged into it. Raises as `every`."""
        if self._of is None:
            found = DiskIndex(self._vault.where)
            with self._vault.requests.of_all():
                for token in self.every():
                    found.add(token.entity_id, token.model_dump_json())
            self._of = found
        own = (entity.id, *(entity.merged_entity_ids or ()))
        return [VaultToken.model_validate_json(text) for each in own for text in self._of.of(each)]


def of_token(account: Account, token: VaultToken, *, disabled: bool, as_of: datetime) -> Credential:
    """A token of an entity's."""
    standing, reason = standing_of(token, as_of)
    if disabled and standing is not Standing.DEAD:
        standing, reason = Standing.DEAD, "the entity is disabled"
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=CREDENTIAL,
        native_id=f"{OF_TOKEN}{token.accessor}",
        label=token_label(token),
        standing=standing,
        standing_reason=f"Vault: {reason}",
        can_reactivate=disabled and reason == "the entity is disabled",
        created_at=_moment(token.creation_time),
        expires_at=_ends_at(token),
    )


def of_secret_id(
    account: Account, role: AppRole, secret_id: SecretId, *, disabled: bool, as_of: datetime
) -> Credential:
    """A secret id of an AppRole role."""
    standing, reason = Standing.WORKS, f"a secret id of role {role.name}"
    if secret_id.ends_at and secret_id.ends_at <= as_of:
        standing, reason, disabled = Standing.DEAD, "the secret id has expired", False
    elif disabled:
        standing, reason = Standing.DEAD, "the entity is disabled"
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=CREDENTIAL,
        native_id=f"{OF_SECRET_ID}{secret_id.secret_id_accessor}",
        label=f"secret id {secret_id.secret_id_accessor} of role {role.name} at {role.method.path}",
        standing=standing,
        standing_reason=f"Vault: {reason}",
        can_reactivate=disabled,
        created_at=secret_id.creation_time,
        expires_at=secret_id.ends_at,
    )


def _ends_at(token: VaultToken) -> datetime | None:
    """When a token ends whatever its holder does; None where that isn't told, or never."""
    made = _moment(token.creation_time)
    if token.explicit_max_ttl and made:
        return epoch_moment(token.creation_time + token.explicit_max_ttl)
    return None if token.renewable or token.period else token.expire_time


def _moment(seconds: int) -> datetime | None:
    return epoch_moment(seconds) if seconds else None

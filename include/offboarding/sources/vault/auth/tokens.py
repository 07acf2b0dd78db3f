"""What was handed out, and goes on by itself: tokens by their accessors, and secret ids of AppRole roles.

A login's end ends none of them. https://developer.hashicorp.com/vault/docs/concepts/tokens
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Account, Credential, Standing, SubjectKind
from offboarding.model.days import epoch_moment
from offboarding.model.errors import FatalError
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault
from offboarding.sources.vault.auth.answers import SecretId, VaultEntity, VaultToken
from offboarding.sources.vault.auth.identities import standing_of, token_label
from offboarding.sources.vault.auth.ways import AppRole

CREDENTIAL = SubjectKind.SERVICE_CREDENTIAL
OF_TOKEN, OF_SECRET_ID = "token/", "secret-id/"
"""How the native id of a credential begins; its accessor follows."""


class HandedOut:
    """Every token but batch tokens, which nobody can list; each is looked at once in a look.

    Whose a token is shows only once it was looked up. An entity's own tokens beyond `most` count as nobody else's
    requests, and cost that entity; one that cannot be read costs what it may belong to, and the others are told.
    """

    def __init__(self, vault: Vault, passing: str, most: int) -> None:
        """`passing`: the accessor of a token that is this read's own; "" for none. `most`: an entity's tokens."""
        self._vault = vault
        self._passing = passing
        self._most = most
        self._of: DiskIndex | None = None
        self._unread = ""

    def every(self, unread: UnreadRows) -> Iterator[VaultToken]:
        """Yield each that can be read; of the others `unread` is told. Raises FatalError where no list is told."""
        counts = DiskIndex(self._vault.where)
        try:
            for accessor in self._vault.every_name("auth/token/accessors"):
                if accessor == self._passing or not (token := self._readable(accessor, unread)):
                    continue
                count = _count(counts, token.entity_id)
                if token.entity_id and count > self._most:
                    self._vault.requests.give_back()
                if not token.entity_id or count <= self._most + 1:
                    yield token
        except UnansweredPathError as missing:
            grant = f"Grant sudo and list on auth/token/accessors, or say tokens: false. See {PERMISSIONS}"
            raise FatalError(f"{self._vault.where}: tokens: {missing}. {grant}") from None

    def one(self, accessor: str) -> VaultToken | None:
        """One; None where it isn't there any more. Raises UnansweredPathError."""
        return self._vault.look_up("auth/token/lookup-accessor", {"accessor": accessor}, VaultToken)

    def of(self, entity: VaultEntity) -> tuple[list[VaultToken], str]:
        """An entity's, and those of whoever was merged into it; and why they may not be all, "" where they are.

        Raises as `every`.
        """
        if self._of is None:
            self._of = self._every_by_entity()
        own = (entity.id, *(entity.merged_entity_ids or ()))
        found = [VaultToken.model_validate_json(text) for each in own for text in self._of.of(each)]
        if len(found) > self._most:
            more = f"it has more than {self._most:,} tokens. Raise max_requests_an_account"
            return found[: self._most], f"{self._vault.where}: {more}."
        return found, self._unread

    def _every_by_entity(self) -> DiskIndex:
        found, unread = DiskIndex(self._vault.where), UnreadRows()
        with self._vault.requests.of_all():
            try:
                for token in self.every(unread):
                    found.add(token.entity_id, token.model_dump_json())
            except FatalError as missing:
                unread.sentences.append(str(missing))
        self._unread = unread.told
        return found

    def _readable(self, accessor: str, unread: UnreadRows) -> VaultToken | None:
        try:
            return self.one(accessor)
        except UnansweredPathError as missing:
            if missing.denied:
                raise
            if not unread.sentences:
                unread.sentences.append(f"{self._vault.where}: a token that may be anybody's: {missing}.")
            return None


def _count(counts: DiskIndex, key: str) -> int:
    """Return how often this key came by now."""
    number = int(next(iter(counts.of(key)), "0")) + 1
    counts.put(key, str(number))
    return number


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
        created_at=token.made_at,
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
    made = token.made_at
    if token.explicit_max_ttl and made:
        return epoch_moment(token.creation_time + token.explicit_max_ttl)
    return None if token.renewable or token.period else token.expire_time

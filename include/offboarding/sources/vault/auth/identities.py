"""Accounts: entities, users and roles that have none yet, and tokens that are nobody's.

An entity is the lasting one: it keeps its id through new names, its tokens are its own, and disabling it stops them.
Vault makes it at the first login; until then a user or role of an auth method is an account by itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.sources._owners import owner_keys
from offboarding.sources.vault.auth.answers import EntityAlias, Metadata, VaultEntity, VaultToken
from offboarding.sources.vault.auth.powers import Policies
from offboarding.sources.vault.auth.settings import IdentityMetadata
from offboarding.sources.vault.auth.ways import (
    APPROLE,
    USERPASS,
    WORKLOADS,
    AppRole,
    LoginMethods,
    LoginWay,
    MountedMethod,
)

TOKEN = "token/"
"""How the native id of a token begins that is an account by itself; a user's or role's begins with its method's."""
_NAMED_BY_VAULT = re.compile(r"entity_[0-9a-f]{8}(\..*)?")
_NAMING_FIRST = (USERPASS, "ldap", "oidc", "jwt")
"""By which method's name an entity is known, where it has several."""


class VaultProduct(StrEnum):
    """What an account is here."""

    ENTITY = "entity"
    USER = "userpass user"
    ROLE = "AppRole role"
    TOKEN = "token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """What makes accounts of what one look at a cluster told."""

    realm: str
    address: str
    own_entity: str
    """The reader's; "" where its token is nobody's."""
    own_accessor: str
    methods: LoginMethods
    policies: Policies
    metadata: IdentityMetadata
    context: ReadContext

    def of_entity(self, entity: VaultEntity) -> Account:
        """An entity, by all the ways in that its aliases name."""
        aliases = sorted(entity.aliases or (), key=_naming)
        ways = tuple(self.methods.ways(aliases))
        login, label = self._named(entity, aliases)
        standing, reason = _standing(entity, ways)
        known = (
            *(each.metadata for each in aliases),
            *(each.custom_metadata for each in aliases),
            entity.metadata,
        )
        names = (login, *(each.name for each in aliases if each.mount_type != APPROLE))
        privileged, by = self.policies.power(
            (entity.policies or (), *(way.policies for way in ways if way.standing is not Standing.DEAD)),
            entity.group_ids or (),
        )
        path = next((way.path for way in ways if way.path), f"identity/entity/id/{entity.id}")
        return Account(
            realm=self.realm,
            native_id=entity.id,
            label=label,
            login=login,
            keys=(*self._logins(names), *_named_by_people(entity, names), *self._keys(known)),
            # Not when it was made: of an entity Vault tells its first login, which may come long after the user.
            standing=standing,
            standing_reason=f"Vault: {reason}",
            product=VaultProduct.ENTITY,
            reached_by=self._at(path),
            is_reader=entity.id == self.own_entity,
            has_own_login=_has_own_login(ways),
            keeps_password=True,  # by what others decide it isn't told to work
            service_like=self._is_service(login) or _is_workload(aliases),
            privileged=privileged,
            privileged_by=by,
        )

    def of_user(self, method: MountedMethod, name: str) -> Account | None:
        """A userpass user who never logged in; None of one who isn't there."""
        way = self.methods.by_password(method, name)
        return self._without_entity(method, name, name, VaultProduct.USER, way) if way.path else None

    def of_role(self, role: AppRole) -> Account:
        """An AppRole role by which nothing ever logged in."""
        way = self.methods.by_role(role)
        return self._without_entity(role.method, role.role_id, role.name, VaultProduct.ROLE, way)

    def of_token(self, token: VaultToken) -> Account:
        """A token without an entity: it's nobody's, and nobody's departure ends it."""
        privileged, by = self.policies.power((token.policies or (),))
        made = token.made_at
        username = str((token.meta or {}).get("username") or "")
        logged_in = username and not token.path.startswith("auth/token/")
        standing, reason = standing_of(token, self.context.as_of)
        return Account(
            realm=self.realm,
            native_id=f"{TOKEN}{token.accessor}",
            label=token_label(token),
            login="",
            keys=(
                # Of a login it's the method's word, else whoever made the token wrote it.
                *self._logins((username,) if logged_in else ()),
                *self._keys((token.meta,), owned=not logged_in),
            ),
            created_at=made,
            standing=standing,
            standing_reason=f"Vault: {reason}, and is no entity's",
            product=VaultProduct.TOKEN,
            reached_by=self._at("auth/token"),
            is_reader=token.accessor == self.own_accessor,
            keeps_password=True,
            password_set_at=made,
            service_like=not logged_in,
            privileged=privileged,
            privileged_by=by,
        )

    def _without_entity(
        self, method: MountedMethod, native_id: str, name: str, product: VaultProduct, way: LoginWay
    ) -> Account:
        privileged, by = self.policies.power((way.policies,))
        return Account(
            realm=self.realm,
            native_id=f"{method.type}/{method.accessor}/{native_id}",
            label=f"{name} at {method.path}",
            login=name,
            keys=tuple(self._logins((name,))),
            standing=way.standing,
            standing_reason=f"Vault: {way.reason}, without an entity",
            product=product,
            reached_by=self._at(way.path),
            has_own_login=way.by_itself,
            keeps_password=way.by_itself,
            service_like=product is VaultProduct.ROLE or self._is_service(name),
            privileged=privileged,
            privileged_by=by,
        )

    def _named(self, entity: VaultEntity, aliases: list[EntityAlias]) -> tuple[str, str]:
        """(login, label): by its first alias, of an AppRole role by the role's name."""
        first = aliases[0] if aliases else None
        own = "" if _NAMED_BY_VAULT.fullmatch(entity.name) else entity.name
        if first is None:
            return own or entity.name, f"entity {entity.name}"
        path, name = first.mount_path.rstrip("/"), first.name
        if first.mount_type == APPROLE:
            role = self.methods.role(first)
            name = role.name if role else own or first.name
        at = path or f"an auth method that is gone ({first.mount_accessor})"
        return name, f"{name} at {at}" + (f" (entity {own})" if own and own != name else "")

    def _logins(self, names: Iterable[str]) -> Iterator[AccountKey]:
        for name in dict.fromkeys(names):
            yield AccountKey(kind=IdentityKeyKind.LOGIN, value=name, origin=IdentityKeyOrigin.ATTRIBUTE, name="alias")

    def _keys(self, known: Iterable[Metadata], *, owned: bool = False) -> Iterator[AccountKey]:
        """`owned`: of what is no person's, what names one names an owner."""
        words = self.metadata
        given = {(name.lower(), str(value).strip()): name for each in known for name, value in (each or {}).items()}
        for (name, value), written in sorted(given.items()):
            said = f"metadata {written}"
            if not value:
                continue
            if name in _small(words.owner) or (owned and name in _small((*words.mail, *words.employee_id))):
                yield from owner_keys(value, said)
            elif name in _small(words.mail):
                yield AccountKey(kind=IdentityKeyKind.MAIL, value=value, origin=IdentityKeyOrigin.TAG, name=said)
            elif name in _small(words.employee_id):
                yield AccountKey(kind=IdentityKeyKind.NUMBER, value=value, origin=IdentityKeyOrigin.TAG, name=said)

    def _is_service(self, login: str) -> bool:
        return any(fnmatchcase(login.lower(), each.lower()) for each in self.context.service_patterns)

    def _at(self, path: str) -> str:
        """As the API has it; remedies take address and path from it."""
        return f"{self.address}/v1/{path}"


def standing_of(token: VaultToken, as_of: datetime) -> tuple[Standing, str]:
    """Whether a token that is listed works by itself, and how it ends."""
    if token.expire_time is not None and token.expire_time <= as_of:
        return Standing.DEAD, "the token has expired"
    if token.expire_time is None:
        return Standing.WORKS, "the token works, and never ends"
    if token.period:
        return Standing.WORKS, "the token works, and is renewed for as long as whoever holds it does so"
    if token.renewable:
        return Standing.WORKS, "the token works, and can be renewed"
    return Standing.WORKS, "the token works"


def token_label(token: VaultToken) -> str:
    """For people; what is in brackets, whoever made it may have chosen."""
    root = "root token" if "root" in (token.policies or ()) else "token"
    orphan = ", an orphan" if token.orphan and token.path.startswith("auth/token/") else ""
    return f"{root} {token.accessor} ({token.display_name or 'without a name'}{orphan})"


def _named_by_people(entity: VaultEntity, aliases: Iterable[str]) -> Iterator[AccountKey]:
    """Yield the entity's name, unless Vault made it up, or an alias says the same."""
    if not _NAMED_BY_VAULT.fullmatch(entity.name) and entity.name not in aliases:
        yield AccountKey(
            kind=IdentityKeyKind.LOGIN, value=entity.name, origin=IdentityKeyOrigin.TAG, name="entity's name"
        )


def _standing(entity: VaultEntity, ways: tuple[LoginWay, ...]) -> tuple[Standing, str]:
    if entity.disabled:
        return Standing.DEAD, "the entity is disabled"
    for standing in (Standing.WORKS, Standing.UNKNOWN):
        found = [way for way in ways if way.standing is standing]
        if found:
            return standing, "; ".join(way.reason for way in found)
    return Standing.DEAD, "; ".join(way.reason for way in ways) or "no auth method lets anybody in as it"


def _has_own_login(ways: tuple[LoginWay, ...]) -> bool:
    """Somebody else's word, and secrets, are no login of the account's; a user who was deleted is none beside them."""
    own = [way for way in ways if way.by_itself]
    return any(way.standing is not Standing.DEAD for way in own) or (bool(own) and len(own) == len(ways))


def _is_workload(aliases: list[EntityAlias]) -> bool:
    return bool(aliases) and all(each.mount_type in WORKLOADS for each in aliases)


def _naming(alias: EntityAlias) -> tuple[int, str, str]:
    known = alias.mount_type in _NAMING_FIRST
    return _NAMING_FIRST.index(alias.mount_type) if known else len(_NAMING_FIRST), alias.mount_path, alias.name


def _small(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)

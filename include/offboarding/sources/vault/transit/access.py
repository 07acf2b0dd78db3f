"""Whom a cluster's policies let use its transit keys, or take them along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from offboarding.model import KeyAccess, PrincipalKind, Standing
from offboarding.sources.vault._api.client import UnansweredPathError, Vault
from offboarding.sources.vault._api.policies import PathRule, PolicyFormatError, rules_of, unreadable, verdict
from offboarding.sources.vault.transit.keys import TransitKey

_EVERYBODYS = "default"
"""The policy that a token gets besides its own, unless it's made without."""


class _VaultPolicy(BaseModel):
    policy: str


class _Alias(BaseModel):
    name: str
    mount_path: str = ""


class _Entity(BaseModel):
    id: str
    name: str
    disabled: bool = False
    policies: tuple[str, ...] | None = None
    group_ids: tuple[str, ...] | None = None
    aliases: tuple[_Alias, ...] | None = None


class _VaultGroup(BaseModel):
    id: str
    name: str
    type: str = "internal"
    policies: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOperation:
    """Something that can be done with a key, and the request that does it."""

    action: str
    """"transit:export"."""
    path: str
    capability: str
    carries: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Entities and external groups, with the policies that they bear by themselves or by a group."""

    rules: Mapping[str, tuple[PathRule, ...]]
    """By policy."""
    unread: Sequence[str]
    """Why a policy couldn't be read: clauses."""
    bearers: Sequence["Bearer"] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whoever bears policies."""

    kind: PrincipalKind
    native_id: str
    shown: str
    policies: tuple[str, ...]


def holders(vault: Vault) -> Holders:
    """Read them. Raises as Vault.read."""
    rules, unread = dict[str, tuple[PathRule, ...]](), list[str]()
    for name in vault.listed("sys/policies/acl"):
        try:
            policy = vault.read(f"sys/policies/acl/{name}", _VaultPolicy) if name != "root" else _VaultPolicy(policy="")
            rules[name] = rules_of(name, policy.policy) if policy else ()
        except (PolicyFormatError, UnansweredPathError) as error:
            rules[name] = unreadable(name)
            unread.append(f"policy {name}: {error}")
    groups = _groups(vault)
    return Holders(rules=rules, unread=unread, bearers=(*_entities(vault, groups), *_external(groups)))


def access(realm: str, mount: str, key: TransitKey, known: Holders) -> Iterator[KeyAccess]:
    """Every deed with a key that somebody's policies allow, or may allow."""
    for bearer in known.bearers:
        names = (*bearer.policies, _EVERYBODYS)
        rules = [rule for name in names for rule in known.rules.get(name, ())]
        for deed in operations(mount, key):
            found = verdict(rules, deed.path, deed.capability)
            if found.standing is Standing.DEAD:
                continue
            yield KeyAccess(
                realm=realm,
                key=f"{mount}/{key.name}",
                principal_kind=bearer.kind,
                principal_realm=realm,
                principal=bearer.native_id,
                action=deed.action,
                carries=deed.carries,
                standing=found.standing,
                reason=f"policy {', '.join(found.policies)} of {bearer.shown}",
            )


def operations(mount: str, key: TransitKey) -> Iterator[KeyOperation]:
    """What can be done with this key, of what takes it along or makes something that others trust."""
    name = key.name
    if key.exportable:
        for kind in _exported(key):
            yield KeyOperation(
                action="transit:export", path=f"{mount}/export/{kind}/{name}", capability="read", carries=True
            )
    if key.allow_plaintext_backup:
        yield KeyOperation(action="transit:backup", path=f"{mount}/backup/{name}", capability="read", carries=True)
    if not (key.exportable and key.allow_plaintext_backup):
        # Whoever may configure it, may make it exportable, and then take it along.
        yield KeyOperation(
            action="transit:config", path=f"{mount}/keys/{name}/config", capability="update", carries=True
        )
    use = "sign" if key.supports_signing else "hmac" if key.signs else "decrypt"
    yield KeyOperation(action=f"transit:{use}", path=f"{mount}/{use}/{name}", capability="update", carries=False)


def _exported(key: TransitKey) -> tuple[str, ...]:
    """The export path has a segment for the kind of key; whichever leads to the material."""
    if key.supports_signing:
        return ("signing-key",)
    return ("hmac-key",) if key.signs else ("encryption-key",)


def _groups(vault: Vault) -> dict[str, _VaultGroup]:
    lists = (
        vault.read(f"identity/group/id/{native_id}", _VaultGroup) for native_id in vault.listed("identity/group/id")
    )
    return {group.id: group for group in lists if group}


def _entities(vault: Vault, groups: Mapping[str, _VaultGroup]) -> Iterator[Bearer]:
    for native_id in vault.listed("identity/entity/id"):
        entity = vault.read(f"identity/entity/id/{native_id}", _Entity)
        if entity is None or entity.disabled:
            continue
        own = [*(entity.policies or ())]
        for group_id in entity.group_ids or ():
            own += groups[group_id].policies or () if group_id in groups else ()
        logins = ", ".join(f"{alias.name} at {alias.mount_path}" for alias in entity.aliases or ())
        yield Bearer(
            kind=PrincipalKind.ACCOUNT,
            native_id=entity.id,
            shown=f"entity {entity.name}" + (f" ({logins})" if logins else ""),
            policies=tuple(dict.fromkeys(own)),
        )


def _external(groups: Mapping[str, _VaultGroup]) -> Iterator[Bearer]:
    """Whoever is in them, another system decides at each login."""
    for group in groups.values():
        if group.type == "external" and group.policies:
            yield Bearer(
                kind=PrincipalKind.GROUP,
                native_id=group.id,
                shown=f"external group {group.name}",
                policies=group.policies,
            )

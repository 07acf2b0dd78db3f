"""What policies make of whoever bears them: whether they may give themselves the rest.

https://developer.hashicorp.com/vault/docs/concepts/policies
"""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from offboarding.model import Standing
from offboarding.sources.vault._api.client import UnansweredPathError, Vault, part
from offboarding.sources.vault._api.policies import PathRule, PolicyFormatError, rules_of, verdict
from offboarding.sources.vault.auth.answers import AclPolicy, IdentityGroup

ROOT, EVERYBODYS = "root", "default"
_ANY = "offboarding"
_OPENS_ALL = (
    (f"sys/policies/acl/{_ANY}", "update"),
    ("auth/token/create", "sudo"),
    (f"identity/entity/id/{_ANY}", "update"),
    (f"sys/auth/{_ANY}", "sudo"),
)
"""Requests by which one comes to any policy: writing one, tokens of any, any for an entity, a method of one's own."""
Power = tuple[bool | None, str]
"""Whether they are privileged, None where that can't be told; and by which policies."""


class Policies:
    """Those of one look, each asked for once, as it's borne by somebody."""

    def __init__(self, vault: Vault, privileged: Sequence[str]) -> None:
        self._vault = vault
        self._privileged = privileged
        self._rules: dict[str, tuple[PathRule, ...] | None] = {}
        self._groups: dict[str, tuple[str, ...] | None] = {}

    def power(self, borne: Iterable[Iterable[str] | None], groups: Iterable[str] = ()) -> Power:
        """Of whoever bears these, in addition to what groups bring. None among them: of some it isn't told."""
        brought = [*borne, *(self._of_group(group) for group in groups)]
        names = sorted({name for each in brought if each is not None for name in each})
        for name in names:
            if name == ROOT or any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self._privileged):
                return True, f"policy {name}"
        read = [self._of(name) for name in (*names, *(() if EVERYBODYS in names else (EVERYBODYS,)))]
        rules = [rule for each in read if each is not None for rule in each]
        found = [verdict(rules, path, capability) for path, capability in _OPENS_ALL]
        for each in found:
            if each.standing is Standing.WORKS:
                return True, f"policy {', '.join(each.policies)}"
        unsure = None in brought or None in read or any(each.standing is Standing.UNKNOWN for each in found)
        return (None if unsure else False), ""

    def _of(self, name: str) -> tuple[PathRule, ...] | None:
        if name not in self._rules:
            try:
                with self._vault.requests.of_all():
                    policy = self._vault.read(f"sys/policies/acl/{part(name)}", AclPolicy)
                self._rules[name] = rules_of(name, policy.policy) if policy else ()
            except (UnansweredPathError, PolicyFormatError):
                self._rules[name] = None
        return self._rules[name]

    def _of_group(self, native_id: str) -> tuple[str, ...] | None:
        if native_id not in self._groups:
            try:
                with self._vault.requests.of_all():
                    group = self._vault.read(f"identity/group/id/{part(native_id)}", IdentityGroup)
                self._groups[native_id] = group.policies or () if group else ()
            except UnansweredPathError:
                self._groups[native_id] = None
        return self._groups[native_id]

"""Whom bindings name, and what they give: authorised isn't authenticated.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.answers import RbacBinding, RbacRole, RbacRule
from offboarding.sources.kubernetes_cluster.client import RBAC, SYSTEM, KubernetesApi

EVERYBODY = "system:authenticated"
"""The group of whoever gets in."""
SERVICE_ACCOUNT = "system:serviceaccount:"
"""How the name of a service account begins, as a user; its namespace and name follow."""
SERVICE_ACCOUNTS = "system:serviceaccounts"
"""The group of all of them; those of a namespace are in one that its name follows, too."""
_OF_EVERY_CLUSTER = frozenset(
    {
        "system:basic-user",
        "system:discovery",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
    }
)
"""ClusterRoles that every cluster gives to everybody who gets in: they show what the API has, and oneself. Whoever may
write roles may have one of them give more, and nothing puts that right.
"""
_OF_ONESELF = frozenset({"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """That a binding gives a role."""

    binding: str
    """ClusterRoleBinding NAME, or RoleBinding NAMESPACE/NAME."""
    namespace: str
    """In which alone it's given; "" for the whole cluster."""
    role: str
    rules: tuple[RbacRule, ...] | None
    """What it allows; None where that isn't told, () for a role that isn't there."""
    only_shows: bool
    """It's of every cluster, and gives no more than there."""


class _Roles:
    """What roles allow, each list of them asked for once, as it's needed."""

    def __init__(self, api: KubernetesApi, purpose: Purpose) -> None:
        self._api = api
        self._purpose: Purpose = purpose

    def rules(self, namespace: str, kind: str, name: str) -> tuple[RbacRule, ...] | None:
        """Of a role in a namespace only where much hangs on that: what it allows anywhere else is that namespace's."""
        if kind == "Role":
            if namespace != SYSTEM:
                return ()
            roles = self._of_system
        else:
            roles = self._of_cluster
        return None if roles is None else roles.get(name, ())

    @cached_property
    def _of_cluster(self) -> Mapping[str, tuple[RbacRule, ...]] | None:
        return self._listed(f"{RBAC}/clusterroles", "ClusterRoleList")

    @cached_property
    def _of_system(self) -> Mapping[str, tuple[RbacRule, ...]] | None:
        return self._listed(f"{RBAC}/namespaces/{SYSTEM}/roles", "RoleList")

    def _listed(self, path: str, kind: str) -> Mapping[str, tuple[RbacRule, ...]] | None:
        """None where not all of them are told: which powers somebody has is then not checked."""
        unread = UnreadRows()
        try:
            with self._api.requests.of_all():
                roles = self._api.listed(path, self._purpose, RbacRole, unread, kind)
        except NotAnsweredError:
            return None
        return None if unread.told else {role.metadata.name: role.rules or () for role in roles}


class Bindings:
    """All of a cluster's, by whom they name: users, service accounts by their names as users, and groups."""

    def __init__(self, api: KubernetesApi, purpose: Purpose) -> None:
        """Read all of them. Raises NotAnsweredError where one of the lists isn't told."""
        unread = UnreadRows()
        self._roles = _Roles(api, purpose)
        self._users, self._groups = DiskIndex(api.where), DiskIndex(api.where)
        for path, kind in (("clusterrolebindings", "ClusterRoleBindingList"), ("rolebindings", "RoleBindingList")):
            for each in api.listed(f"{RBAC}/{path}", purpose, RbacBinding, unread, kind):
                self._take(each)
        self.error = unread.told
        """Why there may be others; "" where these are all."""

    @property
    def users(self) -> Iterator[str]:
        """Yield each user that is named and is no service account."""
        return (name for name in self._users if not name.startswith(SERVICE_ACCOUNT))

    @property
    def groups(self) -> Iterator[str]:
        """Yield each group that is named."""
        return iter(self._groups)

    def of_user(self, name: str) -> tuple[RoleGrant, ...]:
        """What a user is given by name."""
        return self._given(self._users, name)

    def of_group(self, name: str) -> tuple[RoleGrant, ...]:
        """What a group is given."""
        return self._given(self._groups, name)

    def of(self, user: str, groups: Iterable[str]) -> tuple[RoleGrant, ...]:
        """What a user in these groups is given, beside what every cluster gives to everybody."""
        named = [*self.of_user(user)]
        for group in groups:
            named += (each for each in self.of_group(group) if not each.only_shows)
        return tuple(named)

    def _take(self, binding: RbacBinding) -> None:
        namespace, role = binding.metadata.namespace, binding.roleRef
        given = json.dumps([namespace, binding.metadata.name, role.kind, role.name])
        for subject in binding.subjects or ():
            if subject.kind == "Group":
                self._groups.add(subject.name, given)
            elif subject.kind == "User":
                self._users.add(subject.name, given)
            elif within := subject.namespace or namespace:
                self._users.add(username_of(within, subject.name), given)

    def _given(self, named: DiskIndex, name: str) -> tuple[RoleGrant, ...]:
        """As nights tell them alike: a list's order is nobody's promise."""
        return tuple(sorted((self._grant(*json.loads(text)) for text in named.of(name)), key=lambda each: each.binding))

    def _grant(self, namespace: str, name: str, kind: str, role: str) -> RoleGrant:
        rules = self._roles.rules(namespace, kind, role)
        return RoleGrant(
            binding=f"RoleBinding {namespace}/{name}" if namespace else f"ClusterRoleBinding {name}",
            namespace=namespace,
            role=role,
            rules=rules,
            only_shows=kind == "ClusterRole" and role in _OF_EVERY_CLUSTER and _only_shows(rules),
        )


def _only_shows(rules: Sequence[RbacRule] | None) -> bool:
    """Of addresses that are no resources, and of oneself; False where that isn't told."""
    return rules is not None and all({*(rule.resources or ())} <= _OF_ONESELF for rule in rules)


def username_of(namespace: str, name: str) -> str:
    """As what user a service account gets in."""
    return f"{SERVICE_ACCOUNT}{namespace}:{name}"


def groups_of(namespace: str) -> tuple[str, ...]:
    """In which groups the service accounts of a namespace are."""
    return (EVERYBODY, SERVICE_ACCOUNTS, f"{SERVICE_ACCOUNTS}:{namespace}")

"""Whether what somebody is given makes them privileged: they may come by everything else.

https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
"""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from offboarding.sources.kubernetes_cluster.answers import RbacRule
from offboarding.sources.kubernetes_cluster.bindings import RoleGrant
from offboarding.sources.kubernetes_cluster.client import SYSTEM

MASTERS = "system:masters"
"""Whoever is in it may do everything, by no binding, and none takes it away."""
ADMIN = "cluster-admin"
Power = tuple[bool | None, str]
"""Whether they are privileged, None where that can't be told; and by what."""
_Request = tuple[str, str, str]
"""API group, resource, verb."""
_RBAC, _CERTIFICATES = "rbac.authorization.k8s.io", "certificates.k8s.io"
_APPS, _BATCH, _ADMISSION = "apps", "batch", "admissionregistration.k8s.io"
_WRITES = ("create", "update", "patch")
_RUNS: Sequence[Sequence[_Request]] = tuple(
    (each,)
    for each in (
        *(("", kind, verb) for kind in ("pods", "replicationcontrollers") for verb in _WRITES),
        *(
            (_APPS, kind, verb)
            for kind in ("deployments", "daemonsets", "statefulsets", "replicasets")
            for verb in _WRITES
        ),
        *((_BATCH, kind, verb) for kind in ("jobs", "cronjobs") for verb in _WRITES),
        ("", "pods/exec", "create"),
        ("", "pods/ephemeralcontainers", "update"),
        ("", "pods/ephemeralcontainers", "patch"),
        ("", "serviceaccounts/token", "create"),
    )
)
"""Requests by which one gets tokens of service accounts: by pods that run as them, or at once. Of a pod that is there
already one may change the image.
"""
_SECRETS: Sequence[Sequence[_Request]] = tuple((("", "secrets", verb),) for verb in ("list", "watch", "get"))
_ANYWHERE: Sequence[Sequence[_Request]] = (
    *(((_RBAC, "clusterroles", "escalate"), (_RBAC, "clusterroles", verb)) for verb in _WRITES[1:]),
    *(((_RBAC, "clusterroles", "bind"), (_RBAC, "clusterrolebindings", verb)) for verb in _WRITES),
    (("", "users", "impersonate"),),
    (("", "groups", "impersonate"),),
    (("", "serviceaccounts", "impersonate"),),
    *_SECRETS,
    *_RUNS,
    *((("", "nodes/proxy", verb),) for verb in ("get", "create")),
    *(
        ((_ADMISSION, kind, verb),)
        for kind in ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
        for verb in _WRITES
    ),
    *(
        ((_CERTIFICATES, "certificatesigningrequests/approval", verb), (_CERTIFICATES, "signers", "approve"))
        for verb in _WRITES[1:]
    ),
)
"""Requests by which one comes to everything, where each of a row is allowed in the whole cluster: roles of any kind,
being anybody, tokens of service accounts that may do more, what nodes run, all that is written, certificates of
anybody's name.
"""
_IN_SYSTEM: Sequence[Sequence[_Request]] = (
    *_RUNS,
    (("", "serviceaccounts", "impersonate"),),
    *(((_RBAC, "roles", "escalate"), (_RBAC, "roles", verb)) for verb in _WRITES[1:]),
    *(((_RBAC, kind, "bind"), (_RBAC, "rolebindings", verb)) for kind in ("clusterroles", "roles") for verb in _WRITES),
)
"""The same within kube-system alone, where the cluster's own controllers are."""
_PERHAPS_IN_SYSTEM: Sequence[Sequence[_Request]] = (*_SECRETS, (("", "pods/exec", "get"),))
"""By which one may, within kube-system, as things stand there: a Secret may hold a controller's token, and before
Kubernetes 1.35 whoever may get it runs anything in what runs (https://github.com/kubernetes/kubernetes/issues/78741).
"""


def power(grants: Iterable[RoleGrant], groups: Iterable[str], privileged: Sequence[str], *, complete: bool) -> Power:
    """Of whoever is given these and is in these groups. `complete`: they are given nothing else."""
    given = list(grants)
    for group in groups:
        if group == MASTERS or _is_named(group, privileged):
            return True, f"group {group}"
    for each in given:
        if (each.role == ADMIN and not each.namespace) or _is_named(each.role, privileged):
            return True, f"role {each.role} by {each.binding}"
    cluster = [each for each in given if not each.namespace]
    system = [each for each in given if each.namespace in {"", SYSTEM}]
    verdicts = [_all_of(cluster, row) for row in _ANYWHERE] + [_all_of(system, row) for row in _IN_SYSTEM]
    for allowed, by in verdicts:
        if allowed:
            return True, by
    unsure = any(allowed is None for allowed, _ in verdicts) or any(each.rules is None for each in system)
    unsure = unsure or any(_all_of(system, row)[0] is not False for row in _PERHAPS_IN_SYSTEM)
    return (None if unsure or not complete else False), ""


def _all_of(grants: Sequence[RoleGrant], row: Sequence[_Request]) -> Power:
    found = [_allows(grants, request) for request in row]
    by = "roles" if len({role for _, role in found}) > 1 else "role"
    allowed = [each for each, _ in found]
    if False in allowed:
        return False, ""
    return (None if None in allowed else True), f"{by} {', '.join(dict.fromkeys(role for _, role in found))}"


def _allows(grants: Sequence[RoleGrant], request: _Request) -> Power:
    """Whether one of them allows a request for any name, and which role does."""
    perhaps = False
    for grant in grants:
        for allowed in (_by(rule, request) for rule in grant.rules or ()):
            if allowed:
                return True, grant.role
            perhaps = perhaps or allowed is None
    return (None if perhaps else False), ""


def _by(rule: RbacRule, request: _Request) -> bool | None:
    group, resource, verb = request
    if not (
        _fits(rule.apiGroups, group)
        and (_fits(rule.resources, resource) or f"*/{resource.partition('/')[2]}" in (rule.resources or ()))
        and _fits(rule.verbs, verb)
    ):
        return False
    if rule.resourceNames:
        # What is made has no name yet; of all else, some names may be as good as all.
        return False if verb == "create" and "/" not in resource else None
    return True


def _fits(given: Sequence[str] | None, wanted: str) -> bool:
    return wanted in (given or ()) or "*" in (given or ())


def _is_named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)

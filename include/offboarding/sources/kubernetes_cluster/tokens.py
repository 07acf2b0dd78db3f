"""Tokens of service accounts that lie in Secrets: they never end, and go on as long as both are there.

https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from offboarding.model import Account, Credential, Standing, SubjectKind
from offboarding.net.service.api import Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.answers import ObjectMeta
from offboarding.sources.kubernetes_cluster.client import CORE, SYSTEM, KubernetesApi, part

TOKEN = SubjectKind.SERVICE_CREDENTIAL
OF_SERVICE_ACCOUNT, OF_BOOTSTRAP = "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"
_NAME, _UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"
_LAST_USED, _INVALID = "kubernetes.io/legacy-token-last-used", "kubernetes.io/legacy-token-invalid-since"
"""Labels: the day of the last use, and since when it's refused, which it is as long as the label is there."""


class TokenSecrets:
    """Of each Secret that holds a service account's token, by whose it says it is."""

    def __init__(self, api: KubernetesApi, purpose: Purpose, unread: UnreadRows, namespace: str = "") -> None:
        """Of one namespace, or of all. Raises NotAnsweredError."""
        self._kept = DiskIndex(api.where)
        self.count = 0
        within = f"namespaces/{part(namespace)}/" if namespace else ""
        path, picked = f"{CORE}/{within}secrets", f"type={OF_SERVICE_ACCOUNT}"
        for each in api.listed_metadata(path, purpose, unread, fieldSelector=picked):
            self.count += 1
            noted = each.metadata
            self._kept.add(f"{noted.namespace}/{(noted.annotations or {}).get(_NAME, '')}", noted.model_dump_json())

    def of(self, owner: ObjectMeta) -> Iterator[ObjectMeta]:
        """Yield those, of its namespace, whose token is its own: of an older one of its name, it works no more."""
        found = map(ObjectMeta.model_validate_json, self._kept.of(f"{owner.namespace}/{owner.name}"))
        for each in sorted(found, key=lambda secret: secret.name):
            if (each.annotations or {}).get(_UID, owner.uid) == owner.uid:
                yield each


def bootstrap_secrets(api: KubernetesApi, purpose: Purpose, unread: UnreadRows) -> list[ObjectMeta]:
    """Of each bootstrap token's. Raises NotAnsweredError."""
    path = f"{CORE}/namespaces/{SYSTEM}/secrets"
    found = api.listed_metadata(path, purpose, unread, fieldSelector=f"type={OF_BOOTSTRAP}")
    return [each.metadata for each in found]


def of_secret(account: Account, secret: ObjectMeta) -> Credential:
    """The token in a Secret. Of one that is refused, the last use is the last try."""
    labels, noted = secret.labels or {}, secret.annotations or {}
    standing, reason = Standing.WORKS, "a Secret holds it, and it never ends"
    refused = _INVALID in labels
    if refused:
        standing, reason = Standing.DEAD, f"refused since {labels[_INVALID]}, until that label is taken away"
    elif _UID not in noted:
        standing, reason = Standing.UNKNOWN, "the cluster hasn't said yet that the Secret holds a token"
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=TOKEN,
        native_id=f"{secret.namespace}/{secret.name}/{secret.uid}",
        label=f"token in Secret {secret.namespace}/{secret.name}",
        standing=standing,
        standing_reason=f"Kubernetes: {reason}",
        can_reactivate=refused,
        created_at=secret.creationTimestamp,
        last_used_at=None if refused else _day(labels.get(_LAST_USED, "")),
    )


def _day(text: str) -> datetime | None:
    """The beginning of a day, in UTC: it was used no earlier."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None

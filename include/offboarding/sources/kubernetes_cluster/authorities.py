"""Which authorities' client certificates the API server takes: what it tells itself, in a ConfigMap.

https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
"""

from collections.abc import Mapping, Sequence

from cryptography import x509

from offboarding.model.errors import FatalError
from offboarding.net.revocation.crl import is_authority, issued
from offboarding.net.service.answers import Told
from offboarding.net.service.api import Purpose
from offboarding.sources.kubernetes_cluster.client import CORE, SYSTEM, KubernetesApi

NAME = "extension-apiserver-authentication"
_FILE = "client-ca-file"


class ConfigMap(Told):
    """As far as it's of interest."""

    data: Mapping[str, str] | None = None


def client_authorities(api: KubernetesApi, purpose: Purpose) -> tuple[x509.Certificate, ...]:
    """All of them. Raises NotAnsweredError where they aren't told, FatalError where one can't be read."""
    found = api.one(f"{CORE}/namespaces/{SYSTEM}/configmaps/{NAME}", purpose, ConfigMap, f"configmaps/{NAME}")
    text = (found.data or {}).get(_FILE, "")
    if not text.strip():
        raise FatalError(f"{api.where}: configmaps/{NAME} names no {_FILE}: see how the API server is started")
    try:
        return tuple(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        raise FatalError(f"{api.where}: configmaps/{NAME}: its {_FILE} can't be read") from None


def signed_by(authorities: Sequence[x509.Certificate], chain: Sequence[x509.Certificate]) -> bool:
    """Whether one of them signed the first, itself or through the others, which its holder sends along."""
    seen, waiting, between = set[bytes](), [*chain[:1]], [each for each in chain[1:] if _may_sign(each)]
    while waiting:
        each = waiting.pop()
        if any(issued(authority, each) for authority in authorities):
            return True
        for other in between:
            if other.signature not in seen and issued(other, each):
                seen.add(other.signature)
                waiting.append(other)
    return False


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        return is_authority(certificate)
    except ValueError:  # of an extension that isn't one
        return False

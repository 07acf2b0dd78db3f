"""Client certificates: those that the cluster signed, as long as their requests are there. Nobody can revoke one.

https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
"""

import base64
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from offboarding.model.days import epoch_moment
from offboarding.net.service.api import Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.answers import SigningRequest
from offboarding.sources.kubernetes_cluster.client import CERTIFICATES, KubernetesApi

CLIENTS = "kubernetes.io/kube-apiserver-client"
"""The signer whose certificates the API server takes of people; nodes' own has another."""
CERTIFICATE = "certificate/"
"""How the native id of one begins; its end and its fingerprint follow."""
_NATIVE_ID = re.compile(rf"{CERTIFICATE}(\d+)/[0-9a-f]{{64}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """One that was signed."""

    user: str
    """As whom it gets in: its common name."""
    groups: tuple[str, ...]
    """Its organizations."""
    ends_at: datetime
    fingerprint: str
    """SHA-256, in hexadecimal."""
    requested_by: str
    requested_at: datetime | None

    @property
    def native_id(self) -> str:
        """With its end, since that's all that is known of it once its request is gone."""
        return f"{CERTIFICATE}{int(self.ends_at.timestamp())}/{self.fingerprint}"

    @property
    def called(self) -> str:
        """By people."""
        return f"client certificate {self.fingerprint[:16]} of {self.user}"


def end_of(native_id: str) -> datetime | None:
    """When a certificate ends, by its id; None of what is none."""
    found = _NATIVE_ID.fullmatch(native_id)
    return epoch_moment(int(found[1])) if found else None


def client_certificates(api: KubernetesApi, purpose: Purpose, unread: UnreadRows) -> Iterator[ClientCertificate]:
    """Yield those whose requests are there. Raises NotAnsweredError where they aren't told."""
    path, kind = f"{CERTIFICATES}/certificatesigningrequests", "CertificateSigningRequestList"
    for request in api.listed(path, purpose, SigningRequest, unread, kind):
        signed = request.status and request.status.certificate
        if request.spec.signerName != CLIENTS or not signed:
            continue
        try:
            with warnings.catch_warnings(action="ignore"):  # of what a signer got wrong
                found = _read(request, signed)
        except Exception:  # noqa: BLE001 - cryptography raises kinds of its own (InvalidVersion), and more with time
            what = "certificatesigningrequests: one holds no certificate that can be read"
            unread.sentences.append(f"{api.where}: {what}")
            continue
        if found.user:  # nobody gets in by one without a name
            yield found


def client_certificate(
    found: x509.Certificate, requested_by: str = "", requested_at: datetime | None = None
) -> ClientCertificate:
    """What a certificate says. Raises ValueError where that can't be read."""
    names = _values(found.subject, NameOID.COMMON_NAME)
    return ClientCertificate(
        user=names[-1] if names else "",
        groups=tuple(sorted(_values(found.subject, NameOID.ORGANIZATION_NAME))),
        ends_at=found.not_valid_after_utc,
        fingerprint=found.fingerprint(SHA256()).hex(),
        requested_by=requested_by,
        requested_at=requested_at or found.not_valid_before_utc,
    )


def _read(request: SigningRequest, certificate: str) -> ClientCertificate:
    found = x509.load_pem_x509_certificates(base64.b64decode(certificate, validate=True))[0]
    return client_certificate(found, request.spec.username, request.metadata.creationTimestamp)


def _values(subject: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    values: list[str | bytes] = [each.value for each in subject.get_attributes_for_oid(oid)]
    return [each if isinstance(each, str) else each.decode(errors="replace") for each in values]

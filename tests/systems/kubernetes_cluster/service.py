"""A Kubernetes API server over HTTPS, held to Kubernetes' published schemas; and what a cluster's administrators do.

As documented at https://kubernetes.io/docs/reference/using-api/api-concepts/: a list is of one moment, which is
forgotten after a while; whoever asks for metadata alone gets nothing else. Its reader may what our page says.
"""

import base64
import itertools
import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import jwt
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import kubernetes_cluster
from tests.support.described.server import Answered, Asked, Described, Description, described
from tests.support.usual_read import CONTEXT

CLUSTER = "8a1f9c0e-0000-4000-8000-00000000c1a5"
READER = "system:serviceaccount:kube-system:offboarding-audit"
TOKEN = jwt.encode({"sub": READER}, "a key that the cluster alone has, as long as it has to be", algorithm="HS256")
VALUE = base64.b64encode(b"the value of a Secret").decode()
MADE, ASKED_AT = "2020-03-01T09:00:00Z", "2026-11-24T16:00:00Z"
RBAC = "rbac.authorization.k8s.io"
CLIENTS = "kubernetes.io/kube-apiserver-client"
OF_SERVICE_ACCOUNT, OF_BOOTSTRAP = "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"
PAGE = Path(__file__).parents[3] / "docs" / "permissions" / "kubernetes.md"
_KINDS = {
    "secrets": ("v1", "Secret"),
    "serviceaccounts": ("v1", "ServiceAccount"),
    "namespaces": ("v1", "Namespace"),
    "configmaps": ("v1", "ConfigMap"),
    "clusterrolebindings": (f"{RBAC}/v1", "ClusterRoleBinding"),
    "rolebindings": (f"{RBAC}/v1", "RoleBinding"),
    "clusterroles": (f"{RBAC}/v1", "ClusterRole"),
    "roles": (f"{RBAC}/v1", "Role"),
    "certificatesigningrequests": ("certificates.k8s.io/v1", "CertificateSigningRequest"),
}
Thing = dict[str, Any]


class KubernetesService:
    """One cluster. `rules` are what its reader may, until a test takes something away."""

    def __init__(self) -> None:
        self.rules = documented()
        self.things: dict[str, dict[tuple[str, str], Thing]] = {kind: {} for kind in _KINDS}
        self.forgets = 0
        """How many times it forgets a list before it's asked for the next page."""
        self.spoils: Callable[[Thing], Thing] = lambda answer: answer
        """What becomes of an answer on the way."""
        self.shows_all = False
        """It doesn't know of metadata alone, and answers whole objects to whoever wants that."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.between_pages: Callable[[], None] | None = None
        self.accepted: list[tuple[str, str]] = []
        """What was asked, and in which form."""
        self._kept: dict[str, tuple[list[Thing], int]] = {}
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._put("namespaces", "", "kube-system", {}, uid=CLUSTER)
        self.role("cluster-admin", ("*", "*", "*"))
        self.role("view", ("", "pods", "get,list"))
        self.config_map("extension-apiserver-authentication", {"client-ca-file": self.authority()})
        for name, group in (("system:discovery", "system:authenticated"), ("cluster-admin", "system:masters")):
            self.bind(name, role=name, group=group)
        own = "offboarding-audit"
        self.service_account("kube-system", own)
        self.things["clusterroles"]["", own] = self._made("", own, {"rules": documented()})
        self.bind(own, role=own, service_account=("kube-system", own))

    # --- what people do there -----------------------------------------------------------------------------------------

    def service_account(self, namespace: str, name: str, **more: Any) -> Thing:
        """One, with nothing."""
        return self._put("serviceaccounts", namespace, name, {}, **more)

    def token(
        self,
        namespace: str,
        name: str,
        secret: str,
        *,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> Thing:
        """A Secret with a token of a service account."""
        owner = self.things["serviceaccounts"][namespace, name]["metadata"]["uid"]
        own = {"kubernetes.io/service-account.name": name, "kubernetes.io/service-account.uid": owner}
        own |= annotations or {}
        body = {"type": OF_SERVICE_ACCOUNT, "data": {"token": VALUE, "ca.crt": VALUE, "namespace": VALUE}}
        return self._put("secrets", namespace, secret, body, annotations=own, labels=dict(labels or {}))

    def secret(self, namespace: str, name: str, kind: str, annotations: Mapping[str, str] | None = None) -> Thing:
        """Any Secret."""
        body = {"type": kind, "data": {"it": VALUE}}
        return self._put("secrets", namespace, name, body, annotations=dict(annotations or {}))

    def role(self, name: str, *rules: tuple[str, str, str], names: tuple[str, ...] = (), namespace: str = "") -> None:
        """A rule each: API group, resources, verbs, with commas."""
        told = [
            {"apiGroups": [group], "resources": resources.split(","), "verbs": verbs.split(",")}
            | ({"resourceNames": list(names)} if names else {})
            for group, resources, verbs in rules
        ]
        self._put("roles" if namespace else "clusterroles", namespace, name, {"rules": told})

    def bind(
        self,
        name: str,
        *,
        role: str,
        user: str = "",
        group: str = "",
        service_account: tuple[str, str] | None = None,
        namespace: str = "",
        kind: str = "ClusterRole",
    ) -> Thing:
        """A binding of one subject."""
        subjects: list[Thing] = [
            {"kind": kind, "name": named, "apiGroup": RBAC}
            for kind, named in (("User", user), ("Group", group))
            if named
        ]
        if service_account:
            within, named = service_account
            subjects.append({"kind": "ServiceAccount", "name": named} | ({"namespace": within} if within else {}))
        body = {"roleRef": {"apiGroup": RBAC, "kind": kind, "name": role}, "subjects": subjects}
        return self._put("rolebindings" if namespace else "clusterrolebindings", namespace, name, body)

    def request(
        self, name: str, user: str, *groups: str, by: str = "", days: int = 365, signer: str = CLIENTS, **more: Any
    ) -> Thing:
        """A request that was approved and signed, of somebody (`by`; the user themselves)."""
        made = self.signed(user, *groups, ends=datetime(2026, 11, 24, 16, tzinfo=UTC) + timedelta(days=days))
        status = {"certificate": base64.b64encode(made).decode()}
        spec = {"request": VALUE, "signerName": signer, "username": by or user, "groups": ["system:authenticated"]}
        body = {"spec": {**spec, "usages": ["client auth"]}, "status": status, **more}
        return self._put("certificatesigningrequests", "", name, body, creationTimestamp=ASKED_AT)

    def signed(self, user: str, *groups: str, ends: datetime, issuer: str = "kubernetes") -> bytes:
        """A certificate, in PEM."""
        words = [(NameOID.ORGANIZATION_NAME, group) for group in groups] + (
            [(NameOID.COMMON_NAME, user)] if user else []
        )
        subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in words])
        by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(self._key.public_key())
        builder = builder.serial_number(next(self._ids)).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        return builder.not_valid_after(ends).sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def authority(self) -> str:
        """The authority that signs, in PEM."""
        return self.signed_authority(self, "kubernetes").decode()

    def signed_authority(self, below: "KubernetesService", name: str, *, is_one: bool = True) -> bytes:
        """An authority below this one's, in PEM: another cluster's key by a name; or one that only looks like it."""
        subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "kubernetes"))
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(below._key.public_key())
        builder = builder.serial_number(next(self._ids)).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        builder = builder.not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        builder = builder.add_extension(x509.BasicConstraints(ca=is_one, path_length=None), critical=True)
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def replace_authority(self) -> None:
        """From now on another one signs, and the API server takes no certificate of the one before."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.config_map("extension-apiserver-authentication", {"client-ca-file": self.authority()})

    def config_map(self, name: str, data: Mapping[str, str]) -> Thing:
        """One of kube-system's."""
        return self._put("configmaps", "kube-system", name, {"data": dict(data)})

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Take it away; with a service account go its tokens, as the cluster sees to."""
        del self.things[kind][namespace, name]
        if kind == "serviceaccounts":
            self.things["secrets"] = {
                key: each
                for key, each in self.things["secrets"].items()
                if (key[0], each["metadata"]["annotations"].get("kubernetes.io/service-account.name"))
                != (namespace, name)
            }

    def forbid(self, resource: str, verb: str = "list") -> None:
        """Take a right from the reader."""
        self.rules = [
            {**rule, "resources": [resource_], "verbs": [verb_]}
            for rule in self.rules
            for resource_ in rule["resources"]
            for verb_ in rule["verbs"]
            if (resource_, verb_) != (resource, verb)
        ]

    def _put(self, kind: str, namespace: str, name: str, body: Thing, **more: Any) -> Thing:
        self.things[kind][namespace, name] = made = self._made(namespace, name, body, **more)
        return made

    def _made(self, namespace: str, name: str, body: Thing, **more: Any) -> Thing:
        number = next(self._ids)
        meta = {"name": name, "uid": f"00000000-0000-4000-8000-{number:012}", "creationTimestamp": MADE}
        meta |= {"resourceVersion": str(number)} | ({"namespace": namespace} if namespace else {}) | more
        manager = {"manager": "kubectl-create", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {}}
        return {"metadata": {**meta, "managedFields": [manager]}, **body}

    # --- what is asked ------------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            if self.limits:
                return self.limits.pop(0)
            if asked.headers.get("authorization") != f"Bearer {TOKEN}":
                return _status(401, "Unauthorized", "Unauthorized")
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Answered:
        words = asked.path.strip("/").split("/")
        words = words[2:] if words[0] == "api" else words[3:]
        namespace = ""
        if words[0] == "namespaces" and len(words) > 2:
            namespace, words = words[1], words[2:]
        kind, name = words[0], words[1] if len(words) > 1 else ""
        self.accepted.append((asked.path, asked.headers.get("accept", "")))
        verb = "get" if name else "list"
        if asked.method != "GET" or not self._allows(kind, verb, name):
            where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
            who = f'{kind} is forbidden: User "{READER}" cannot {verb} resource "{kind}"'
            return _status(403, "Forbidden", f'{who} in API group "{_group(kind)}" {where}')
        if name:
            found = self.things[kind].get((namespace, name))
            return self._one(asked, kind, found) if found else _status(404, "NotFound", f'{kind} "{name}" not found')
        return self._list(asked, kind, namespace)

    def _allows(self, kind: str, verb: str, name: str) -> bool:
        return any(
            _group(kind) in rule["apiGroups"]
            and kind in rule["resources"]
            and verb in rule["verbs"]
            and name in rule.get("resourceNames", [name])
            for rule in self.rules
        )

    def _one(self, asked: Asked, kind: str, found: Thing) -> Answered:
        form = self._form(asked)
        if form == "PartialObjectMetadata":
            return Answered(body=self.spoils(_partial(found)))
        if form:
            return _status(406, "NotAcceptable", f"you requested {form}, but the requested object is one")
        version, called = _KINDS[kind]
        return Answered(body=self.spoils({"kind": called, "apiVersion": version, **found}))

    def _list(self, asked: Asked, kind: str, namespace: str) -> Answered:
        form, query = self._form(asked), asked.query
        if form not in {"", "PartialObjectMetadataList"}:
            return _status(406, "NotAcceptable", f"you requested {form}, but the requested object is a list")
        if "continue" in query:
            if self.forgets or query["continue"] not in self._kept:
                self.forgets = max(self.forgets - 1, 0)
                return _status(410, "Expired", "The provided continue parameter is too old")
            rows, at = self._kept[query["continue"]]
        else:
            picked = self._picked(kind, namespace, query.get("fieldSelector", ""))
            if picked is None:
                return _status(400, "BadRequest", "field label not supported")
            rows, at = picked, 0
        size = int(query.get("limit", "0")) or len(rows) + 1
        shown, meta = rows[at : at + size], {"resourceVersion": "1"}
        if len(rows) > at + size:
            meta["continue"] = base64.urlsafe_b64encode(f"{kind} {at + size} {len(self._kept)}".encode()).decode()
            self._kept[meta["continue"]] = (rows, at + size)
            if self.between_pages:
                moves, self.between_pages = self.between_pages, None
                moves()
        if form:
            body = {"kind": form, "apiVersion": "meta.k8s.io/v1", "items": [_partial(each) for each in shown]}
        else:
            version, called = _KINDS[kind]
            body = {"kind": f"{called}List", "apiVersion": version, "items": shown}
        return Answered(body=self.spoils({**body, "metadata": meta}))

    def _picked(self, kind: str, namespace: str, selector: str) -> list[Thing] | None:
        """As it stands now; in the order in which the cluster keeps it."""
        rows = [
            json.loads(json.dumps(each)) for key, each in sorted(self.things[kind].items()) if namespace in {"", key[0]}
        ]
        field, _, value = selector.partition("=")
        if not selector:
            return rows
        return [each for each in rows if each.get("type") == value] if (kind, field) == ("secrets", "type") else None

    def _form(self, asked: Asked) -> str:
        """Which form is asked for; "" for the whole."""
        words = dict(part.split("=", 1) for part in asked.headers.get("accept", "").split(";") if "=" in part)
        return "" if self.shows_all else words.get("as", "")


def documented() -> list[Thing]:
    """The rules of the ClusterRole on our page."""
    block = PAGE.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    return cast("list[Thing]", yaml.safe_load(block)["rules"])


def limited(seconds: int) -> Answered:
    """What is said to whoever asked too often."""
    return replace(_status(429, "TooManyRequests", "too many requests"), headers={"Retry-After": str(seconds)})


def _group(kind: str) -> str:
    return _KINDS[kind][0].rpartition("/")[0]


def _partial(whole: Thing) -> Thing:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": whole["metadata"]}


def _status(code: int, reason: str, message: str) -> Answered:
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return Answered(status=code, body={**body, "message": message, "reason": reason, "code": code})


@dataclass(frozen=True, kw_only=True)
class KubernetesPlace:
    """A running API server, and how it's reached."""

    kept: KubernetesService
    service: Described
    tls: Tls | None

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        return ConnectionFields(**(self.service.fields(conn_id="seoul_1", password=TOKEN) | changes))

    def source(
        self,
        connection: ConnectionFields | None = None,
        *,
        privileged: tuple[str, ...] = (),
        later: timedelta = timedelta(0),
        **settings: Any,
    ) -> Source:
        """A new reader, of a night that is `later`."""
        given = {"name": "seoul-1", "kind": "kubernetes_cluster", "connection": "seoul_1"}
        own = kubernetes_cluster.Settings.model_validate(given | settings)
        context = replace(CONTEXT, as_of=CONTEXT.as_of + later, privileged_names=privileged)
        return kubernetes_cluster.build(own, connection or self.connection(), "", context)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their labels."""
        return {fact.label: fact for fact in self.source(**settings).collect() if isinstance(fact, Account)}


@cache
def description() -> Description:
    """Kubernetes' own."""
    return Description("kubernetes_cluster")


@contextmanager
def kubernetes_place(tls: Tls | None) -> Generator[KubernetesPlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked."""
    kept = KubernetesService()
    with described(kept.answer, description() if tls else None, tls) as service:
        yield KubernetesPlace(kept=kept, service=service, tls=tls)

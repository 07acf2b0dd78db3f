"""Make a description of what we ask of Kubernetes: `python -m tests.systems.kubernetes_cluster.schemas`.

Its schemas are Kubernetes' published ones as the package kubernetes-validate carries them, without prose; its
operations, those of Kubernetes' own OpenAPI description. Where each comes from says the README beside this.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from tests.support.described.server import description_of
from tests.support.described.trim import bare

RELEASE = "v1.37.0-local-strict"
_REFERRED, _BELOW = "#/$defs/", "#/components/schemas/"
_RBAC, _CERTIFICATES = "/apis/rbac.authorization.k8s.io/v1", "/apis/certificates.k8s.io/v1"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_LISTED = {
    "/api/v1/secrets": "io.k8s.api.core.v1.SecretList",
    "/api/v1/namespaces/{namespace}/secrets": "io.k8s.api.core.v1.SecretList",
    "/api/v1/serviceaccounts": "io.k8s.api.core.v1.ServiceAccountList",
    f"{_CERTIFICATES}/certificatesigningrequests": "io.k8s.api.certificates.v1.CertificateSigningRequestList",
    f"{_RBAC}/clusterrolebindings": "io.k8s.api.rbac.v1.ClusterRoleBindingList",
    f"{_RBAC}/rolebindings": "io.k8s.api.rbac.v1.RoleBindingList",
    f"{_RBAC}/clusterroles": "io.k8s.api.rbac.v1.ClusterRoleList",
    f"{_RBAC}/namespaces/{{namespace}}/roles": "io.k8s.api.rbac.v1.RoleList",
}
_READ = {
    "/api/v1/namespaces/{name}": "io.k8s.api.core.v1.Namespace",
    "/api/v1/namespaces/{namespace}/serviceaccounts/{name}": "io.k8s.api.core.v1.ServiceAccount",
    "/api/v1/namespaces/{namespace}/configmaps/{name}": "io.k8s.api.core.v1.ConfigMap",
}
_QUERY = {"limit": "integer", "continue": "string", "fieldSelector": "string", "labelSelector": "string"}
"""Of a list, those that concern what is in it, and not how it's shown or watched."""
_KINDS = ("Secret", "ServiceAccount", "Namespace")
"""Of which metadata alone is asked for."""


def made() -> dict[str, Any]:
    """The whole of it, in OpenAPI 3.1, whose schemas are JSON Schema's."""
    package = files("kubernetes_validate") / "kubernetes-json-schema" / RELEASE
    told: dict[str, Any] = json.loads((package / "_definitions.json").read_text("utf-8"))["$defs"]
    schemas: dict[str, Any] = {**_only_metadata()}
    waiting = [*_LISTED.values(), *_READ.values(), f"{_META}.ObjectMeta", f"{_META}.ListMeta"]
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = _pointing(bare(told[name]))
            waiting += _referred(schemas[name])
    paths = {path: {"get": _operation(path, name, _QUERY)} for path, name in _LISTED.items()}
    paths |= {path: {"get": _operation(path, name, {})} for path, name in _READ.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kubernetes", "version": RELEASE.partition("-")[0]},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _operation(path: str, name: str, query: dict[str, str]) -> dict[str, Any]:
    within = [each.partition("}")[0] for each in path.split("{")[1:]]
    parameters = [{"name": each, "in": "path", "required": True, "schema": {"type": "string"}} for each in within]
    parameters += [{"name": each, "in": "query", "schema": {"type": kind}} for each, kind in query.items()]
    whole = [{"$ref": _BELOW + name}]
    if any(name.endswith((f".{kind}", f".{kind}List")) for kind in _KINDS):
        whole.append({"$ref": f"{_BELOW}PartialObjectMetadata{'List' if query else ''}"})
    return {
        "parameters": parameters,
        "responses": {"200": {"content": {"application/json": {"schema": {"oneOf": whole}}}}},
    }


def _only_metadata() -> dict[str, Any]:
    """What https://kubernetes.io/docs/reference/using-api/api-concepts/ says of it, and no schema does."""
    version = {"type": "string", "enum": ["meta.k8s.io/v1"]}
    one = {
        "type": "object",
        "required": ["kind", "apiVersion", "metadata"],
        "properties": {
            "kind": {"type": "string", "enum": ["PartialObjectMetadata"]},
            "apiVersion": version,
            "metadata": {"$ref": f"{_BELOW}{_META}.ObjectMeta"},
        },
        "additionalProperties": False,
    }
    several = {
        **one,
        "required": ["kind", "apiVersion", "metadata", "items"],
        "properties": {
            "kind": {"type": "string", "enum": ["PartialObjectMetadataList"]},
            "apiVersion": version,
            "metadata": {"$ref": f"{_BELOW}{_META}.ListMeta"},
            "items": {"type": "array", "items": {"$ref": f"{_BELOW}PartialObjectMetadata"}},
        },
    }
    return {"PartialObjectMetadata": one, "PartialObjectMetadataList": several}


def _pointing(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: f"{_BELOW}{each.rpartition(_REFERRED)[2]}"
            if name == "$ref" and isinstance(each, str)
            else _pointing(each)
            for name, each in part.items()
            if name not in {"$schema", "$id"}
        }
    return [_pointing(each) for each in part] if isinstance(part, list) else part


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, each in part.items():
            if name == "$ref" and isinstance(each, str):
                yield each.removeprefix(_BELOW)
            else:
                yield from _referred(each)
    elif isinstance(part, list):
        for each in part:
            yield from _referred(each)


if __name__ == "__main__":
    text = json.dumps(made(), indent=1, ensure_ascii=False) + "\n"
    description_of("kubernetes_cluster").write_text(text, encoding="utf-8")

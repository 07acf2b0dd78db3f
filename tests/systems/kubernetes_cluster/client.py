"""What Kubernetes' own client sees of a cluster: whom bindings name, service accounts, Secrets, signed requests."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from kubernetes.client import ApiClient, CertificatesV1Api, Configuration, CoreV1Api, RbacAuthorizationV1Api

TOLD = json.load(sys.stdin)


def signed_in() -> ApiClient:
    asking = Configuration(host=TOLD["address"], api_key={"authorization": TOLD["token"]})
    asking.api_key_prefix["authorization"] = "Bearer"
    asking.ssl_ca_cert = TOLD["trusted"]
    return ApiClient(asking)


def whole(listing: Callable[..., Any], **options: Any) -> Iterator[Any]:
    """Each object, in pages of three."""
    page = listing(limit=3, **options)
    yield from page.items
    while page.metadata._continue:
        page = listing(limit=3, _continue=page.metadata._continue, **options)
        yield from page.items


def named(listing: Callable[..., Any], **options: Any) -> list[str]:
    """Each object's namespace and name."""
    return [f"{each.metadata.namespace}/{each.metadata.name}" for each in whole(listing, **options)]


api = signed_in()
core, rbac = CoreV1Api(api), RbacAuthorizationV1Api(api)
bindings = [*whole(rbac.list_cluster_role_binding), *whole(rbac.list_role_binding_for_all_namespaces)]
asked = list(whole(CertificatesV1Api(api).list_certificate_signing_request))
seen = {
    "users": [subject.name for each in bindings for subject in each.subjects or () if subject.kind == "User"],
    "service_accounts": named(core.list_service_account_for_all_namespaces),
    "tokens": named(core.list_secret_for_all_namespaces, field_selector=f"type={TOLD['tokens']}"),
    "bootstrap": named(core.list_secret_for_all_namespaces, field_selector=f"type={TOLD['bootstrap']}"),
    "certificates": [each.status.certificate for each in asked if each.status.certificate],
}
json.dump(seen, sys.stdout)

"""What a Kubernetes API server answers, as far as it's of interest.

https://kubernetes.io/docs/reference/kubernetes-api/
"""

from collections.abc import Mapping
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from offboarding.net.service.answers import Moment, Told

_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Which may be left out, or be null: its published schema says so of nearly all."""
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _without_applied(annotations: object) -> object:
    """Without the object as it was applied, which of a Secret holds its values."""
    if not isinstance(annotations, dict):
        return annotations
    given = cast("dict[object, object]", annotations)
    return {name: value for name, value in given.items() if name != _APPLIED}


class ObjectMeta(Told):
    """What is told of every object."""

    name: str
    namespace: _Text = ""
    uid: str
    creationTimestamp: Moment | None = None  # noqa: N815 - the API's word
    labels: Mapping[str, str] | None = Field(default=None, repr=False)
    annotations: Annotated[Mapping[str, str] | None, BeforeValidator(_without_applied)] = Field(
        default=None, repr=False
    )


class OnlyMetadata(Told):
    """An object of any kind, without what's in it."""

    metadata: ObjectMeta


class _ObjectName(Told):
    name: str
    namespace: _Text = ""


class BoundSubject(Told):
    """Whom a binding names. Of a user or a group there's no object anywhere: it's a word that an authenticator says."""

    kind: Literal["User", "Group", "ServiceAccount"]
    name: str
    namespace: _Text = ""


class BoundRole(Told):
    """What a binding gives."""

    kind: Literal["ClusterRole", "Role"]
    name: str


class RbacBinding(Told):
    """A RoleBinding, or a ClusterRoleBinding, which lies in no namespace."""

    metadata: _ObjectName
    roleRef: BoundRole  # noqa: N815 - the API's word
    subjects: tuple[BoundSubject, ...] | None = None


class RbacRule(Told):
    """What a role allows."""

    verbs: tuple[str, ...]
    apiGroups: tuple[str, ...] | None = None  # noqa: N815 - the API's word
    resources: tuple[str, ...] | None = None
    resourceNames: tuple[str, ...] | None = None  # noqa: N815 - the API's word


class RbacRole(Told):
    """A Role or a ClusterRole; what one is made of others, the cluster fills in."""

    metadata: _ObjectName
    rules: tuple[RbacRule, ...] | None = None


class _SigningSpec(Told):
    signerName: str  # noqa: N815 - the API's word
    username: _Text = ""


class _SigningStatus(Told):
    certificate: str | None = None


class SigningRequest(Told):
    """A CertificateSigningRequest. The cluster deletes it an hour after it was approved; the certificate goes on."""

    metadata: ObjectMeta
    spec: _SigningSpec
    status: _SigningStatus | None = None


class ListMeta(Told):
    """Where a list goes on; "" where it has ended."""

    following: _Text = Field(default="", alias="continue", repr=False)


class ObjectList(Told):
    """A page of a list."""

    kind: str
    metadata: ListMeta = ListMeta()
    items: list[object] | None = Field(default=None, repr=False)

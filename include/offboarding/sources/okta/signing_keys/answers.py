"""What Okta answers of authorization servers, as far as it's of interest here.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/
"""

from pydantic import Field

from offboarding.net.service.answers import Moment, Told


class OktaSigning(Told):
    """By which key a server signs, and how that changes."""

    kid: str | None = None
    lastRotated: Moment | None = None  # noqa: N815 - Okta's word
    """Since when it signs by that key: it may have been made before."""
    nextRotation: Moment | None = None  # noqa: N815 - Okta's word
    rotationMode: str | None = None  # noqa: N815 - Okta's word


class OktaServerCredentials(Told):
    """What a server signs with."""

    signing: OktaSigning | None = None


class OktaAuthorizationServer(Told):
    """A custom one; the org's own stands in no list."""

    id: str = Field(min_length=1)
    name: str | None = None
    issuer: str | None = None
    status: str
    credentials: OktaServerCredentials | None = None


class OktaSigningKey(Told):
    """The public half of a key that tokens are signed by."""

    kid: str = Field(min_length=1)
    kty: str | None = None
    n: str | None = None
    e: str | None = None
    alg: str | None = None
    status: str | None = None


class OktaOrgKeys(Told):
    """The JWKS of the org's own authorization server."""

    keys: tuple[object, ...]


class OktaPermission(Told):
    """Something that a custom role allows."""

    label: str


class OktaPermissions(Told):
    """All of it."""

    permissions: tuple[OktaPermission, ...]

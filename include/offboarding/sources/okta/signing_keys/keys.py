"""Keys of authorization servers as `Key`s: they lie with Okta alone, which publishes their public halves.

https://developer.okta.com/docs/concepts/key-rotation/
"""

from dataclasses import dataclass

from offboarding.custody.thumbprints import PublicKeyError, material_by_reference, material_of_jwk
from offboarding.model import Exportable, Key, Standing, SubjectKind
from offboarding.sources.okta.signing_keys.answers import OktaAuthorizationServer, OktaSigning, OktaSigningKey

SERVERS = "authorizationServers/"
"""How the name of a server's keys begins; its id follows."""
ORG = "org"
"""Stands where the id of the org's own server would."""
KEPT = "Okta made it, and no call of its API gives the private half out: it can't leave."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKeys:
    """Where keys are read, for each of them."""

    realm: str
    server: str
    """Its id."""
    issuer: str
    """For people."""

    @property
    def name(self) -> str:
        """What stays the same through rotations."""
        return f"{SERVERS}{self.server}"

    def key(self, key: OktaSigningKey, standing: Standing, reason: str) -> Key:
        """One of them."""
        native_id = f"{self.name}/{key.kid}"
        return Key(
            realm=self.realm,
            native_id=native_id,
            material=_material(key) or material_by_reference(self.realm, native_id),
            kind=SubjectKind.SIGNING_KEY,
            name=self.name,
            label=f"kid {key.kid} of {self.issuer}",
            algorithm=key.alg or key.kty or "",
            carryable=Exportable.NO,
            carryable_reason=KEPT,
            verifies=True,
            standing=standing,
            standing_reason=f"Okta: {reason}",
        )


def standing_of(server: OktaAuthorizationServer, key: OktaSigningKey) -> tuple[Standing, str]:
    """Whether tokens that it signed are accepted, as far as Okta says, and how it's rotated."""
    if server.status != "ACTIVE":
        return Standing.UNKNOWN, f"the server is {server.status}; whether its keys are published then isn't documented"
    if key.status == "ACTIVE":
        return (
            Standing.WORKS,
            f"ACTIVE: it signs{_rotation(server.credentials.signing if server.credentials else None)}",
        )
    if key.status == "NEXT":
        return Standing.WORKS, "NEXT: published ahead, and signs from the next rotation on"
    if key.status == "EXPIRED":
        return Standing.UNKNOWN, "EXPIRED: it signs no more; until when it's published isn't told"
    return Standing.UNKNOWN, f"{key.status or 'no status'}, which isn't known here"


def _rotation(signing: OktaSigning | None) -> str:
    if signing is None:
        return ""
    since = f" since {signing.lastRotated:%Y-%m-%d}" if signing.lastRotated else ""
    until = f", until {signing.nextRotation:%Y-%m-%d}" if signing.nextRotation else ""
    return f"{since}{until}; rotation {signing.rotationMode or 'not told'}"


def _material(key: OktaSigningKey) -> str:
    """Of its public half, as a JWKS that publishes it has it; "" where that isn't told."""
    try:
        return material_of_jwk({"kty": key.kty, "n": key.n, "e": key.e})
    except PublicKeyError:
        return ""

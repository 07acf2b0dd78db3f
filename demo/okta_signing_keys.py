"""Authorization servers of an Okta org, their keys, and custom roles that may let somebody change them.

Keys have the form that Okta's description gives. A rotation makes the ACTIVE one EXPIRED and the NEXT one ACTIVE, as
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerKeys/ says.
"""

import itertools
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from demo.answering import Answered, Asked, behind
from demo.okta_refusals import missing, refused
from demo.okta_service_apps import SINCE, Paged

SIGNING_SCOPE = "okta.authorizationServers.read"
MANAGE = "okta.authzServers.manage"


class OktaSigners:
    """Those of one org. `paged` cuts a list as the org does."""

    def __init__(self, paged: Paged) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, list[dict[str, Any]]] = {}
        """By server."""
        self.of_the_org: list[dict[str, Any]] = []
        self.permissions: dict[str, list[str]] = {}
        """By custom role."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda key: key
        """What becomes of a key on the way."""
        self.refuses = set[str]()
        """Servers whose keys nobody may see."""
        self.listed: Answered | None = None
        """In place of the list of servers."""
        self._paged, self._ids = paged, itertools.count(100)

    def routes(self, of_roles: str) -> list[tuple[str, str, Callable[..., Answered]]]:
        """Path, scope, and what answers."""
        return [
            (r"/api/v1/authorizationServers", SIGNING_SCOPE, self._listed),
            (r"/api/v1/authorizationServers/([^/]+)/credentials/keys", SIGNING_SCOPE, self._keys),
            (r"/api/v1/iam/roles/([^/]+)/permissions", of_roles, self._permissions),
        ]

    def add(self, name: str, *statuses: str, **more: Any) -> dict[str, Any]:
        """A server, with a key of each status."""
        native_id = f"aus{next(self._ids)}"
        own: dict[str, Any] = {"id": native_id, "name": name, "audiences": [f"api://{name}"], "status": "ACTIVE"}
        own |= {"issuer": f"https://corp.okta.com/oauth2/{native_id}", "issuerMode": "ORG_URL"}
        own |= {"created": SINCE, "lastUpdated": SINCE} | more
        self.kept[native_id] = own
        self.keys[native_id] = [self._key(status) for status in statuses or ("ACTIVE",)]
        rotation = {"rotationMode": "AUTO", "lastRotated": SINCE, "nextRotation": "2026-12-01T09:00:00.000Z"}
        signs = {"kid": self.keys[native_id][0]["kid"], "use": "sig"} | rotation
        own.setdefault("credentials", {"signing": signs})
        return own

    def publish(self) -> dict[str, Any]:
        """A key of the org's own server."""
        made = {name: each for name, each in self._key("ACTIVE").items() if name not in {"_links", "status"}}
        self.of_the_org.append(made)
        return made

    def rotate(self, server: str) -> None:
        """As a server's owner does."""
        after = {"ACTIVE": "EXPIRED", "NEXT": "ACTIVE"}
        self.keys[server] = [
            key | {"status": after[key["status"]]} for key in self.keys[server] if key["status"] in after
        ] + [self._key("NEXT")]

    def published(self) -> Answered:
        """The org's own, to anybody."""
        return Answered(body={"keys": self.of_the_org})

    def _key(self, status: str) -> dict[str, Any]:
        half = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048).public_key(), as_dict=True)
        own = {"kid": f"kid{next(self._ids)}", "alg": "RS256", "use": "sig", "status": status}
        return {**own, **{each: half[each] for each in ("kty", "n", "e")}}

    def _listed(self, asked: Asked) -> Answered:
        return self.listed or self._paged(asked, behind(self.kept, asked.query.get("after", "")), lambda server: server)

    def _keys(self, asked: Asked, server: str) -> Answered:
        del asked
        if server in self.refuses:
            return refused(403, "E0000006", "You do not have permission to perform the requested action")
        if server not in self.kept:
            return missing(server, "AuthorizationServer")
        return Answered(body=[self.spoils(key) for key in self.keys[server]])

    def _permissions(self, asked: Asked, role: str) -> Answered:
        del asked
        if role not in self.permissions:
            return missing(role, "Role")
        return Answered(body={"permissions": [{"label": each} for each in self.permissions[role]]})

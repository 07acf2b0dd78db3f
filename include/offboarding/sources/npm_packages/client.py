"""How npm's registry is asked: by a token of a user's, and what its refusals mean."""

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import object_in
from offboarding.net.service.api import HttpApi
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

PAGE = "docs/permissions/npm.md"
_RIGHT = "It needs a token of an owner or admin of the organization, which reads it and its packages."


class NpmRegistry(HttpApi):
    """One registry, asked by one connection."""

    system, page = "npm", PAGE

    def __init__(self, settings: NpmPackagesSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "password")
        self._password = connection.password
        super().__init__(where, settings, connection, address_of(where, connection), {"Accept": "application/json"})

    def authorization(self) -> str:
        """By the token."""
        return f"Bearer {self._password}"

    def words(self, answer: httpx.Response) -> str:
        """Its `message` or `error`."""
        said = object_in(answer)
        return str(said.get("message") or said.get("error") or "")

    def lacking(self, answer: httpx.Response) -> str:
        """Whose token it takes: what a token may not see, npm may not find."""
        return _RIGHT if answer.status_code in {401, 403, 404} else ""

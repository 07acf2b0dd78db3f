"""The source that the kind builds: an org's authorization servers, their keys, and who may have them sign."""

from collections.abc import Iterator
from urllib.parse import quote

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model import Gap, Key, KeyAccess, RequestCounts, ScopeRead, Standing, SubjectKind
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.client import PAGE, PAGE_SIZE, OktaApi
from offboarding.sources.okta.signing_keys.access import ServerAdmin, ServerAdmins
from offboarding.sources.okta.signing_keys.answers import OktaAuthorizationServer, OktaOrgKeys, OktaSigningKey
from offboarding.sources.okta.signing_keys.keys import ORG, ServerKeys, standing_of
from offboarding.sources.okta.signing_keys.settings import OktaSigningKeysSettings

log = structlog.get_logger("offboarding.sources")
UNSEEN = (
    "who may have the org authorization server sign",
    "service apps with an admin role, which may change authorization servers, too",
    "keys of single apps, such as those that sign SAML assertions",
)
NO_ACCESS = "access: false: whose admin roles let them change a server isn't read"
_PATH = "api/v1/authorizationServers"


class OktaSigningKeys:
    """One org as a `KeySource`."""

    def __init__(self, settings: OktaSigningKeysSettings, connection: ConnectionFields) -> None:
        self._settings = settings
        self._where = f"sources.{settings.name}"
        self._api = OktaApi(settings, connection, self._where, settings.scopes)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._api.asked)

    def collect(self) -> Iterator[Key | KeyAccess | Gap | ScopeRead]:
        """Yield every key, who may have those sign that do, and how complete that is."""
        self._api.begin()
        realm, unread, count = f"okta:{self._api.metadata().id}", UnreadRows(), 0
        unseen = UNSEEN if self._settings.access else (*UNSEEN, NO_ACCESS)
        yield Gap(realm=realm, text=f"{self._where}: not looked at: {'; '.join(unseen)}", red=False)
        try:
            admins = self._admins(unread)
            for key, signs in self._keys(realm, unread):
                count += 1
                yield key
                yield from (each.access(key) for each in admins if signs)
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
        kinds, access = (SubjectKind.SIGNING_KEY,), self._settings.access
        yield ScopeRead(realm=realm, scope="", kinds=kinds, access=access, error=unread.told)
        log.info("signing keys read", realm=realm, keys=count, requests=sum(self._api.asked.values()))

    def _admins(self, unread: UnreadRows) -> list[ServerAdmin]:
        """Where they aren't told the read isn't whole: access that was told before isn't gone."""
        if not self._settings.access:
            return []
        try:
            return list(ServerAdmins(self._api).read(unread))
        except NotAnsweredError as missing:
            unread.sentences.append(f"{missing}, so who may have a server sign isn't known (or set access: false)")
            return []

    def _keys(self, realm: str, unread: UnreadRows) -> Iterator[tuple[Key, bool]]:
        """Yield each key, and whether it signs."""
        try:
            yield from ((key, False) for key in self._of_the_org(realm, unread))
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
        for server in self._servers(unread):
            path, called = f"{_PATH}/{quote(server.id, safe='')}/credentials/keys", f"{_PATH}/ID/credentials/keys"
            place = ServerKeys(realm=realm, server=server.id, issuer=server.issuer or server.name or server.id)
            try:
                for key in self._api.rows(path, "inventory", called, OktaSigningKey, unread):
                    yield place.key(key, *standing_of(server, key)), key.status == "ACTIVE"
            except NotAnsweredError as missing:
                unread.sentences.append(str(missing))

    def _servers(self, unread: UnreadRows) -> list[OktaAuthorizationServer]:
        """Each once: a few, and asked about while no list of them is open."""
        found = self._api.rows(_PATH, "inventory", _PATH, OktaAuthorizationServer, unread, limit=str(PAGE_SIZE))
        return list({each.id: each for each in found}.values())

    def _of_the_org(self, realm: str, unread: UnreadRows) -> Iterator[Key]:
        """Yield those of the org's own server, which its JWKS alone tells: whoever asks may see it."""
        path = "oauth2/v1/keys"
        answer = self._api.ask("GET", path, "inventory", called=path, authorization="")
        listed = self._api.parsed(answer, OktaOrgKeys, path).keys
        place = ServerKeys(realm=realm, server=ORG, issuer=str(self._api.base).rstrip("/"))
        for key in unread.rows(f"{self._where}: {path}. See {PAGE}", OktaSigningKey, listed):
            yield place.key(key, Standing.WORKS, "published by the org authorization server")

"""The source that the kind builds: an org's users, and the tokens of whom is looked at."""

from collections.abc import Iterator, Sequence

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.okta.client import OktaApi
from offboarding.sources.okta.credentials import TOKEN, OktaApiTokens, credentials
from offboarding.sources.okta.org import OktaOrg, organization
from offboarding.sources.okta.settings import OktaSettings

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
UNSEEN = (
    "sessions, at Okta and at apps, which nobody can list",
    "second factors",
    "access tokens that are out, until they end",
    "passwords that apps have beside single sign-on",
    "secrets and keys of apps",
)


class OktaSource:
    """One org as a `Source`."""

    def __init__(self, settings: OktaSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._api = OktaApi(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._api.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody, without tokens: those cost requests for each, and only a leaver's are of interest."""
        org = self._begun()
        unread = UnreadRows(sentences=[org.unproved] if org.unproved else [])
        yield Gap(realm=org.realm, text=f"{self._where}: not looked at: {'; '.join(UNSEEN)}", red=False)
        yield from as_far_as_read(ScopeRead(realm=org.realm, scope="", kinds=KINDS), org.everybody(unread), unread)
        log.info("org read", realm=org.realm, requests=sum(self._api.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, of the whole list: a search may be behind, or too exact."""
        org, unread = self._begun(), UnreadRows()
        yield ScopeRead(realm=org.realm, scope="", kinds=())
        yield from borne(org.everybody(unread), keys, known)
        if unread.told or org.unproved:
            raise FatalError(unread.told or org.unproved)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, by their ids, each with its ScopeReads; who isn't there, by those alone."""
        if not accounts:
            return
        org = self._begun()
        tokens = OktaApiTokens(org, {ref.native_id for ref in accounts})
        for ref in accounts:
            try:
                found = org.look_at(ref.native_id)
            except FatalError as missing:  # one that can't be read costs itself
                yield ScopeRead(realm=org.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
                continue
            if found is None:
                yield ScopeRead(realm=org.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN))
                continue
            account, user = found
            yield account
            yield ScopeRead(realm=org.realm, scope=account.native_id, kinds=KINDS)
            yield from credentials(org, user, tokens, self._context.as_of)

    def _begun(self) -> OktaOrg:
        self._api.begin()
        return organization(self._api, self._settings, self._context.service_patterns)

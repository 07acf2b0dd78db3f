"""The source that the kind builds: an org's users with their tokens, and its service apps with what lets them in."""

from collections.abc import Iterator, Sequence
from functools import partial

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account, AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.service.api import Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows, as_far_as_read, looked_at
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta.credentials import TOKEN, OktaApiTokens, credentials
from offboarding.sources.okta.makers import AppMakers
from offboarding.sources.okta.org import OktaOrg, organization
from offboarding.sources.okta.service_apps import APP, ServiceApps
from offboarding.sources.okta.settings import OktaSettings

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
UNSEEN = (
    "sessions, at Okta and at apps, which nobody can list",
    "second factors",
    "access tokens that are out, until they end",
    "passwords that apps have beside single sign-on",
    "secrets and keys of apps that people sign in to",
    "API service integrations, which their vendors' apps get in by",
)
NO_SECRETS = "when service apps got their secrets, since client_secrets is off"
NO_APPS = "service apps, since service_apps is off"


class OktaSource:
    """One org as a `Source`."""

    def __init__(self, settings: OktaSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._api = OktaApi(settings, connection, self._where, settings.scopes)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._api.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody and every service app, with nothing that lets them in: that costs requests for each, and only
        a leaver's is of interest. One ScopeRead for all of them, since all are accounts here.
        """
        org = self._begun()
        unread = UnreadRows(sentences=[org.unproved] if org.unproved else [])
        yield Gap(realm=org.realm, text=f"{self._where}: not looked at: {'; '.join(self._unseen())}", red=False)
        left_out = () if self._settings.service_apps else (APP,)
        whole = ScopeRead(realm=org.realm, scope="", kinds=KINDS, left_out=left_out)
        yield from as_far_as_read(whole, self._everything(org, unread), unread)
        log.info("org read", realm=org.realm, requests=sum(self._api.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, and service apps that they answer for, of the whole lists: a search
        may be behind, or too exact.
        """
        org, unread = self._begun(), UnreadRows()
        yield ScopeRead(realm=org.realm, scope="", kinds=())
        yield from borne(org.everybody(unread), keys, known)
        yield from self._their_apps(org, keys, known)
        if unread.told or org.unproved:
            raise FatalError(unread.told or org.unproved)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, by their ids, each with its ScopeReads; who isn't there, by those alone."""
        if not accounts:
            return
        org = self._begun()
        tokens = OktaApiTokens(org, {ref.native_id for ref in accounts})
        apps = self._apps(org, "detail")
        for ref in accounts:
            with self._api.requests.of_one(self._settings.max_requests_an_account):
                if ref.native_id.startswith(APP):
                    scope = ScopeRead(realm=org.realm, scope=ref.native_id, kinds=apps.kinds)
                    yield from looked_at(scope, partial(apps.look_at, ref.native_id))
                else:
                    yield from self._user(org, tokens, ref)

    def _everything(self, org: OktaOrg, unread: UnreadRows) -> Iterator[Account]:
        yield from org.everybody(unread)
        if self._settings.service_apps:
            yield from self._apps(org, "inventory").every(unread)

    def _their_apps(self, org: OktaOrg, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield service apps that some people answer for; where they can't be told, users are all the same."""
        if not self._settings.service_apps:
            return
        unread = UnreadRows()
        try:
            yield from borne(self._apps(org, "inventory").every(unread), keys, known)
        except FatalError as missing:
            unread.sentences.append(str(missing))
        if unread.told:
            yield Gap(realm=org.realm, text=f"{unread.told}. Not checked which service apps are theirs", red=True)

    def _user(self, org: OktaOrg, tokens: OktaApiTokens, ref: AccountRef) -> Iterator[Fact]:
        try:
            found = org.look_at(ref.native_id)
        except FatalError as missing:  # one that can't be read costs itself
            yield ScopeRead(realm=org.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        if found is None:
            yield ScopeRead(realm=org.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN))
            return
        account, user = found
        yield account
        yield ScopeRead(realm=org.realm, scope=account.native_id, kinds=KINDS)
        yield from credentials(org, user, tokens, self._context.as_of)

    def _apps(self, org: OktaOrg, purpose: Purpose) -> ServiceApps:
        return ServiceApps(
            org=org,
            settings=self._settings,
            made=lambda: AppMakers.read(self._api, self._context.as_of, purpose),
        )

    def _unseen(self) -> tuple[str, ...]:
        if not self._settings.service_apps:
            return (*UNSEEN, NO_APPS)
        return UNSEEN if self._settings.client_secrets else (*UNSEEN, NO_SECRETS)

    def _begun(self) -> OktaOrg:
        self._api.begin()
        return organization(self._api, self._settings, self._context.service_patterns)

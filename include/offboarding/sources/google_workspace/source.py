"""The source that the kind builds: a customer's users, and what stands for whom is looked at."""

from collections.abc import Iterator, Sequence

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.google_workspace.client import DirectoryApi
from offboarding.sources.google_workspace.credentials import SSH_KEY, TOKEN, credentials
from offboarding.sources.google_workspace.directory import GoogleDirectory, google_directory
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
UNSEEN = (
    "sessions, and access tokens that are out",
    "second factors and backup codes, which would be told in the clear",
    "who may read or send somebody's mail",
    "files shared with outsiders, and what Apps Script does by itself",
    "service accounts, and what they may by domain-wide delegation",
)


class GoogleWorkspace:
    """One customer as a `Source`."""

    def __init__(self, settings: GoogleWorkspaceSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._api = DirectoryApi(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._api.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody, without what stands for them: that costs requests, and only a leaver's is of interest."""
        directory = self._begun()
        unread = UnreadRows(sentences=[directory.unproved] if directory.unproved else [])
        yield Gap(realm=directory.realm, text=self._unseen(), red=False)
        scope = ScopeRead(realm=directory.realm, scope="", kinds=KINDS)
        yield from as_far_as_read(scope, directory.everybody(unread), unread)
        log.info("customer read", realm=directory.realm, requests=sum(self._api.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, of the whole list: a search finds no number as people write it."""
        directory, unread = self._begun(), UnreadRows()
        yield ScopeRead(realm=directory.realm, scope="", kinds=())
        yield from borne(directory.everybody(unread), keys, known)
        if unread.told or directory.unproved:
            raise FatalError(unread.told or directory.unproved)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, by their ids, each with its ScopeReads; who isn't there, by those alone."""
        if not accounts:
            return
        directory = self._begun()
        for ref in accounts:
            with self._api.requests.of_one(self._settings.max_requests_an_account):
                yield from self._one(directory, ref)

    def _one(self, directory: GoogleDirectory, ref: AccountRef) -> Iterator[Fact]:
        try:
            user = directory.look_at(ref.native_id)
        except FatalError as missing:  # one that can't be read costs itself
            yield ScopeRead(realm=directory.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        if user is None:
            yield ScopeRead(realm=directory.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN, SSH_KEY))
            return
        account = directory.account(user)
        yield account
        yield ScopeRead(realm=directory.realm, scope=account.native_id, kinds=KINDS)
        yield from credentials(directory, user, account, tokens=self._settings.tokens)

    def _begun(self) -> GoogleDirectory:
        self._api.begin()
        return google_directory(self._api, self._settings, self._context)

    def _unseen(self) -> str:
        grants = "OAuth grants and app passwords"
        whose = f"{grants} of whoever can't sign in" if self._settings.tokens else f"{grants}, since tokens is off"
        recovery = "recovery phones, and recovery mails" + (
            " outside our domains" if self._settings.recovery_mails else ", since recovery_mails is off"
        )
        return f"{self._where}: not looked at: {'; '.join((whose, recovery, *UNSEEN))}"

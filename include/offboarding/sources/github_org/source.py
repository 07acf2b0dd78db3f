"""The source that the kind builds: an organization's people, tokens, SSH keys and deploy keys."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    RequestCounts,
    ScopeRead,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import LoggedEvent
from offboarding.sources.github_org.audit_log import AuditLog
from offboarding.sources.github_org.client import GithubRest
from offboarding.sources.github_org.credentials import SSH_KEY, TOKEN, FineGrainedTokens, credentials
from offboarding.sources.github_org.deploy_keys import DEPLOY_KEY, every_deploy_key, keys_of, numbers_of
from offboarding.sources.github_org.installations import INSTALLATION, installations
from offboarding.sources.github_org.people import INVITATION, GithubOrganization, organization
from offboarding.sources.github_org.settings import GithubOrgSettings

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)


class GithubOrg:
    """One organization as a `Source`."""

    def __init__(self, settings: GithubOrgSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._rest = GithubRest(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._rest.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody and every deploy key; one ScopeRead for all of them, since all are accounts here."""
        ours, unread = self._begun(), UnreadRows()
        yield from self._everything(ours, unread)
        yield ScopeRead(realm=ours.realm, scope="", kinds=KINDS, left_out=self._left_out(), error=unread.told)
        log.info("organization read", realm=ours.realm, requests=sum(self._rest.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, and deploy keys that they added: there's no search for either."""
        ours, unread = self._begun(), UnreadRows()
        yield ScopeRead(realm=ours.realm, scope="", kinds=())
        yield from borne(self._everything(ours, unread), keys, known)
        if unread.told:
            raise FatalError(unread.told)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with its ScopeReads; what isn't there any more, by those alone."""
        if not accounts:
            return
        try:
            ours = self._begun()
        except NotAnsweredError as missing:
            for ref in accounts:
                yield ScopeRead(realm=ref.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        people = [ref for ref in accounts if ref.native_id.isdecimal()]
        yield from _suspensions_untold(ours)
        yield from self._people(ours, people)
        invited = [ref for ref in accounts if ref.native_id.startswith(INVITATION)]
        yield from self._listed(ours, invited, lambda unread: ours.invitations("detail", unread))
        apps = [ref for ref in accounts if ref.native_id.startswith(INSTALLATION)]
        yield from self._listed(ours, apps, lambda unread: self._apps(ours, "detail", unread))
        for ref in accounts:
            if numbers := numbers_of(ref.native_id):
                with self._rest.requests.of_one(self._settings.max_requests_an_account):
                    yield from self._deploy_key(ours, ref, *numbers)

    def _begun(self) -> GithubOrganization:
        self._rest.begin()
        ours = organization(self._rest, self._settings, self._reached_by)
        if self._settings.enterprise is None:
            return ours
        log_of = self._audit_log(f"enterprises/{self._settings.enterprise}", "enterprises/ENTERPRISE")
        try:
            return replace(ours, suspended=log_of.suspended())
        except NotAnsweredError as missing:
            return replace(ours, suspended_untold=str(missing))

    def _left_out(self) -> tuple[str, ...]:
        wanted = {DEPLOY_KEY: self._settings.deploy_keys, INSTALLATION: self._settings.installations}
        return tuple(begins for begins, is_wanted in wanted.items() if not is_wanted)

    def _audit_log(self, path: str, called: str) -> AuditLog:
        return AuditLog(
            rest=self._rest, path=f"{path}/audit-log", called=f"{called}/audit-log", as_of=self._context.as_of
        )

    def _apps(self, ours: GithubOrganization, purpose: Purpose, unread: UnreadRows) -> Iterator[Account | Gap]:
        """Yield installed ones, by whom as far as the audit log tells: most organizations have none that can be asked.

        Raises NotAnsweredError where they aren't told.
        """
        installers: Mapping[str, LoggedEvent] = {}
        try:
            installers = self._audit_log(ours.path, "orgs/ORG").installers()
        except NotAnsweredError as missing:
            yield Gap(realm=ours.realm, text=f"{missing}. Not looked at: who installed Apps", red=False)
        yield from installations(ours, installers, purpose, unread)

    def _everything(self, ours: GithubOrganization, unread: UnreadRows) -> Iterator[Fact]:
        weak = ours.without_second_factor("inventory", unread)
        yield from self._gaps(ours, weak_told=weak is not None)
        yield from _suspensions_untold(ours)
        try:
            yield from ours.everybody("inventory", unread, weak or frozenset())
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
        if self._settings.deploy_keys:
            yield from every_deploy_key(ours, unread)
        if self._settings.installations:
            try:
                yield from self._apps(ours, "inventory", unread)
            except NotAnsweredError as missing:
                unread.sentences.append(f"{missing}. Or switch installations off")

    def _gaps(self, ours: GithubOrganization, *, weak_told: bool) -> Iterator[Gap]:
        unseen = [
            "classic personal access tokens that nobody authorized for single sign-on",
            "OAuth tokens",
            "invitations to single repositories",
            "private keys of installed Apps",
            "secrets of webhooks, Actions and runners",
        ]
        if not self._settings.deploy_keys:
            unseen.append("deploy keys, since deploy_keys is off")
        if not self._settings.installations:
            unseen.append("installed Apps, since installations is off")
        if self._settings.shortcode and not self._settings.enterprise:
            unseen.append("which managed users are suspended, since enterprise isn't set")
        if self._rest.installation is None:
            unseen.append("fine-grained personal access tokens, which only an App may list")
        if not self._settings.saml:
            unseen.append("who members are at an identity provider, and what they authorized, since saml is off")
        if not weak_told:
            unseen.append("who has no second factor, which only owners are told")
        yield Gap(realm=ours.realm, text=f"{self._where}: not looked at: {'; '.join(unseen)}", red=False)

    def _people(self, ours: GithubOrganization, refs: Sequence[AccountRef]) -> Iterator[Fact]:
        if not refs:
            return
        weak = ours.without_second_factor("detail", UnreadRows()) or frozenset()
        tokens = FineGrainedTokens(ours, frozenset(int(ref.native_id) for ref in refs))
        wanted = frozenset(ref.native_id for ref in refs)
        # Each is read once somebody has to be looked for in it.
        inside = cache(lambda: self._among(wanted, ours.members, weak))
        outside = cache(lambda: self._among(wanted, ours.collaborators, weak))

        def looked_at(ref: AccountRef) -> Account | None:
            account, found = ours.look_at(ref.native_id, ref.login, weak)
            if account is None and not found:
                account = inside().get(ref.native_id)
            return account or outside().get(ref.native_id)

        for ref in refs:
            with self._rest.requests.of_one(self._settings.max_requests_an_account):
                yield from self._person(ours, ref, looked_at, tokens)

    def _person(
        self,
        ours: GithubOrganization,
        ref: AccountRef,
        look_at: Callable[[AccountRef], Account | None],
        tokens: FineGrainedTokens,
    ) -> Iterator[Fact]:
        try:
            account = look_at(ref)
        except FatalError as missing:  # one that can't be read costs itself
            yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        if account is None:
            # Whoever isn't in the organization has no way into it by a token or key of theirs.
            yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN, SSH_KEY))
            return
        yield account
        yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS)
        yield from credentials(ours, account, tokens, self._context.as_of)

    def _listed(
        self,
        ours: GithubOrganization,
        refs: Sequence[AccountRef],
        read: Callable[[UnreadRows], Iterator[Account | Gap]],
    ) -> Iterator[Fact]:
        """What is looked at again by its whole list."""
        if not refs:
            return
        unread, error = UnreadRows(), ""
        wanted = {ref.native_id for ref in refs}
        found: list[Account] = []
        try:
            found = [each for each in read(unread) if isinstance(each, Account) and each.native_id in wanted]
            error = unread.told
        except NotAnsweredError as missing:
            error = str(missing)
        yield from found
        for ref in refs:
            yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS, error=error)

    def _deploy_key(self, ours: GithubOrganization, ref: AccountRef, repository: int, key: int) -> Iterator[Fact]:
        """As its repository lists it; of one that is gone, by its ScopeRead alone."""
        del key
        unread, error = UnreadRows(), ""
        found: Account | None = None
        try:
            for each in keys_of(ours, repository, "detail", unread):
                found = each if each.native_id == ref.native_id else found
            error = "" if found else unread.told
        except FatalError as missing:
            error = str(missing)
        if found:
            yield found
        yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS, error=error)

    def _reached_by(self, login: str) -> str:
        """As `gh` wants it: host/organization."""
        host = self._rest.base.netloc.decode()
        return f"{'github.com' if host == 'api.github.com' else host.removeprefix('api.')}/{login}"

    def _among(
        self,
        wanted: frozenset[str],
        read: Callable[[Purpose, UnreadRows, frozenset[int]], Iterator[Account]],
        weak: frozenset[int],
    ) -> dict[str, Account]:
        """Those of a whole list, by native id. Raises FatalError where a row can't be read: it may be one of them."""
        unread = UnreadRows()
        with self._rest.requests.of_all():
            found = {each.native_id: each for each in read("detail", unread, weak) if each.native_id in wanted}
        if unread.told:
            raise FatalError(unread.told)
        return found


def _suspensions_untold(ours: GithubOrganization) -> Iterator[Gap]:
    if ours.suspended_untold:
        text = f"{ours.suspended_untold}. Not checked which managed users are suspended"
        yield Gap(realm=ours.realm, text=text, red=True)

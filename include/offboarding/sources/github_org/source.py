"""The source that the kind builds: an organization's people, tokens, SSH keys and deploy keys."""

from collections.abc import Callable, Iterator, Sequence
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
from offboarding.sources.github_org.client import GithubRest
from offboarding.sources.github_org.credentials import SSH_KEY, TOKEN, FineGrainedTokens, credentials
from offboarding.sources.github_org.deploy_keys import every_deploy_key, keys_of, numbers_of
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
        yield ScopeRead(realm=ours.realm, scope="", kinds=KINDS, error=unread.told)
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
        yield from self._people(ours, people)
        yield from self._invitations(ours, [ref for ref in accounts if ref.native_id.startswith(INVITATION)])
        for ref in accounts:
            if numbers := numbers_of(ref.native_id):
                yield from self._deploy_key(ours, ref, *numbers)

    def _begun(self) -> GithubOrganization:
        self._rest.begin()
        return organization(self._rest, self._settings, self._reached_by)

    def _everything(self, ours: GithubOrganization, unread: UnreadRows) -> Iterator[Fact]:
        weak = ours.without_second_factor("inventory", unread)
        yield from self._gaps(ours, weak_told=weak is not None)
        try:
            yield from ours.everybody("inventory", unread, weak or frozenset())
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
        if self._settings.deploy_keys:
            yield from every_deploy_key(ours, unread)

    def _gaps(self, ours: GithubOrganization, *, weak_told: bool) -> Iterator[Gap]:
        unseen = [
            "classic personal access tokens that nobody authorized for single sign-on",
            "OAuth tokens",
            "invitations to single repositories",
            "keys of installed Apps",
            "secrets of webhooks, Actions and runners",
        ]
        if not self._settings.deploy_keys:
            unseen.append("deploy keys, since deploy_keys is off")
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
        # Each is read once somebody has to be looked for in it.
        inside = cache(lambda: _by_id(ours.members, weak))
        outside = cache(lambda: _by_id(ours.collaborators, weak))
        for ref in refs:
            try:
                account, found = ours.look_at(ref.native_id, ref.login, weak)
                if account is None and not found:
                    account = inside().get(ref.native_id)
                if account is None:
                    account = outside().get(ref.native_id)
            except FatalError as missing:  # one that can't be read costs itself
                yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
                continue
            if account is None:
                # Whoever isn't in the organization has no way into it by a token or key of theirs.
                yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN, SSH_KEY))
                continue
            yield account
            yield ScopeRead(realm=ours.realm, scope=ref.native_id, kinds=KINDS)
            yield from credentials(ours, account, tokens, self._context.as_of)

    def _invitations(self, ours: GithubOrganization, refs: Sequence[AccountRef]) -> Iterator[Fact]:
        if not refs:
            return
        unread, error = UnreadRows(), ""
        wanted = {ref.native_id for ref in refs}
        found: list[Account] = []
        try:
            found = [each for each in ours.invitations("detail", unread) if each.native_id in wanted]
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


def _by_id(
    read: Callable[[Purpose, UnreadRows, frozenset[int]], Iterator[Account]], weak: frozenset[int]
) -> dict[str, Account]:
    """A whole list, by native id. Raises FatalError where one row can't be read: it may be whoever is looked for."""
    unread = UnreadRows()
    found = {each.native_id: each for each in read("detail", unread, weak)}
    if unread.told:
        raise FatalError(unread.told)
    return found

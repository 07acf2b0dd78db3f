"""The source that the kind builds: a GitLab's users, or a group's members, and what gets in beside them."""

from collections.abc import Iterator, Sequence

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._bearers import borne
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.gitlab_users.client import GitlabRest
from offboarding.sources.gitlab_users.credentials import SSH_KEY, TOKEN, credentials
from offboarding.sources.gitlab_users.group import GitlabGroup, group
from offboarding.sources.gitlab_users.instance import GitlabInstance, instance
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings
from offboarding.sources.gitlab_users.workloads import TRIGGER

log = structlog.get_logger("offboarding.sources")
KINDS = (SubjectKind.ACCOUNT,)
UNSEEN = (
    "sessions",
    "what people let applications do for them, and applications' secrets",
    "tokens of feeds and of incoming mail",
    "tokens of runners, agents and jobs",
    "GPG keys, which let nobody in",
    "whose deploy keys and deploy tokens are",
)


class GitlabUsers:
    """One GitLab, or a group of one, as a `Source`."""

    def __init__(self, settings: GitlabUsersSettings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._rest = GitlabRest(settings, connection, self._where)

    @property
    def requests(self) -> RequestCounts:
        """So far."""
        return RequestCounts(**self._rest.asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody, and what is nobody; one ScopeRead for all of it, since all are accounts here."""
        place, unread = self._begun("inventory"), UnreadRows()
        yield from self._everything(place, unread)
        left_out = () if self._settings.triggers else (TRIGGER,)
        yield ScopeRead(realm=place.realm, scope="", kinds=KINDS, left_out=left_out, error=unread.told)
        log.info("gitlab read", realm=place.realm, requests=sum(self._rest.asked.values()))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield whoever may be one of these people, and what is theirs: there's no search for most of it."""
        place, unread = self._begun("inventory"), UnreadRows()
        yield ScopeRead(realm=place.realm, scope="", kinds=())
        yield from borne(self._everything(place, unread), keys, known)
        if unread.told:
            raise FatalError(unread.told)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as they are now, each with its ScopeReads; what isn't there any more, by those alone."""
        if not accounts:
            return
        try:
            place = self._begun("detail")
        except NotAnsweredError as missing:
            for ref in accounts:
                yield ScopeRead(realm=ref.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        by_list = dict[str, list[AccountRef]]()
        for ref in accounts:
            begins, slash, _ = ref.native_id.rpartition("/")
            by_list.setdefault(f"{begins}{slash}", []).append(ref)
        yield from self._people(place, by_list.pop("", []))
        for begins, refs in by_list.items():
            yield from self._listed(place, begins, refs)

    def _begun(self, purpose: Purpose) -> GitlabInstance | GitlabGroup:
        self._rest.begin()
        begin = instance if self._settings.group is None else group
        return begin(self._rest, self._settings, self._context, purpose)

    def _everything(self, place: GitlabInstance | GitlabGroup, unread: UnreadRows) -> Iterator[Fact]:
        for listed in place.lists.values():
            try:
                yield from listed(unread)
            except NotAnsweredError as missing:
                unread.sentences.append(str(missing))
        unseen = [*UNSEEN, *place.unseen]
        if not self._settings.triggers:
            unseen.append("tokens that trigger pipelines, since triggers is off")
        if self._settings.group is not None and not self._settings.enterprise:
            unseen.append("members' personal access tokens, since enterprise is off")
        elif self._settings.group is not None:
            unseen.append("personal access tokens of members who are no enterprise users of the group")
        yield Gap(realm=place.realm, text=f"{self._where}: not looked at: {'; '.join(unseen)}", red=False)

    def _people(self, place: GitlabInstance | GitlabGroup, refs: Sequence[AccountRef]) -> Iterator[Fact]:
        for ref in refs:
            with self._rest.requests.of_one(self._settings.max_requests_an_account):
                yield from self._person(place, ref)

    def _person(self, place: GitlabInstance | GitlabGroup, ref: AccountRef) -> Iterator[Fact]:
        try:
            found = place.look_at(ref.native_id)
        except FatalError as missing:  # one that can't be read costs itself
            yield ScopeRead(realm=place.realm, scope=ref.native_id, kinds=KINDS, error=str(missing))
            return
        if found is None:
            yield ScopeRead(realm=place.realm, scope=ref.native_id, kinds=(*KINDS, TOKEN, SSH_KEY))
            return
        account, state = found
        yield account
        yield ScopeRead(realm=place.realm, scope=ref.native_id, kinds=KINDS)
        yield from credentials(place, account, state, self._context.as_of)

    def _listed(self, place: GitlabInstance | GitlabGroup, begins: str, refs: Sequence[AccountRef]) -> Iterator[Fact]:
        """What is nobody can't be asked for by its id alone: its list is read again."""
        unread, wanted, seen = UnreadRows(), {ref.native_id for ref in refs}, set[str]()
        listed = place.lists.get(begins)
        try:
            if listed is None:
                unread.sentences.append(f"{self._where}: {begins.rstrip('/')}: not looked at as the source is set")
            for account in listed(unread) if listed else ():
                if account.native_id in wanted and account.native_id not in seen:
                    seen.add(account.native_id)
                    yield account
        except FatalError as missing:
            unread.sentences.append(str(missing))
        for ref in refs:
            error = "" if ref.native_id in seen else unread.told
            yield ScopeRead(realm=place.realm, scope=ref.native_id, kinds=KINDS, error=error)

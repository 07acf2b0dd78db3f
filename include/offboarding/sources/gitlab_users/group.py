"""A group with all below it, as its owner sees it.

https://docs.gitlab.com/api/group_members/, https://docs.gitlab.com/api/invitations/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from offboarding.interfaces import ReadContext
from offboarding.model import Account, Standing
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.gitlab_users.answers import (
    AccessToken,
    DeployToken,
    GitlabMember,
    GitlabName,
    GitlabReader,
    GroupAnswer,
    PendingInvitation,
    RepositoryKey,
)
from offboarding.sources.gitlab_users.client import PAGE, GitlabRest
from offboarding.sources.gitlab_users.held_roles import HeldRole, HeldRoles
from offboarding.sources.gitlab_users.instance import TOKEN, Listing, triggers_of
from offboarding.sources.gitlab_users.people import (
    OWNER,
    GitlabProduct,
    identity_keys,
    login_key,
    mail_key,
    role_of,
    standing_of,
)
from offboarding.sources.gitlab_users.places import Place, Places
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings
from offboarding.sources.gitlab_users.workloads import DEPLOY_KEY, DEPLOY_TOKEN, TRIGGER, deploy_key, deploy_token

INVITATION = "invitation/"
AWAITING = "awaiting"
NOT_HERE = (403, 404)
"""How GitLab answers for a list that a plan, an edition or a group below another doesn't have."""
_BOT = re.compile(r"(project|group)_(\d+)_bot(?:_\w+|\d*)")
"""How GitLab calls the bot of an access token; whoever likes may call themselves so."""


Bots = Mapping[int, str]
"""Who is no person, by the group's own word, and where the access tokens of each are listed."""


@dataclass(frozen=True, kw_only=True)
class GitlabGroup:
    """One, and that its reader is an owner."""

    rest: GitlabRest
    settings: GitlabUsersSettings
    context: ReadContext
    reader: GitlabReader
    told: GroupAnswer
    below: Places
    unseen: list[str] = field(default_factory=lambda: ["when members were last there", "who made access tokens"])
    """What isn't looked at here, beside what is nowhere."""

    @property
    def realm(self) -> str:
        """Ids are numbered anew on each server, so when it was made is part of it."""
        return f"gitlab:group-{self.told.id}-{self.told.created_at:%Y%m%d%H%M%S}"

    @property
    def reached_by(self) -> str:
        """The group's own address."""
        return f"{self.rest.reached_by}/groups/{self.told.id}"

    @property
    def lists(self) -> Mapping[str, Listing]:
        """Each by how the native ids in it begin."""
        found: dict[str, Listing] = {
            "": self.members,
            INVITATION: self.invitations,
            DEPLOY_TOKEN: self.deploy_tokens,
            DEPLOY_KEY: self.deploy_keys,
        }
        return found | ({TRIGGER: self.triggers} if self.settings.triggers else {})

    def members(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield whoever has a role in it or below, once."""
        held = self._held(unread)
        bots = self._bots(held, unread)
        yield from (self._account(each, bots) for each in held)

    def invitations(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield who may still take a role up."""
        for place, each in self.below.rows("invitations", PendingInvitation, unread):
            yield self._invited(each, place)

    def deploy_tokens(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of each group and project."""
        for place, token in self.below.rows("deploy_tokens", DeployToken, unread):
            yield deploy_token(token, self.realm, f"{self.rest.reached_by}/{place.at}", self.context.as_of)

    def deploy_keys(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of each project; one may be of several."""
        found = dict[int, RepositoryKey]()
        writes, reads = dict[int, list[str]](), dict[int, list[str]]()
        for place, key in self.below.rows("deploy_keys", RepositoryKey, unread, of="projects"):
            found.setdefault(key.id, key)
            (writes if key.can_push else reads).setdefault(key.id, []).append(place.path)
        for number, key in found.items():
            may = writes.get(number, ()), reads.get(number, ())
            yield deploy_key(key, *may, self.realm, self.rest.reached_by, self.context.as_of)

    def triggers(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of each project."""
        for place in self.below.all(unread):
            if place.project:
                yield from triggers_of(self.rest, place.project, self.below.purpose, unread, self.realm, self.context)

    def look_at(self, native_id: str) -> tuple[Account, str] | None:
        """One as they are now, with their state, of lists that are read once; None for who isn't in them.

        Raises FatalError where one of them can't be read whole.
        """
        held, bots = self._now
        each = held.of(int(native_id))
        return (self._account(each, bots), each.member.state) if each else None

    def tokens_of(self, account: Account, unread: UnreadRows) -> Iterator[tuple[str, AccessToken]] | None:
        """Somebody's, each with how its native id begins; None where they aren't listed: of people GitLab lists those
        of enterprise users alone. Raises NotAnsweredError where a list isn't told.
        """
        held, bots = self._now
        number = int(account.native_id)
        if at := bots.get(number):
            return ((TOKEN, each) for each in self.rest.settled(at, "detail", AccessToken, unread))
        each = held.of(number)
        if self.settings.enterprise and each and each.member.email:
            return self._of_enterprise_user(number, unread)
        return None

    def _of_enterprise_user(self, number: int, unread: UnreadRows) -> Iterator[tuple[str, AccessToken]]:
        found, broken = self._enterprise_tokens
        unread.sentences.extend(broken)
        yield from ((TOKEN, AccessToken.model_validate_json(text)) for text in found.of(str(number)))

    @cached_property
    def _enterprise_tokens(self) -> tuple[DiskIndex, tuple[str, ...]]:
        """Those of all enterprise users by whose they are, and what of the list, which has no filter, can't be read."""
        path, unread = f"groups/{self.told.id}/manage/personal_access_tokens", UnreadRows()
        found = DiskIndex(self.rest.where)
        with self.rest.requests.of_all():
            for each in self.rest.settled(path, "detail", AccessToken, unread, revoked="false"):
                found.add(str(each.user_id), each.model_dump_json())
        return found, tuple(unread.sentences)

    @cached_property
    def _now(self) -> tuple[HeldRoles, Bots]:
        unread = UnreadRows()
        with self.rest.requests.of_all():
            held = self._held(unread)
            bots = self._bots(held, unread)
        if unread.told:  # what can't be read may be whoever is looked for
            raise FatalError(unread.told)
        return held, bots

    def _held(self, unread: UnreadRows) -> HeldRoles:
        found = HeldRoles(self.rest.where, self.below.all(unread))
        for place, member in self.below.rows("members/all", GitlabMember, unread):
            found.take(member, place)
        return found

    def _bots(self, held: HeldRoles, unread: UnreadRows) -> Bots:
        """Of whoever is called as a bot the list of access tokens says whether they are."""
        own = {place.at for place in self.below.all(unread)}
        called = ((each.member.id, _BOT.fullmatch(each.member.username)) for each in held)
        at = {number: f"{name[1]}s/{name[2]}" for number, name in called if name}
        tokens = dict[int, str]()
        for place in sorted({*at.values()} & own):
            path = f"{place}/access_tokens"
            try:
                listed = {each.user_id for each in self.rest.settled(path, self.below.purpose, AccessToken, unread)}
            except NotAnsweredError as missing:
                unread.sentences.append(str(missing))
                continue
            tokens |= {number: path for number, where in at.items() if where == place and number in listed}
        for number in self._service_accounts(unread):
            tokens[number] = f"groups/{self.told.id}/service_accounts/{number}/personal_access_tokens"
        return tokens

    def _service_accounts(self, unread: UnreadRows) -> Iterator[int]:
        try:
            rows = self.rest.settled(f"groups/{self.told.id}/service_accounts", self.below.purpose, GitlabName, unread)
            yield from (each.id for each in rows)
        except NotAnsweredError as missing:
            if missing.status not in NOT_HERE:
                unread.sentences.append(str(missing))
                return
            text = "which members are service accounts, which GitLab doesn't list for this group"
            self.unseen.extend([] if text in self.unseen else [text])

    def _account(self, held: HeldRole, bots: Bots) -> Account:
        member, level = held.member, held.member.access_level
        bot = member.id in bots
        standing, reason = standing_of(member.state, bot=bot)
        if standing is Standing.WORKS and member.membership_state == AWAITING:
            standing, reason = Standing.UNKNOWN, f"{reason}; awaits that an owner lets them in"
        mail = [mail_key(member.email)] if member.email and not bot else []
        return Account(
            realm=self.realm,
            native_id=str(member.id),
            label=member.username,
            login=member.username,
            keys=(
                login_key(member.username),
                *mail,
                *identity_keys((member.group_saml_identity, member.group_scim_identity)),
            ),
            standing=standing,
            standing_reason=f"GitLab: {reason}; {role_of(level)} of {held.place.path}",
            product=GitlabProduct.BOT if bot else GitlabProduct.MEMBER,
            reached_by=self.reached_by,
            is_reader=member.id == self.reader.id,
            has_own_login=not bot,
            service_like=bot or self.context.is_workload(member.username),
            privileged=level >= OWNER,
            privileged_by=f"owner of {held.place.path}" if level >= OWNER else "",
        )

    def _invited(self, invitation: PendingInvitation, place: Place) -> Account:
        owner = invitation.access_level >= OWNER
        return Account(
            realm=self.realm,
            native_id=f"{INVITATION}{invitation.id}",
            label=f"invitation {invitation.id} of {invitation.invite_email}",
            # By it an invitation is taken back, too.
            login=invitation.invite_email,
            keys=(login_key(invitation.invite_email, "invited mail"),),
            created_at=invitation.created_at,
            standing=Standing.WORKS,
            standing_reason=f"GitLab: invited as {role_of(invitation.access_level)} of {place.path}, and whoever takes"
            " it up is in",
            product=GitlabProduct.INVITATION,
            reached_by=f"{self.rest.reached_by}/{place.at}",
            privileged=owner,
            privileged_by=f"invited as an owner of {place.path}" if owner else "",
        )


def group(rest: GitlabRest, settings: GitlabUsersSettings, context: ReadContext, purpose: Purpose) -> GitlabGroup:
    """It, seen whole. Raises NotAnsweredError where its reader is no owner of it."""
    path = f"groups/{quote(settings.group or '', safe='')}?with_projects=false"
    answer = rest.one(path, "overhead", GroupAnswer, "groups/GROUP")
    reader = rest.one("user", "overhead", GitlabReader, "user")
    path, called = f"groups/{answer.id}/members/all/{reader.id}", "groups/ID/members/all/READER"
    member = rest.maybe(path, "overhead", GitlabMember, called)
    if member is None or member.access_level < OWNER:
        raise NotAnsweredError(
            f"{rest.where}: groups/GROUP: the token's user is no owner of it, and may see only some. {rest.right} See"
            f" {PAGE}",
            status=403,
        )
    below = Places(rest=rest, top=answer, purpose=purpose)
    return GitlabGroup(rest=rest, settings=settings, context=context, reader=reader, told=answer, below=below)

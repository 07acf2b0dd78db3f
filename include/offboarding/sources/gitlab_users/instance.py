"""A whole GitLab of one's own, as its administrator sees it.

https://docs.gitlab.com/api/users/#as-an-administrator, https://docs.gitlab.com/api/personal_access_tokens/
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from offboarding.interfaces import ReadContext
from offboarding.model import Account
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.gitlab_users.answers import (
    AccessToken,
    DeployToken,
    GitlabReader,
    GitlabUser,
    PipelineTrigger,
    ProjectAnswer,
    RepositoryKey,
)
from offboarding.sources.gitlab_users.client import PAGE, GitlabRest
from offboarding.sources.gitlab_users.people import (
    GitlabProduct,
    identity_keys,
    login_key,
    mail_key,
    owner_key,
    standing_of,
)
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings
from offboarding.sources.gitlab_users.workloads import (
    DEPLOY_KEY,
    DEPLOY_TOKEN,
    TRIGGER,
    can_run,
    deploy_key,
    deploy_token,
    trigger,
)

Listing = Callable[[UnreadRows], Iterator[Account]]
"""A list as accounts. Raises NotAnsweredError where it isn't told."""
TOKEN, IMPERSONATION = "token/", "impersonation/"
"""How the native id of an access token begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitlabInstance:
    """One, and that its reader sees all of it."""

    rest: GitlabRest
    settings: GitlabUsersSettings
    context: ReadContext
    reader: GitlabReader
    purpose: Purpose
    unseen: list[str] = field(default_factory=lambda: ["invitations to groups and projects"])
    """What isn't looked at here, beside what is nowhere."""

    @property
    def realm(self) -> str:
        """As the configuration says it: GitLab tells no id of itself."""
        return f"gitlab:{self.settings.instance}"

    @property
    def lists(self) -> Mapping[str, Listing]:
        """Each by how the native ids in it begin."""
        found: dict[str, Listing] = {"": self.users, DEPLOY_TOKEN: self.deploy_tokens, DEPLOY_KEY: self.deploy_keys}
        return found | ({TRIGGER: self.triggers} if self.settings.triggers else {})

    def users(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield everybody, whatever their state, and bots; not what GitLab itself does things as."""
        if not self.reader.is_admin:  # https://gitlab.com/gitlab-org/gitlab, app/finders/users_finder.rb
            unread.sentences.append(
                f"{self.rest.where}: users: an auditor's token isn't shown who is blocked or banned. {self.rest.right}"
                f" See {PAGE}"
            )
        seen = DiskIndex(self.rest.where)
        for user in self.rest.by_cursor("users", self.purpose, GitlabUser, unread, exclude_internal="true"):
            if seen.is_new(str(user.id)):
                yield self._account(user)

    def deploy_tokens(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of every group and project; which one each is of isn't told."""
        for token in self.rest.settled("deploy_tokens", self.purpose, DeployToken, unread):
            yield deploy_token(token, self.realm, self.rest.reached_by, self.context.as_of)

    def deploy_keys(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of every project, and those that are for all."""
        for key in self.rest.settled("deploy_keys", self.purpose, RepositoryKey, unread):
            writes, reads = (
                [each.path_with_namespace for each in projects]
                for projects in (key.projects_with_write_access, key.projects_with_readonly_access)
            )
            yield deploy_key(key, writes, reads, self.realm, self.rest.reached_by, self.context.as_of)

    def triggers(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield those of every project. What of them can't be read is told in `unread`, and the others go on."""
        for project in self.rest.by_cursor("projects", self.purpose, ProjectAnswer, unread):
            yield from triggers_of(self.rest, project, self.purpose, unread, self.realm, self.context)

    def look_at(self, native_id: str) -> tuple[Account, str] | None:
        """One as they are now, with their state; None where there's no such user. Raises as `maybe`."""
        user = self.rest.maybe(f"users/{native_id}", "detail", GitlabUser, "users/ID")
        return (self._account(user), user.state) if user else None

    def tokens_of(self, account: Account, unread: UnreadRows) -> Iterator[tuple[str, AccessToken]]:
        """Yield somebody's, each with how its native id begins. Raises NotAnsweredError where a list isn't told."""
        number, path = account.native_id, "personal_access_tokens"
        for token in self.rest.settled(path, "detail", AccessToken, unread, user_id=number, revoked="false"):
            yield TOKEN, token
        path, called = f"users/{number}/impersonation_tokens", "users/ID/impersonation_tokens"
        for token in self.rest.settled(path, "detail", AccessToken, unread, called=called):
            yield IMPERSONATION, token

    def _account(self, user: GitlabUser) -> Account:
        if user.is_admin is None:
            raise NotAnsweredError(
                f"{self.rest.where}: users: only what anybody may see of them is told. {self.rest.right} See {PAGE}",
                status=403,
            )
        bot = bool(user.bot)
        standing, reason = standing_of(user.state, bot=bot, locked=bool(user.locked))
        by = user.created_by.username if user.created_by else ""
        roles = [name for name, held in (("administrator", user.is_admin), ("auditor", user.is_auditor)) if held]
        used = [at for at in (user.current_sign_in_at, user.last_activity_on) if at]
        mail = [mail_key(user.email)] if user.email and not bot else []
        return Account(
            realm=self.realm,
            native_id=str(user.id),
            label=user.username,
            login=user.username,
            keys=(
                login_key(user.username),
                *mail,
                *identity_keys((*user.identities, *user.scim_identities)),
                *([owner_key(by, "created_by")] if by and bot else []),
            ),
            owner_labels=(by,) if by and bot else (),
            created_at=user.created_at,
            created_by=by,
            standing=standing,
            standing_reason=f"GitLab: {reason}",
            product=GitlabProduct.BOT if bot else GitlabProduct.USER,
            reached_by=self.rest.reached_by,
            is_reader=user.id == self.reader.id,
            has_own_login=not bot,
            service_like=bot or self.context.is_workload(user.username),
            privileged=bool(roles),
            privileged_by=", ".join(roles),
            last_used_at=max(used, default=None),
            # An administrator who acts as somebody moves their last sign-in, and the last activity is a day.
            last_used_exact=False,
        )


def triggers_of(
    rest: GitlabRest, project: ProjectAnswer, purpose: Purpose, unread: UnreadRows, realm: str, context: ReadContext
) -> Iterator[Account]:
    """Yield one project's. What can't be read is told in `unread`."""
    if not can_run(project):
        return
    try:
        for each in rest.settled(f"projects/{project.id}/triggers", purpose, PipelineTrigger, unread):
            yield trigger(each, project, realm, rest.reached_by, context.as_of)
    except NotAnsweredError as missing:
        unread.sentences.append(str(missing))


def instance(rest: GitlabRest, settings: GitlabUsersSettings, context: ReadContext, purpose: Purpose) -> GitlabInstance:
    """It, seen whole. Raises NotAnsweredError where its reader sees what anybody may see."""
    reader = rest.one("user", "overhead", GitlabReader, "user")
    if reader.is_admin is None:
        raise NotAnsweredError(
            f"{rest.where}: users: the token sees what anybody may see of them. {rest.right} See {PAGE}", status=403
        )
    return GitlabInstance(rest=rest, settings=settings, context=context, reader=reader, purpose=purpose)

"""What an administrator, or an owner of the group, types to shut a way in: curl asks what GitLab's own client would.

https://docs.gitlab.com/api/user_moderation/, https://docs.gitlab.com/api/group_members/
"""

import shlex
from collections.abc import Callable, Mapping
from urllib.parse import quote

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.gitlab_users.instance import IMPERSONATION
from offboarding.sources.gitlab_users.people import GitlabProduct

_HEADER = '--header "PRIVATE-TOKEN: $GITLAB_TOKEN"'


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return _token(account, subject)
    if subject.kind is SubjectKind.SSH_KEY:
        return _ssh_key(account, subject)
    return _BY_PRODUCT.get(account.product, _user)(account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another secret before the old one is shut."""
    return (
        say(
            "Make the workload a new one of a service account, a group or a project, by somebody who works here, with"
            " the least scopes that it needs."
        ),
        say("Once nothing uses the old one:"),
        *disable(action),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what GitLab tells of what was done."""
    account = action.account
    if account.product in _NOBODY:
        return (say("First see the audit events of its group or project, on the page Secure, Audit events."),)
    path = f"users/{_part(account.native_id)}/events?per_page=100"
    return (
        say(
            "First keep what GitLab tells of what they did; of a longer list a header, link, says where it goes"
            " on:\n{command}",
            command=_curl(account, "GET", path, "--include"),
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _user(account: Account) -> tuple[str, ...]:
    user = f"users/{_part(account.native_id)}"
    return (
        _as_administrator(),
        say(
            "Block them, which has their tokens and SSH keys refused too; a deactivation would not do, since they end"
            " it by signing in:\n{command}",
            command=_curl(account, "POST", f"{user}/block"),
        ),
        say(
            "Deploy tokens, and access tokens of groups and projects that they made, go on: each that is known to be"
            " theirs has an item of its own."
        ),
        say(
            "Once they are unblocked, tokens and keys that weren't revoked work again. Undo:\n{command}",
            command=_curl(account, "POST", f"{user}/unblock"),
        ),
    )


def _member(account: Account) -> tuple[str, ...]:
    members = f"{_below(account, 'groups/GROUP')}/members"
    return (
        _as_owner(),
        say(
            "Take them out of the group and all below it; where that isn't found, out of each group and project that"
            " names them, and out of any group that was invited:\n{command}",
            command=_curl(account, "DELETE", f"{members}/{_part(account.native_id)}"),
        ),
        say(
            "Deploy keys, deploy tokens and access tokens that they made go on: each that is known to be theirs has an"
            " item of its own."
        ),
        say(
            "Undo, with the role that they had, such as 30 for Developer:\n{command}",
            command=_curl(account, "POST", f"{members}?user_id={_part(account.native_id)}&access_level=LEVEL"),
        ),
    )


def _bot(account: Account) -> tuple[str, ...]:
    return (
        say(
            "On the page Settings, Access tokens of its group or project, revoke its tokens: the bot goes with the last"
            " one. A service account is deleted where it was made: {login}",
            login=account.login,
        ),
        say("Undo: it can't be; somebody who works here makes a new one."),
    )


def _invitation(account: Account) -> tuple[str, ...]:
    return (
        _as_owner(),
        say(
            "Take the invitation back:\n{command}",
            command=_curl(account, "DELETE", f"{_below(account, 'groups/GROUP')}/invitations/{_part(account.login)}"),
        ),
        say("Undo: invite them anew, on the page Members."),
    )


def _deploy_token(account: Account) -> tuple[str, ...]:
    place = _reached(account)[1]
    if not place:
        return (
            say(
                "GitLab doesn't say which group or project it's of: look for it on their pages Settings, Repository,"
                " Deploy tokens, and revoke it there: {label}",
                label=account.label,
            ),
            say("Undo: it can't be; somebody who works here makes a new one."),
        )
    return (
        _as_owner(),
        say("Revoke it:\n{command}", command=_curl(account, "DELETE", f"{place}/deploy_tokens/{_number(account)}")),
        say("Undo: it can't be; somebody who works here makes a new one."),
    )


def _deploy_key(account: Account) -> tuple[str, ...]:
    at = f"projects/PROJECT/deploy_keys/{_number(account)}"
    return (
        _as_maintainer(),
        say("First keep its title and its public half:\n{command}", command=_curl(account, "GET", at)),
        say(
            "Take it out of each project that it's told to read or write, and of others that have it:\n{command}",
            command=_curl(account, "DELETE", at),
        ),
        say("Undo: add it again with what the first step showed, by somebody who works here, who then owns it."),
    )


def _trigger(account: Account) -> tuple[str, ...]:
    at = f"{_below(account, 'projects/PROJECT')}/triggers/{_number(account)}"
    return (
        _as_maintainer(),
        say("Revoke it:\n{command}", command=_curl(account, "DELETE", at)),
        say("Undo: it can't be; somebody who works here makes a new one."),
    )


def _token(account: Account, subject: Subject) -> tuple[str, ...]:
    begins, _, number = subject.native_id.rpartition("/")
    own = f"{begins}/" == IMPERSONATION
    path = f"users/{_part(account.native_id)}/impersonation_tokens/{_part(number)}"
    path = path if own else f"personal_access_tokens/{_part(number)}"
    if _is_group(account):
        if account.product == GitlabProduct.BOT:
            return _bot(account)
        path = f"{_reached(account)[1]}/manage/{path}"
    return (
        _as_owner() if _is_group(account) else _as_administrator(),
        say("Revoke it:\n{command}", command=_curl(account, "DELETE", path)),
        say("Undo: it can't be; whoever needs one makes a new one."),
    )


def _ssh_key(account: Account, subject: Subject) -> tuple[str, ...]:
    if _is_group(account):
        return (say("An SSH key is the user's own, and ends here with what the user may do here."), *_member(account))
    key = f"users/{_part(account.native_id)}/keys/{_part(subject.native_id)}"
    return (
        _as_administrator(),
        say(
            "First keep its public half:\n{command}",
            command=_curl(account, "GET", key),
        ),
        say("Delete it:\n{command}", command=_curl(account, "DELETE", key)),
        say("Undo: add it again with what the first step showed, on the user's page in the Admin area."),
    )


_NOBODY = {
    GitlabProduct.INVITATION,
    GitlabProduct.DEPLOY_TOKEN,
    GitlabProduct.DEPLOY_KEY,
    GitlabProduct.TRIGGER,
}
_BY_PRODUCT: Mapping[str, Callable[[Account], tuple[str, ...]]] = {
    GitlabProduct.MEMBER: _member,
    GitlabProduct.BOT: _bot,
    GitlabProduct.INVITATION: _invitation,
    GitlabProduct.DEPLOY_TOKEN: _deploy_token,
    GitlabProduct.DEPLOY_KEY: _deploy_key,
    GitlabProduct.TRIGGER: _trigger,
}


def _as_administrator() -> str:
    return say("As an administrator, with a token of yours with the scope api in GITLAB_TOKEN:")


def _as_owner() -> str:
    return say("As an owner of the group, with a token of yours with the scope api in GITLAB_TOKEN:")


def _as_maintainer() -> str:
    return say("As a maintainer of the project, with a token of yours with the scope api in GITLAB_TOKEN:")


def _is_group(account: Account) -> bool:
    return _reached(account)[1].startswith("groups/")


def _number(account: Account) -> str:
    return _part(account.native_id.rpartition("/")[2])


def _reached(account: Account) -> tuple[str, str]:
    """Where GitLab's API lies, and the group or project below it; "" where there is none."""
    root, version, place = (account.reached_by or "https://GITLAB/api/v4").partition("/api/v4")
    return f"{root}{version}", place.strip("/")


def _below(account: Account, usual: str) -> str:
    """The group or project; `usual`: its name in capitals."""
    return _reached(account)[1] or usual


def _curl(account: Account, method: str, path: str, *more: str) -> str:
    """A call; the token comes from the shell, so that it stands in no ticket."""
    at = shlex.quote(f"{_reached(account)[0]}/{path}")
    return " ".join(["curl", "--fail-with-body", "--request", method, *more, _HEADER, at])


def _part(text: str) -> str:
    return quote(text, safe="")


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY),
    products=("user", "member", "bot", "invitation", "deploy token", "deploy key", "pipeline trigger"),
    reached_by="https://GITLAB/api/v4",
)

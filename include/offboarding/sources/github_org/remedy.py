"""What an owner of the organization types to shut a way in, by GitHub's own command line (https://cli.github.com).

https://docs.github.com/en/rest/orgs/members, https://docs.github.com/en/rest/deploy-keys/deploy-keys
"""

import shlex
from urllib.parse import quote

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.github_org.credentials import AUTHORIZED
from offboarding.sources.github_org.deploy_keys import numbers_of
from offboarding.sources.github_org.people import INVITATION, GithubProduct

_TITLED = ("--field", "title=TITLE", "--field", "key=KEY")


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return _token(account, subject)
    if subject.kind is SubjectKind.SSH_KEY:
        return (say("An SSH key is the user's own, and ends here with what the user may do here."), *_person(account))
    match account.product:
        case GithubProduct.DEPLOY_KEY:
            return _deploy_key(account)
        case GithubProduct.APP:
            return _installed_app(account)
        case GithubProduct.INVITATION:
            number = account.native_id.removeprefix(INVITATION)
            return (
                say(
                    "As an owner of the organization, take the invitation back:\n{command}",
                    command=_gh(account, "DELETE", f"invitations/{_part(number)}"),
                ),
                say("Undo: invite them anew, on the organization's page People."),
            )
        case _:
            return _person(account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another secret before the old one is shut."""
    account = action.account
    if account.product == GithubProduct.APP:
        return (
            say(
                "Find out who keeps the App's private keys. Where whoever left may have one, have the App's owner make"
                " a new one, move what runs with it, and delete the others, in the App's settings."
            ),
            say("If nobody needs the App:"),
            *disable(action),
        )
    if account.product != GithubProduct.DEPLOY_KEY:
        return (
            say("Make a new token or key for the workload, of a user or App whose owner works here."),
            say("Once nothing uses the old one:"),
            *disable(action),
        )
    added = _gh(account, "POST", _keys(account), "--field", "title=NEW", "--field", "key=@NEW.pub", below="")
    return (
        say("Make a key pair where the workload runs:\n{command}", command="ssh-keygen -t ed25519 -N '' -f NEW"),
        say(
            "As an administrator of the repository, add its public half; --field read_only=true if it only reads:\n"
            "{command}",
            command=added,
        ),
        say("Once the workload uses the new one:"),
        *disable(action),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the audit log tells; on Enterprise Cloud and Server alone it can be asked."""
    account = action.account
    phrase = f"?phrase={quote(f'actor:{account.login}', safe='')}" if account.login else ""
    return (
        say(
            "First keep what the audit log knows, which ends after 180 days, of Git after 7:\n{command}",
            command=_gh(account, "GET", f"audit-log{phrase}", "--paginate"),
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _person(account: Account) -> tuple[str, ...]:
    if account.product == GithubProduct.COLLABORATOR:
        return (
            say(
                "As an owner of the organization, first see on its page People, Outside collaborators, what they may"
                " do, then take them off all of its repositories:\n{command}",
                command=_gh(account, "DELETE", f"outside_collaborators/{_part(account.login)}"),
            ),
            say("Undo: invite them to each repository anew."),
        )
    if account.product == GithubProduct.MANAGED:
        return (
            say("At the identity provider, take GitHub away from them: the user is suspended, with tokens and keys."),
            say("Deploy keys that they added go on, and have items of their own."),
            say("Undo: give them GitHub there again."),
        )
    at = f"memberships/{_part(account.login)}"
    return (
        say(
            "As an owner of the organization, take them out of it; where they're in it by a team of the enterprise,"
            " take them out of that as well:\n{command}",
            command=_gh(account, "DELETE", at),
        ),
        say("Deploy keys that they added go on, and have items of their own."),
        say(
            "Undo, with what they could do before if it's within three months:\n{command}",
            command=_gh(account, "PUT", at, "--field", f"role={'admin' if account.privileged else 'member'}"),
        ),
    )


def _installed_app(account: Account) -> tuple[str, ...]:
    """There is no command for it.

    https://docs.github.com/en/apps/using-github-apps/reviewing-and-modifying-installed-github-apps
    """
    return (
        say(
            "As an owner of the organization, open its Settings, GitHub Apps, Configure, and suspend it there: {label}",
            label=account.label,
        ),
        say("Undo: unsuspend it there. What the App's own owner suspended they alone can take back."),
    )


def _deploy_key(account: Account) -> tuple[str, ...]:
    numbers = numbers_of(account.native_id)
    repository = _keys(account).removesuffix("/keys")
    opened = _gh(account, "PATCH", repository, "--field", "archived=false", below="")
    at = f"{_keys(account)}/{numbers[1] if numbers else 'KEY'}"
    return (
        say(
            "As an administrator of the repository, first keep the key's title and its public half:\n{command}",
            command=_gh(account, "GET", at, below=""),
        ),
        say(
            "Of a repository that is archived nothing can be changed: unarchive it before, and archive it again after"
            " that:\n{command}",
            command=opened,
        ),
        say("Delete it:\n{command}", command=_gh(account, "DELETE", at, below="")),
        say(
            "Undo, with what the first step showed:\n{command}",
            command=_gh(account, "POST", _keys(account), *_TITLED, "--field", "read_only=READ_ONLY", below=""),
        ),
    )


def _token(account: Account, subject: Subject) -> tuple[str, ...]:
    if subject.native_id.startswith(AUTHORIZED):
        number = subject.native_id.removeprefix(AUTHORIZED)
        return (
            say(
                "As an owner of the organization, take its authorization for single sign-on away:\n{command}",
                command=_gh(account, "DELETE", f"credential-authorizations/{_part(number)}"),
            ),
            say("Undo: whoever holds it authorizes it again, on their page of tokens."),
        )
    return (
        say(
            "As an owner of the organization, open its Settings, Personal access tokens, Active tokens, and revoke it"
            " there: {label}",
            label=subject.label,
        ),
        say("SSH keys that were made with the token go on."),
        say("Undo: whoever holds it makes a new one, and an owner approves it."),
    )


def _keys(account: Account) -> str:
    """By the repository's number, which the API takes as well as a name."""
    numbers = numbers_of(account.native_id)
    return f"repositories/{numbers[0] if numbers else 'REPOSITORY'}/keys"


def _gh(account: Account, method: str, path: str, *more: str, below: str | None = None) -> str:
    """A call of gh(1); `below`: what stands before the path, orgs/ORGANIZATION/ where nothing is said."""
    host, _, name = (account.reached_by or "github.com/ORGANIZATION").rpartition("/")
    elsewhere = () if host == "github.com" else ("--hostname", host)
    before = f"orgs/{_part(name)}/" if below is None else below
    return shlex.join(["gh", "api", *elsewhere, "--method", method, f"{before}{path}", *more])


def _part(text: str) -> str:
    return quote(text, safe="")


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY),
    products=("member", "managed user", "outside collaborator", "invitation", "deploy key", "installed App"),
    reached_by="github.com/ORGANIZATION",
)

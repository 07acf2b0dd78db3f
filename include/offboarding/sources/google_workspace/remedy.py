"""What an administrator types to shut a way in: Google has no command line for it, and curl will do.

https://developers.google.com/workspace/admin/directory/reference/rest/v1/users, .../tokens, .../asps
https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list
"""

import json
import shlex
from urllib.parse import quote

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.google_workspace.client import HOST
from offboarding.sources.google_workspace.credentials import APP_PASSWORD, GRANT
from offboarding.sources.google_workspace.directory import user_path

_HEADER = '--header "Authorization: Bearer $GOOGLE_ACCESS_TOKEN"'
_JSON = "--header 'Content-Type: application/json'"
_LOGS = ("login", "token", "admin")


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return _token(account, subject)
    if subject.kind is SubjectKind.SSH_KEY:
        return _ssh_key(account, subject)
    return _user(account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another secret before the old one is shut."""
    return (
        say(
            "Give the workload a service account of its own in Google Cloud, with no more than it needs; or a user, a"
            " grant or a key whose owner works here."
        ),
        say("Once nothing uses the old one:"),
        *disable(action),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the audit logs tell, which end after six months (https://support.google.com/a/answer/7061566)."""
    user = quote(action.account.native_id, safe="")
    paths = (f"admin/reports/v1/activity/users/{user}/applications/{log}?maxResults=1000" for log in _LOGS)
    return (
        say(
            "First keep what the audit logs know, which ends after 6 months; of a longer list nextPageToken says where"
            " it goes on. It takes the scope admin.reports.audit.readonly:\n{command}",
            command="\n".join(_curl(action.account, "GET", path) for path in paths),
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _yours() -> str:
    return say(
        "As an administrator of Google Workspace, with an access token of yours in GOOGLE_ACCESS_TOKEN that has the"
        " scopes admin.directory.user and admin.directory.user.security; or on the user's page in the Admin console:"
    )


def _user(account: Account) -> tuple[str, ...]:
    listed = (_curl(account, "GET", _directory(account, below)) for below in ("tokens", "asps"))
    revoked = (_curl(account, "DELETE", _directory(account, below)) for below in ("tokens/CLIENT_ID", "asps/CODE_ID"))
    return (
        _yours(),
        say(
            "See what apps may do for them, and which app passwords there are. Once they're suspended Google may not"
            " list them, and they may be back when somebody restores the user:\n{command}",
            command="\n".join(listed),
        ),
        say("Revoke each:\n{command}", command="\n".join(revoked)),
        say("Sign them out everywhere:\n{command}", command=_curl(account, "POST", _directory(account, "signOut"))),
        say("Suspend them:\n{command}", command=_set(account, {"suspended": True})),
        say(
            "Where a directory or HR's system keeps the users here, end them there too: its next run may restore them."
        ),
        say("Whoever may read their mail, and files that they shared with outsiders, stay as they are."),
        say("Undo a suspension:\n{command}", command=_set(account, {"suspended": False})),
    )


def _token(account: Account, subject: Subject) -> tuple[str, ...]:
    once = say("Of a user who is suspended Google may refuse this: restore them, revoke it, and suspend them again.")
    if subject.native_id.startswith(GRANT):
        client = quote(subject.native_id.removeprefix(GRANT), safe="")
        return (
            _yours(),
            say("Revoke it:\n{command}", command=_curl(account, "DELETE", _directory(account, f"tokens/{client}"))),
            once,
            say("Undo: whoever it is lets the app in again."),
        )
    code = quote(subject.native_id.removeprefix(APP_PASSWORD), safe="")
    return (
        _yours(),
        say("Revoke it:\n{command}", command=_curl(account, "DELETE", _directory(account, f"asps/{code}"))),
        once,
        say("Undo: whoever it is makes a new one."),
    )


def _ssh_key(account: Account, subject: Subject) -> tuple[str, ...]:
    kept = _curl(account, "GET", f"{_directory(account)}?projection=full&fields=sshPublicKeys")
    return (
        _yours(),
        say("Keep the keys that they have:\n{command}", command=f"{kept} --output kept.json"),
        say(
            "Write them into left.json without this one, {label}, and set those that are left:\n{command}",
            label=subject.label,
            command=_set(account, "left.json"),
        ),
        say("Undo:\n{command}", command=_set(account, "kept.json")),
    )


def _directory(account: Account, below: str = "") -> str:
    return f"admin/directory/v1/{user_path(account.native_id)}{f'/{below}' if below else ''}"


def _set(account: Account, given: dict[str, bool] | str) -> str:
    """A change of the user: as it's said, or as a file holds it."""
    data = f"@{given}" if isinstance(given, str) else json.dumps(given)
    return _curl(account, "PATCH", _directory(account), _JSON, "--data", shlex.quote(data))


def _curl(account: Account, method: str, path: str, *more: str) -> str:
    """A call; the token comes from the shell, so that it stands in no ticket."""
    at = shlex.quote(f"{account.reached_by or f'https://{HOST}'}/{path}")
    return " ".join(["curl", "--fail-with-body", "--request", method, _HEADER, *more, at])


EXAMPLES = RemedyExamples(things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY))

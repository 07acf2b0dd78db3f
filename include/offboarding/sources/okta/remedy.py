"""What an administrator of the org types to shut a way in: Okta has no command line of its own, and curl will do.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserSessions/
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
"""

import shlex
from urllib.parse import quote, urlencode

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.okta.app_access import KEY, KEYS_ELSEWHERE, SECRET
from offboarding.sources.okta.credentials import REFRESH
from offboarding.sources.okta.service_apps import APP, SERVICE_APP

_HEADER = '--header "Authorization: SSWS $OKTA_API_TOKEN"'


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    if action.account.product == SERVICE_APP:
        return _app(action.account, action.subject)
    if action.subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return _token(action.account, action.subject)
    return _user(action.account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another token or secret before the old one is shut."""
    if action.account.product == SERVICE_APP:
        return _new_secret(action)
    return (
        say(
            "Give the workload an app of its own at Okta, of the type API Services, with a key and the scopes that it"
            " needs; or an API token of a user whose owner works here."
        ),
        say("Once nothing uses the old one:"),
        *disable(action),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the System Log tells."""
    account, wanted = action.account, f'actor.id eq "{action.account.native_id}"'
    if account.product == SERVICE_APP:
        wanted = f'actor.id eq "{_app_id(account)}" or target.id eq "{_app_id(account)}"'
    query = urlencode({"filter": wanted, "limit": "1000"}, quote_via=quote)
    since = "--url-query \"since=$(date --utc --date '90 days ago' +%Y-%m-%dT%H:%M:%SZ)\""
    return (
        say(
            "First keep what the System Log knows, which ends after 90 days; of a longer list a header, link, says"
            " where it goes on:\n{command}",
            command=_curl(account, "GET", f"logs?{query}", "--include", since),
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
        say("As an administrator of the org, with an API token of yours in OKTA_API_TOKEN:"),
        say("Suspend them:\n{command}", command=_curl(account, "POST", f"{user}/lifecycle/suspend")),
        say(
            "Where Okta refuses that, since only who is active can be suspended, deactivate them; this takes their apps"
            " away and ends their API tokens:\n{command}",
            command=_curl(account, "POST", f"{user}/lifecycle/deactivate"),
        ),
        say(
            "End their sessions at Okta, with the tokens that apps have of them:\n{command}",
            command=_curl(account, "DELETE", f"{user}/sessions?oauthTokens=true"),
        ),
        say(
            "Where a directory or HR's system is the source of their profile, end them there too: its next import may"
            " wake them."
        ),
        say("Apps keep sessions of their own, and passwords that they have beside single sign-on."),
        say("Undo a suspension:\n{command}", command=_curl(account, "POST", f"{user}/lifecycle/unsuspend")),
        say(
            "Undo a deactivation; apps are to be assigned anew:\n{command}",
            command=_curl(account, "POST", f"{user}/lifecycle/activate?sendEmail=true"),
        ),
    )


def _token(account: Account, subject: Subject) -> tuple[str, ...]:
    yours = say("As an administrator of the org, with an API token of yours in OKTA_API_TOKEN:")
    if subject.native_id.startswith(REFRESH):
        app, _, token = subject.native_id.removeprefix(REFRESH).partition("/")
        path = f"users/{_part(account.native_id)}/clients/{_part(app)}/tokens/{_part(token)}"
        return (
            yours,
            say("Revoke it:\n{command}", command=_curl(account, "DELETE", path)),
            say("Undo: whoever it is signs in to the app again."),
        )
    return (
        yours,
        say("An agent's is renewed by setting the agent up again, as somebody who works here: do that first."),
        say("Revoke it:\n{command}", command=_curl(account, "DELETE", f"api-tokens/{_part(subject.native_id)}")),
        say("Undo: it can't be; somebody who works here makes a new one."),
    )


def _app(account: Account, subject: Subject) -> tuple[str, ...]:
    """Of an app, or of one thing that lets it in."""
    if subject.native_id == KEYS_ELSEWHERE:
        return (
            say("Whoever may write to where its keys are published gets in: see who that is, and take them off there."),
            say("Undo: nobody needs to."),
        )
    path = f"apps/{_part(_app_id(account))}"
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        sort = "jwks" if subject.native_id.startswith(KEY) else "secrets"
        path = f"{path}/credentials/{sort}/{_part(subject.native_id.removeprefix(KEY).removeprefix(SECRET))}"
    return (
        say("As an administrator of the org, with an API token of yours in OKTA_API_TOKEN:"),
        say("Switch it off:\n{command}", command=_curl(account, "POST", f"{path}/lifecycle/deactivate")),
        say("Access tokens that were given out before go on until they end."),
        say("Undo:\n{command}", command=_curl(account, "POST", f"{path}/lifecycle/activate")),
    )


def _new_secret(action: AccountAction) -> tuple[str, ...]:
    account, subject = action.account, action.subject
    made = _curl(account, "POST", f"apps/{_part(_app_id(account))}/credentials/secrets")
    is_secret = not subject.native_id.startswith((KEY, KEYS_ELSEWHERE))
    return (
        say(
            "As an administrator of the org who goes on answering for the app, with an API token of yours in"
            " OKTA_API_TOKEN: whoever makes what it gets in by is taken for its owner, as is whoever its profile names."
        ),
        say("Make a new secret beside the old one; the answer shows it, once:\n{command}", command=made)
        if is_secret
        else say("Let the workload make a new key, and add its public half to the app: Admin Console, General."),
        say("Once the workload uses the new one:"),
        *(disable(action) if subject.kind is not SubjectKind.ACCOUNT else (say("Switch the old ones off."),)),
    )


def _app_id(account: Account) -> str:
    return account.native_id.removeprefix(APP)


def _curl(account: Account, method: str, path: str, *more: str) -> str:
    """A call; the token comes from the shell, so that it stands in no ticket."""
    at = shlex.quote(f"{account.reached_by or 'https://ORG.okta.com'}/api/v1/{path}")
    return " ".join(["curl", "--fail-with-body", "--request", method, *more, _HEADER, at])


def _part(text: str) -> str:
    return quote(text, safe="")


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL),
    products=("", "service app"),
    reached_by="https://ORG.okta.com",
)

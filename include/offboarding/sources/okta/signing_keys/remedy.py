"""A key of an authorization server, by Okta's API: nobody holds it, so it's a matter of who may have it used.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerKeys/
"""

import shlex
from urllib.parse import quote

from offboarding.interfaces import KeyRemedies, RemedyExamples
from offboarding.model import KeyAction, Remedy, say
from offboarding.sources.okta.signing_keys.keys import ORG, SERVERS

_CURL = 'curl --fail-with-body --request {method} --header "Authorization: SSWS $OKTA_API_TOKEN"'
_JSON = " --header 'Content-Type: application/json' --data {body}"


def cut_access(action: KeyAction) -> tuple[str, ...]:
    """Return how each principal's admin role is taken away, and given back."""
    return (
        say(
            "In {source}, as a super administrator, with an API token of yours in OKTA_API_TOKEN and the org's address,"
            " such as https://corp.okta.com, in OKTA_ORG_URL:",
            source=action.copy.source,
        ),
        *(step for principal in action.principals for step in _of(f"users/{quote(principal, safe='')}/roles")),
    )


def issue(action: KeyAction) -> tuple[str, ...]:
    """Return how a server comes to sign by its next key."""
    server = action.copy.key.name.removeprefix(SERVERS)
    if server == ORG:
        return (say("Okta alone rotates the keys of the org authorization server: ask its support."),)
    path = f"authorizationServers/{quote(server, safe='')}/credentials/lifecycle/keyRotate"
    return (
        say(
            "In {source}, let the server sign by its next key; that can't be undone, and whoever verifies its tokens"
            " reads its keys anew:\n{command}",
            source=action.copy.source,
            command=_curl("POST", path, '{"use": "sig"}'),
        ),
    )


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return how the key before is taken from those that are listed."""
    return (
        say("The key before stays listed as EXPIRED. Once tokens that it signed have ended, rotate once more:"),
        *issue(action),
    )


REMEDIES: KeyRemedies = {Remedy.ISSUE: issue, Remedy.WITHDRAW: withdraw, Remedy.CUT_ACCESS: cut_access}


def _of(roles: str) -> tuple[str, ...]:
    return (
        say("See which role it is, and whether a group gives it:\n{command}", command=_curl("GET", roles)),
        say(
            "Take it away, ROLE_ASSIGNMENT being its id; one that a group gives goes with the membership:\n{command}",
            command=_curl("DELETE", f"{roles}/ROLE_ASSIGNMENT"),
        ),
        say("Undo, ROLE being its type:\n{command}", command=_curl("POST", roles, '{"type": "ROLE"}')),
    )


def _curl(method: str, path: str, body: str = "") -> str:
    """A call; token and address come from the shell."""
    data = _JSON.format(body=shlex.quote(body)) if body else ""
    return f'{_CURL.format(method=method)}{data} "$OKTA_ORG_URL"{shlex.quote(f"/api/v1/{path}")}'


EXAMPLES = RemedyExamples(names=("authorizationServers/ID", "authorizationServers/org"))

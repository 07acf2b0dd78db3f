"""What an administrator of the tenant types to shut a way in, by Azure's own command line (az).

https://learn.microsoft.com/en-us/cli/azure/ad, https://learn.microsoft.com/en-us/graph/api/user-revokesigninsessions
"""

import shlex
from urllib.parse import quote

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.entra_id.applications import APPLICATION, FEDERATED, SERVICE_PRINCIPAL
from offboarding.sources.entra_id.consents import CONSENT
from offboarding.sources.entra_id.people import EntraProduct

_WORKLOADS = (EntraProduct.APPLICATION, EntraProduct.SERVICE_PRINCIPAL)
_OURS = (EntraProduct.MEMBER, EntraProduct.SYNCED)
"""Whose sessions are this tenant's."""
_ON_PREMISES = "onPremisesDomainName,onPremisesSamAccountName,onPremisesSecurityIdentifier"


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if subject.kind is not SubjectKind.ACCOUNT:
        return _credential(account, subject)
    if account.product in _WORKLOADS:
        switch = ("az", "rest", "--method", "PATCH", "--url", _principal(account), "--body")
        return (
            say(
                "As an administrator of applications, switch it off, with all that lets it in:\n{command}",
                command=shlex.join([*switch, '{"accountEnabled": false}']),
            ),
            say("Undo:\n{command}", command=shlex.join([*switch, '{"accountEnabled": true}'])),
        )
    user = ("az", "ad", "user", "update", "--id", account.native_id, "--account-enabled")
    if account.product == EntraProduct.SYNCED:
        return _in_active_directory(account, user)
    return (
        say(
            "As an administrator of users, shut the account; one that is synchronized from Active Directory is disabled"
            " there, too:\n{command}",
            command=shlex.join([*user, "false"]),
        ),
        # Of an external user they are another tenant's: https://learn.microsoft.com/en-us/graph/api/user-revokesigninsessions
        *([] if account.product == EntraProduct.EXTERNAL else [_revoke(account)]),
        say("Secrets of applications that they own go on, and have items of their own."),
        say("Undo:\n{command}", command=shlex.join([*user, "true"])),
    )


def sign_out(action: AccountAction) -> tuple[str, ...]:
    """Return how the sessions of a shut account end; nothing else here has any of its own."""
    if action.subject.kind is not SubjectKind.ACCOUNT or action.account.product not in _OURS:
        return ()
    return (
        _revoke(action.account),
        say("Undo: nobody needs to. Whoever may sign in does so anew."),
    )


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another secret before the old one is shut."""
    account, subject = action.account, action.subject
    if account.product not in _WORKLOADS:
        return (
            say("Move the workload to an application or a managed identity whose owner works here."),
            say("Once nothing uses the old one:"),
            *disable(action),
        )
    if subject.native_id.startswith(FEDERATED):
        return (
            say("See whether anybody who left controls what it trusts: {label}", label=subject.label),
            say("If so, let it trust another, then:"),
            *disable(action),
        )
    new = ("--cert", "@NEW.pem") if subject.kind is SubjectKind.CERTIFICATE else ("--display-name", "NEW")
    return (
        say(
            "As an administrator of applications, make a new one beside it; a secret is shown once, here:\n{command}",
            command=shlex.join([*_az(account), "credential", "reset", "--id", _number(account), "--append", *new]),
        ),
        say("Once the workload uses the new one:"),
        *(disable(action) if subject.kind is not SubjectKind.ACCOUNT else (say("Delete the old ones."),)),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the logs tell, which end after 30 days, or 7 without Entra ID P1."""
    account = action.account
    if account.product in _WORKLOADS:
        log, wanted = "directoryAudits", f"targetResources/any(t:t/id eq '{_number(account)}')"
    else:
        log, wanted = "signIns", f"userId eq '{account.native_id}'"
    return (
        say(
            "First keep what the tenant's logs know, which ends after 30 days, or 7:\n{command}",
            command=_rest(account, "GET", f"auditLogs/{log}?$filter={quote(wanted, safe='')}"),
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.SIGN_OUT: sign_out,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _in_active_directory(account: Account, user: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever is synchronized is managed there, in both senses.

    https://learn.microsoft.com/en-us/entra/identity/users/users-revoke-access
    """
    return (
        say(
            "It is synchronized from Active Directory. See from which account there:\n{command}",
            command=_rest(account, "GET", f"{_user(account)}?$select={_ON_PREMISES}"),
        ),
        say(
            "As an administrator of that domain, disable it there, SID being the onPremisesSecurityIdentifier: one that"
            " is disabled here alone is enabled again by the next synchronization:\n{command}",
            command="Disable-ADAccount -Identity SID",
        ),
        say(
            "As an administrator of users, shut it here as well, until that is synchronized:\n{command}",
            command=shlex.join([*user, "false"]),
        ),
        _revoke(account),
        say("Secrets of applications that they own go on, and have items of their own."),
        say(
            "Undo:\n{command}",
            command="\n".join(("Enable-ADAccount -Identity SID", shlex.join([*user, "true"]))),
        ),
    )


def _consent(account: Account, subject: Subject) -> tuple[str, ...]:
    at = f"oauth2PermissionGrants/{quote(subject.native_id.removeprefix(CONSENT), safe='')}"
    return (
        say(
            "As an administrator of applications, first keep what was consented to:\n{command}",
            command=_rest(account, "GET", at),
        ),
        say("Take it away:\n{command}", command=_rest(account, "DELETE", at)),
        say("What an administrator consented to for everybody goes on for them, too, until their account is shut."),
        say("Undo: whoever it is consents anew."),
    )


def _credential(account: Account, subject: Subject) -> tuple[str, ...]:
    if subject.native_id.startswith(CONSENT):
        return _consent(account, subject)
    number = subject.native_id.rpartition("/")[2]
    if subject.native_id.startswith(FEDERATED):
        named = ("--id", _number(account), "--federated-credential-id", number)
        return (
            say(
                "As an administrator of applications, first keep what it trusts:\n{command}",
                command=shlex.join(["az", "ad", "app", "federated-credential", "show", *named]),
            ),
            say(
                "Delete it:\n{command}",
                command=shlex.join(["az", "ad", "app", "federated-credential", "delete", *named]),
            ),
            say(
                "Undo, with what the first step showed:\n{command}",
                command=shlex.join(
                    [
                        *("az", "ad", "app", "federated-credential", "create"),
                        *("--id", _number(account), "--parameters", "@KEPT.json"),
                    ]
                ),
            ),
        )
    cert = ("--cert",) if subject.kind is SubjectKind.CERTIFICATE else ()
    return (
        say(
            "As an administrator of applications, delete it:\n{command}",
            command=shlex.join(
                [*_az(account), "credential", "delete", "--id", _number(account), "--key-id", number, *cert]
            ),
        ),
        say("Undo: nobody can. Make a new one, and give it to the workload."),
    )


def _revoke(account: Account) -> str:
    return say(
        "Revoke its sessions:\n{command}", command=_rest(account, "POST", _user(account), "revokeSignInSessions")
    )


def _az(account: Account) -> tuple[str, ...]:
    return ("az", "ad", "sp" if account.product == EntraProduct.SERVICE_PRINCIPAL else "app")


def _number(account: Account) -> str:
    return account.native_id.removeprefix(APPLICATION).removeprefix(SERVICE_PRINCIPAL)


def _principal(account: Account) -> str:
    """What lets it into this tenant."""
    return f"{_graph(account)}/servicePrincipals(appId='{quote(account.login, safe='')}')"


def _user(account: Account) -> str:
    return f"users/{quote(account.native_id, safe='')}"


def _rest(account: Account, method: str, *path: str) -> str:
    return shlex.join(["az", "rest", "--method", method, "--url", "/".join((_graph(account), *path))])


def _graph(account: Account) -> str:
    return account.reached_by or "https://graph.microsoft.com/v1.0"


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE),
    products=("member", "synchronized member", "external user", "application", "service principal"),
    reached_by="https://graph.microsoft.com/v1.0",
)

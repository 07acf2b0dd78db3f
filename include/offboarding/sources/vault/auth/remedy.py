"""What an administrator types at Vault to shut a way in; OpenBao's `bao` takes the same words.

https://developer.hashicorp.com/vault/docs/commands
"""

import shlex

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.vault.auth.identities import TOKEN, VaultProduct
from offboarding.sources.vault.auth.tokens import OF_SECRET_ID, OF_TOKEN


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how this is shut, and opened again."""
    account, subject = action.account, action.subject
    if subject.kind is SubjectKind.SERVICE_CREDENTIAL:
        return _handed_out(account, subject)
    if account.product == VaultProduct.USER:
        return _user(account)
    if account.product == VaultProduct.ROLE:
        return _role(account)
    if account.product == VaultProduct.TOKEN:
        return _token(account, account.native_id.removeprefix(TOKEN))
    return _entity(account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload gets another secret before the old one is shut."""
    if "/role/" in _path(action.account):
        made = _vault(action.account, "write", "-f", f"{_path(action.account)}/secret-id")
        new = say(
            "Make a new secret id, which the command shows, and give it to the workload alone:\n{command}", command=made
        )
    else:
        new = say(
            "Let the workload log in by an auth method that knows it, such as AppRole or Kubernetes, with the policies"
            " that it needs."
        )
    return (new, say("Once nothing uses the old one:"), *disable(action))


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what is known of it: last uses stand in audit devices' logs alone."""
    account = action.account
    if account.product == VaultProduct.TOKEN:
        accessor = account.native_id.removeprefix(TOKEN)
        command = _vault(account, "token", "lookup", "-accessor", accessor)
    elif account.product == VaultProduct.ENTITY:
        command = _vault(account, "read", f"identity/entity/id/{account.native_id}")
    else:
        command = _vault(account, "read", _path(account))
    return (
        say(
            "First keep what is told of it, and the logs of the audit devices since then, in which its requests stand:"
            "\n{command}",
            command=command,
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    # What a disabled entity holds works again once it's enabled, unless it's revoked like what works.
    Remedy.REMOVE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _entity(account: Account) -> tuple[str, ...]:
    path = f"identity/entity/id/{account.native_id}"
    return (
        say(
            "As an administrator of Vault, disable the entity: nobody logs in as it, and its tokens work no more."
            " Deleting the user alone leaves them working:\n{command}",
            command=_vault(account, "write", path, "disabled=true"),
        ),
        say("Orphan tokens that were made with its own go on: in the audit log, see who asked auth/token/create."),
        say("What it was lent, such as databases' logins, goes on until its leases end, or its tokens are revoked."),
        say("Undo:\n{command}", command=_vault(account, "write", path, "disabled=false")),
    )


def _user(account: Account) -> tuple[str, ...]:
    password = _vault(account, "write", f"{_path(account)}/password") + ' password="$(openssl rand -base64 32)"'
    return (
        say(
            "As an administrator of Vault, give the user a password that nobody knows; they never logged in, so that"
            " there are no tokens:\n{command}",
            command=password,
        ),
        say("Undo: give them a new password in the same way."),
    )


def _role(account: Account) -> tuple[str, ...]:
    return (
        say(
            "As an administrator of Vault, let nobody log in by the role's id alone:\n{command}",
            command=_vault(account, "write", _path(account), "bind_secret_id=true"),
        ),
        say("Undo:\n{command}", command=_vault(account, "write", _path(account), "bind_secret_id=false")),
    )


def _handed_out(account: Account, subject: Subject) -> tuple[str, ...]:
    if not subject.native_id.startswith(OF_SECRET_ID):
        return _token(account, subject.native_id.removeprefix(OF_TOKEN))
    role = _path(account) if "/role/" in _path(account) else "auth/approle/role/ROLE"
    named = f"secret_id_accessor={subject.native_id.removeprefix(OF_SECRET_ID)}"
    return (
        say(
            "As an administrator of Vault, destroy it ({label}):\n{command}",
            label=subject.label,
            command=_vault(account, "write", f"{role}/secret-id-accessor/destroy", named),
        ),
        say("Tokens that were made with it go on, and have items of their own."),
        say(
            "Undo: it can't be; make a new one:\n{command}", command=_vault(account, "write", "-f", f"{role}/secret-id")
        ),
    )


def _token(account: Account, accessor: str) -> tuple[str, ...]:
    return (
        say(
            "As an administrator of Vault, revoke it, with the tokens that were made with it and what they were lent,"
            " such as databases' logins:\n{command}",
            command=_vault(account, "token", "revoke", "-accessor", accessor),
        ),
        say("Undo: it can't be; whoever may log in gets a new one."),
    )


def _vault(account: Account, *words: str) -> str:
    """A call of vault(1): its flags stand behind the command's own name."""
    address = account.reached_by.partition("/v1/")[0]
    namespace = account.realm.partition("/")[2]
    flags = [*([f"-address={address}"] if address else []), *([f"-namespace={namespace}"] if namespace else [])]
    at = 2 if words[0] == "token" else 1
    return shlex.join(["vault", *words[:at], *flags, *words[at:]])


def _path(account: Account) -> str:
    """Where it lies, as vault(1) takes it."""
    return account.reached_by.partition("/v1/")[2] or "PATH"


EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL),
    products=("entity", "userpass user", "AppRole role", "token"),
    reached_by="https://HOST:8200/v1/PATH",
)

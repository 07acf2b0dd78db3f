"""A directory, by ldapmodify(1) and LDIF (RFC 2849), or what its product has in place of them.

The address is that of the checker's connection; `ADMIN_DN` is the reader's own. What a DN holds goes through LDIF's
base64 or the shell's quoting.
"""

import base64
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import Account, AccountAction, Remedy, Sentence, Subject, SubjectKind, say
from offboarding.sources.ldap.lockless import WITHOUT_LOCKS
from offboarding.sources.ldap.reached import options, uri

# SAFE-STRING of RFC 2849: printable ASCII that doesn't begin with space, colon or less-than, nor end with a space.
_SAFE = re.compile(r"(?![ :<])[\x20-\x7e]*(?<! )")

_PASSWORDS_ONLY = say("It stops password logins only: SSH keys and certificates on the entry are items of their own")
_NEW_PASSWORD = say("Set a new password and give it to the workload alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What differs between directories."""

    lock: Callable[[Account], tuple[str, ...]]
    set_password: Callable[[Account], tuple[str, ...]]
    ssh_keys: str = "sshPublicKey"
    certificates: str = "userCertificate;binary"


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return the lock that only an administrator lifts, or how an SSH key or certificate is taken off.

    An account is locked for good and never deleted (CIS v8 6.2).
    """
    account, subject = action.account, action.subject
    product = _product(account)
    match subject.kind:
        case SubjectKind.SSH_KEY:
            return _take_off(account, subject, product.ssh_keys)
        case SubjectKind.CERTIFICATE:
            return _revoke(account, subject, product.certificates)
        case _:
            return product.lock(account)


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how the password is set anew, or how the SSH key makes room for another."""
    account, subject = action.account, action.subject
    product = _product(account)
    if subject.kind is SubjectKind.SSH_KEY:
        first = say("Add the workload's new public key to {ssh_keys} first.", ssh_keys=product.ssh_keys)
        return (first, *_take_off(account, subject, product.ssh_keys))
    return product.set_password(account)


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what a directory knows of its binds."""
    account = action.account
    show = f'ldapsearch -LLL {_bind(account)} -s base -b {shlex.quote(account.label)} "*" "+"'
    return (
        _where(account),
        say(
            "First keep the entry as it is, and the logs of the directory and of the hosts since then:\n{command}",
            command=show,
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    # A directory has nothing that is off and could go.
    Remedy.REMOVE: disable,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


def _lock(account: Account) -> tuple[str, ...]:
    lock = _ldif(account, "replace: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    return (
        _where(account),
        say("Lock it until an administrator unlocks it:\n{command}", command=lock),
        say(
            "The lock counts only where the password policy in force says pwdLockout TRUE. {besides}.",
            besides=_PASSWORDS_ONLY,
        ),
        say("Undo:\n{command}", command=_ldif(account, "delete: pwdAccountLockedTime")),
    )


def _shut_without_locks(account: Account) -> tuple[str, ...]:
    keep = f'ldapsearch -LLL -o ldif-wrap=no {_bind(account)} -s base -b {shlex.quote(account.label)} "*" "+"'
    undo = _ldif(account, "add: userPassword", "userPassword:: KEPT")
    return (
        _where(account),
        say(
            "Show the entry, and keep the output; it holds the password's hash, so keep it closed:\n{command}",
            command=keep,
        ),
        say(
            "This directory has no locks: take the password off.\n{command}",
            command=_ldif(account, "delete: userPassword"),
        ),
        (
            say(
                "From then on nobody logs in by password. The checker can't see that, and closes this item "
                "only when the entry is deleted, or marked by what disabled_when names in the source's "
                "configuration. Where it names nothing, delete the entry, or have whoever runs the check "
                "name a mark there."
            )
        ),
        say("{besides}.", besides=_PASSWORDS_ONLY),
        say("Undo: take the mark off, and add what you kept:\n{command}", command=undo),
    )


def _set_password(account: Account) -> tuple[str, ...]:
    command = f"ldappasswd {_bind(account)} -S {shlex.quote(account.label)}"
    return (_where(account), say("{what}:\n{command}", what=_NEW_PASSWORD, command=command))


def _lock_in_389ds(account: Account) -> tuple[str, ...]:
    lock = _ldif(account, "replace: nsAccountLock", "nsAccountLock: true")
    return (
        _where(account),
        say("Lock it until an administrator unlocks it:\n{command}", command=lock),
        say("{besides}.", besides=_PASSWORDS_ONLY),
        say("Undo:\n{command}", command=_ldif(account, "delete: nsAccountLock")),
    )


def _disable_in_freeipa(account: Account) -> tuple[str, ...]:
    login = shlex.quote(account.login)
    return (
        say(
            "As an administrator of FreeIPA (kinit first), disable it:\n{command}",
            command=f"ipa user-disable -- {login}",
        ),
        say("{besides}. Kerberos tickets that it holds go on until they end.", besides=_PASSWORDS_ONLY),
        say("Undo:\n{command}", command=f"ipa user-enable -- {login}"),
    )


def _passwd_in_freeipa(account: Account) -> tuple[str, ...]:
    return (
        say(
            "{what}:\n{command}",
            what=_NEW_PASSWORD,
            command=f"ipa passwd -- {shlex.quote(account.login)}",
        ),
    )


def _disable_in_ad(account: Account) -> tuple[str, ...]:
    """By objectGUID, which nobody chooses: PowerShell takes four kinds of quotes for its own."""
    return (
        say(
            "In PowerShell with the ActiveDirectory module, disable it:\n{command}",
            command=f"Disable-ADAccount -Identity {account.native_id}",
        ),
        _with_samba(account, "disable"),
        say(
            "{besides}. Kerberos tickets that it holds go on until they end (10 hours by default), and a "
            "laptop that is offline lets it in by what it has cached.",
            besides=_PASSWORDS_ONLY,
        ),
        say("Undo:\n{command}", command=f"Enable-ADAccount -Identity {account.native_id}"),
        say("Or, with Samba:\n{command}", command=_samba(account, "enable")),
    )


def _reset_in_ad(account: Account) -> tuple[str, ...]:
    return (
        say(
            "{what}. In PowerShell with the ActiveDirectory module:\n{command}",
            what=_NEW_PASSWORD,
            command=f"Set-ADAccountPassword -Identity {account.native_id} -Reset",
        ),
        _with_samba(account, "setpassword"),
    )


def _with_samba(account: Account, command: str) -> Sentence:
    first = _where(account, "ADMIN_NAME")
    return say("Or, with Samba. {first}\n{command}", first=first, command=_samba(account, command))


def _samba(account: Account, command: str) -> str:
    return f'samba-tool user {command} -H {uri(account.reached_by)} -U "$ADMIN_NAME" -- {shlex.quote(account.login)}'


def _take_off(account: Account, subject: Subject, attribute: str) -> tuple[str, ...]:
    show = f"ldapsearch -LLL -o ldif-wrap=no {_bind(account)} -s base -b {shlex.quote(account.label)} {attribute}"
    value = f"{attribute}: the value whose fingerprint is {subject.native_id}"
    return (
        _where(account),
        say("Show the keys on the entry, and keep the output:\n{command}", command=show),
        (
            say(
                "Find the one whose fingerprint (ssh-keygen -lf FILE) is {id}, and take that value off:\n{command}",
                id=subject.native_id,
                command=_ldif(account, f"delete: {attribute}", value),
            )
        ),
        say("Undo: the same with add: in place of delete:, and the value you kept."),
    )


def _revoke(account: Account, subject: Subject, attribute: str) -> tuple[str, ...]:
    """With -t, ldapsearch(1) puts each value in a file and says in which; LDIF takes it from there (RFC 2849)."""
    show = (
        f"ldapsearch -LLL -t -o ldif-wrap=no {_bind(account)} -s base -b {shlex.quote(account.label)} userCertificate"
    )
    return (
        (
            say(
                "Have its issuer revoke {label}, and look for it on the revocation list: whoever trusts the "
                "issuer takes it until it's there. That can't be undone; whoever needs one gets a new one. "
                "This item closes when the checker sees it on that list, where it asks for it (revocation, "
                "in the source's configuration), or off the entry, as follows.",
                label=subject.label,
            )
        ),
        _where(account),
        say("Put the certificates on the entry in files, and keep these:\n{command}", command=show),
        (
            say(
                "Find the one whose SHA-256 fingerprint (openssl x509 -inform DER -noout -fingerprint "
                "-sha256 -in FILE), colons aside, is {id}, and take that value off, by the attribute's name "
                "as it was shown:\n{command}",
                id=subject.native_id,
                command=_ldif(account, f"delete: {attribute}", f"{attribute}:< file://FILE"),
            )
        ),
        say("Undo: the same with add: in place of delete:, and the file you kept."),
    )


def _dn(account: Account) -> str:
    if _SAFE.fullmatch(account.label):
        return f"dn: {account.label}"
    return f"dn:: {base64.b64encode(account.label.encode()).decode()}"


def _ldif(account: Account, *lines: str) -> str:
    # The quoted word keeps the shell from expanding anything between.
    return "\n".join((f"ldapmodify {_bind(account)} <<'LDIF'", _dn(account), "changetype: modify", *lines, "LDIF"))


def _bind(account: Account) -> str:
    return f'{options(account.reached_by)} -D "$ADMIN_DN" -W'


def _where(account: Account, who: str = "ADMIN_DN") -> Sentence:
    """What is to be set first."""
    if not account.reached_by:
        return say(
            "Set LDAP_URI and {who} to the directory and to who may write there; -ZZ is left out with ldaps://.",
            who=who,
        )
    return say(
        "Set {who} to who may write there. The address is the one that the checker reads: where that is a "
        "copy which takes no changes, name the one that does.",
        who=who,
    )


def _product(account: Account) -> Product:
    """Accounts that were read before their product was noted are OpenLDAP's."""
    return _PRODUCTS.get(account.product, _PRODUCTS["openldap"])


_PRODUCTS = {
    "openldap": Product(lock=_lock, set_password=_set_password),
    WITHOUT_LOCKS: Product(lock=_shut_without_locks, set_password=_set_password),
    "389ds": Product(lock=_lock_in_389ds, set_password=_set_password, ssh_keys="nsSshPublicKey"),
    "freeipa": Product(lock=_disable_in_freeipa, set_password=_passwd_in_freeipa, ssh_keys="ipaSshPubKey"),
    "ad": Product(lock=_disable_in_ad, set_password=_reset_in_ad, certificates="userCertificate"),
}
EXAMPLES = RemedyExamples(
    things=(SubjectKind.ACCOUNT, SubjectKind.SSH_KEY, SubjectKind.CERTIFICATE),
    products=("openldap", "openldap without locks", "389ds", "freeipa", "ad"),
    reached_by="ldaps://HOST",
)

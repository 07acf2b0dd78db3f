"""A directory: OpenLDAP with ppolicy (slapo-ppolicy(5)), by ldapmodify(1) and LDIF (RFC 2849).

`LDAP_URI` and `ADMIN_DN` are the reader's own. What a DN holds goes through LDIF's base64 or the shell's quoting.
"""

import base64
import re
import shlex

from include.offboarding.model import Account, Subject, SubjectKind

_BIND = '-ZZ -H "$LDAP_URI" -D "$ADMIN_DN" -W'
_MODIFY = f"ldapmodify {_BIND}"
# SAFE-STRING of RFC 2849: printable ASCII that doesn't begin with space, colon or less-than, nor end with a space.
_SAFE = re.compile(r"(?![ :<])[\x20-\x7e]*(?<! )")
_WHERE = (
    "Set LDAP_URI and ADMIN_DN to the directory and to who may write there; leave out -ZZ where LDAP_URI is ldaps://."
)


class Ldap:
    """Locks for good (never deletes: CIS v8 6.2), and takes SSH keys and certificates off the entry."""

    def close(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return the lock that only an administrator lifts, or how an SSH key or certificate is taken off."""
        match subject.kind:
            case SubjectKind.SSH_KEY:
                return _take_off(account, subject)
            case SubjectKind.CERTIFICATE:
                return _revoke(account, subject)
            case _:
                return _lock(account)

    def remove(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return the same: a directory has nothing that is off and could go."""
        return self.close(account, subject)

    def replace(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how the password is set anew, or how the SSH key makes room for another."""
        if subject.kind is SubjectKind.SSH_KEY:
            return ("Add the workload's new public key to sshPublicKey first.", *_take_off(account, subject))
        command = f"ldappasswd {_BIND} -S {shlex.quote(account.label)}"
        return (_WHERE, f"Set a new password and give it to the workload alone:\n{command}")

    def keep_traces(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return what a directory knows of its binds."""
        del subject
        show = f'ldapsearch -LLL {_BIND} -s base -b {shlex.quote(account.label)} "*" "+"'
        return (
            _WHERE,
            f"First keep the entry as it is, and the logs of the directory and of the hosts since then:\n{show}",
        )


def _lock(account: Account) -> tuple[str, ...]:
    dn = _dn(account)
    lock = _ldif(dn, "replace: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
    return (
        _WHERE,
        f"Lock it until an administrator unlocks it:\n{lock}",
        (
            "The lock counts only where the password policy in force says pwdLockout TRUE, and it stops password "
            "logins only: SSH keys on the entry are items of their own."
        ),
        f"Undo:\n{_ldif(dn, 'delete: pwdAccountLockedTime')}",
    )


def _take_off(account: Account, subject: Subject) -> tuple[str, ...]:
    show = f"ldapsearch -LLL -o ldif-wrap=no {_BIND} -s base -b {shlex.quote(account.label)} sshPublicKey"
    value = f"sshPublicKey: the value whose fingerprint is {subject.native_id}"
    return (
        _WHERE,
        f"Show the keys on the entry, and keep the output:\n{show}",
        (
            f"Find the one whose fingerprint (ssh-keygen -lf FILE) is {subject.native_id}, and take that value off:\n"
            f"{_ldif(_dn(account), 'delete: sshPublicKey', value)}"
        ),
        "Undo: the same with add: in place of delete:, and the value you kept.",
    )


def _revoke(account: Account, subject: Subject) -> tuple[str, ...]:
    """With -t, ldapsearch(1) puts each value in a file and says in which; LDIF takes it from there (RFC 2849)."""
    show = f"ldapsearch -LLL -t {_BIND} -s base -b {shlex.quote(account.label)} userCertificate"
    return (
        (
            f"Have its issuer revoke {subject.label}, and look for it on the revocation list: whoever trusts the "
            "issuer takes it until it's there. That can't be undone; whoever needs one gets a new one."
        ),
        _WHERE,
        f"Put the certificates on the entry in files, and keep these:\n{show}",
        (
            "Find the one whose SHA-256 fingerprint (openssl x509 -inform DER -noout -fingerprint -sha256 -in FILE), "
            f"colons aside, is {subject.native_id}, and take that value off, by the attribute's name as it was shown:\n"
            f"{_ldif(_dn(account), 'delete: userCertificate;binary', 'userCertificate;binary:< file://FILE')}"
        ),
        "Undo: the same with add: in place of delete:, and the file you kept.",
    )


def _dn(account: Account) -> str:
    if _SAFE.fullmatch(account.label):
        return f"dn: {account.label}"
    return f"dn:: {base64.b64encode(account.label.encode()).decode()}"


def _ldif(dn: str, *lines: str) -> str:
    # The quoted word keeps the shell from expanding anything between.
    return "\n".join((f"{_MODIFY} <<'LDIF'", dn, "changetype: modify", *lines, "LDIF"))


RUNBOOK = Ldap()

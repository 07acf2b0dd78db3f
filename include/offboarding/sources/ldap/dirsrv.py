"""The flavor 389-ds: nsUniqueId, and what works by nsAccountLock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import Gap, Standing
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import RIGHTS, Flavor
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import AccountStanding, Proof
from offboarding.sources.ldap.times import generalized_time
from offboarding.sources.ldap.witness import prove

LOCK = "nsAccountLock"
"""Operational. On the entry itself, or computed from an inactivated role (`dsidm role lock`)."""
UNLOCKS = "accountUnlockTime"
PRINCIPAL_ENDS = "krbPrincipalExpiration"
NSUNIQUEID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{8}){3}", re.IGNORECASE)


class DirectoryServer(Flavor):
    """389 Directory Server 1.4 or newer, and what was made of it."""

    name = "389ds"
    id_attributes = ("nsUniqueId",)
    lock_attributes = (LOCK, UNLOCKS, PRINCIPAL_ENDS)
    password_set = "pwdUpdateTime"
    defaults = {  # noqa: RUF012 - a ClassVar of the base
        # dsidm's users are of nsPerson, which isn't a person to the schema.
        "user_filter": "(|(objectClass=person)(objectClass=nsPerson)(objectClass=nsAccount)(objectClass=posixAccount)"
        "(objectClass=shadowAccount)(objectClass=account)(objectClass=simpleSecurityObject)"
        "(objectClass=ldapPublicKey))",
        "person_object_classes": ("person", "organizationalPerson", "inetOrgPerson", "nsPerson", "nsOrgPerson"),
    }
    attribute_defaults = {  # noqa: RUF012 - a ClassVar of the base
        "ssh_keys": ("nsSshPublicKey", "sshPublicKey"),
        "last_login": ("lastLoginTime",),
    }
    limits_fix = (
        "set nsSizeLimit, nsTimeLimit, nsLookThroughLimit and nsPagedLookThroughLimit to -1 on the reader's entry"
    )
    expired_principal = AccountStanding(
        standing=Standing.WORKS,
        reason=f"{PRINCIPAL_ENDS} has passed: Kerberos ends there, and 389-ds still takes the password",
    )
    """What an otherwise working login is after the end of its Kerberos principal. Tried on 389-ds 3.1."""

    def id_filter(self, native_id: str) -> str:
        """The filter that finds that account."""
        if not NSUNIQUEID.fullmatch(native_id):
            raise IncompleteReadError(f"account {native_id!r} is no nsUniqueId; nothing was concluded of it")
        return f"(nsUniqueId={native_id})"

    def judge(self, session: Session, settings: LdapSettings, as_of: datetime) -> "LockJudge":
        """Read the witness, and get ready to judge entries."""
        proof = prove(session, settings, (LOCK,), lambda entry: entry.first(LOCK).lower() == "true")
        return LockJudge(session, proof=proof, as_of=as_of, expired=self.expired_principal)


@dataclass(frozen=True, slots=True)
class LockJudge:
    """Judges entries by their lock."""

    session: Session
    proof: Proof
    as_of: datetime
    expired: AccountStanding

    def judge(self, entry: Entry) -> AccountStanding:
        """What can be said of this entry's password login."""
        return judge(entry, proof=self.proof, as_of=self.as_of, expired=self.expired)

    def gaps(self, realm: str) -> Iterator[Gap]:
        """What kept it from judging."""
        if self.proof.readable:
            return
        if self.proof.readable is None:
            fix = (
                "Without one nobody can tell an account that isn't locked from one whose lock we may not read: lock an "
                f"account of nobody's for good ({LOCK}: true) and name its DN as `witness` ({RIGHTS})"
            )
        else:
            fix = f"Grant {self.session.reader} read on {LOCK} ({RIGHTS}), or lock the reference account again"
        yield Gap(realm=realm, text=f"{self.session.source}: {self.proof.reason}. {fix}", red=True)


def judge(entry: Entry, *, proof: Proof, as_of: datetime, expired: AccountStanding) -> AccountStanding:
    """What can be said of this entry's password login. The server compares nsAccountLock with "true", in any case; an
    expired password (passwordExpirationTime, krbPasswordExpiration) is one to be changed, and no revocation.
    """
    lock = entry.first(LOCK)
    if lock.lower() == "true":
        return AccountStanding(standing=Standing.DEAD, reason=f"{LOCK} is {lock}")
    if proof.readable is False or (proof.readable is None and not lock):
        seen = f"{LOCK} is {lock}" if lock else f"no {LOCK} is visible"
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{seen}, and {proof.reason}")
    why = f"{LOCK} is {lock}" if lock else f"no {LOCK} is visible, and {proof.reason}"
    ended = _has_ended(entry, as_of)
    if ended is None:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{PRINCIPAL_ENDS} can't be read")
    if ended:
        return AccountStanding(standing=expired.standing, reason=f"{why}; {expired.reason}")
    locked_out = f"; {UNLOCKS} is set: locked after failed logins, which nobody decided" if entry.first(UNLOCKS) else ""
    return AccountStanding(standing=Standing.WORKS, reason=f"{why}{locked_out}")


def _has_ended(entry: Entry, as_of: datetime) -> bool | None:
    text = entry.first(PRINCIPAL_ENDS)
    try:
        return bool(text) and generalized_time(text) <= as_of
    except ValueError:
        return None

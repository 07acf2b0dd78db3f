"""Whether a password login works, in three values, under OpenLDAP's ppolicy (slapo-ppolicy(5)).

The server refuses the bind where pwdEndTime has passed, whatever the policy says, and where pwdAccountLockedTime is set
and the policy in force has pwdLockout TRUE; without it the lock is there and ignored. Only the permanent lock is a
revocation: a lock after failed logins is somebody's typing.
"""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model import Standing
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.times import generalized_time, is_permanent_lock

LOCKED = "pwdAccountLockedTime"
PERMANENT = "000001010000Z"
ENDS = "pwdEndTime"
STARTS = "pwdStartTime"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """A standing and why."""

    standing: Standing
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """The policy in force for an account."""

    label: str
    """Its DN; "" where nobody told us which one it is."""
    lockout: bool | None
    """pwdLockout; None where it couldn't be read."""
    problem: str = ""
    """Why it couldn't, for people; "" where it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whether absent lock attributes mean "not locked": absent and unreadable look the same."""

    readable: bool | None
    """True: the witness reads as locked, or there are no locks; False: it doesn't; None: nothing proves it."""
    reason: str
    fix: str = ""
    """What is to be done about it, where that isn't the usual: sentences."""
    told: str = ""
    """What each report has to say of it, where it was declared and not seen."""


def judge(entry: Entry, *, policy: PasswordPolicy, proof: Proof, as_of: datetime) -> AccountStanding:
    """What can be said of this entry's password login. Whether a password is there is nobody's to read, and tells
    nothing.
    """
    seen = _ended(entry, as_of) or _locked(entry, policy)
    if seen is None:
        standing = Standing.WORKS if proof.readable else Standing.UNKNOWN
        shown = "" if proof.told else f"no {LOCKED} is visible, and "
        return AccountStanding(standing=standing, reason=f"{shown}{proof.reason}{_start(entry)}")
    if seen.standing is Standing.WORKS and proof.readable is False:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{seen.reason}; but {proof.reason}")
    return seen


def _ended(entry: Entry, as_of: datetime) -> AccountStanding | None:
    text = entry.first(ENDS)
    if not text:
        return None
    try:
        ends_at = generalized_time(text)
    except ValueError as error:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{ENDS} can't be read: {error}")
    if ends_at > as_of:
        return None
    return AccountStanding(standing=Standing.DEAD, reason=f"{ENDS} {text} has passed")


def _locked(entry: Entry, policy: PasswordPolicy) -> AccountStanding | None:
    text = entry.first(LOCKED)
    if not text:
        return None
    if not is_permanent_lock(text):
        return AccountStanding(
            standing=Standing.WORKS,
            reason=f"locked after failed logins ({LOCKED} {text}): that wears off or is lifted, and nobody revoked it",
        )
    if policy.lockout is None:
        return AccountStanding(standing=Standing.UNKNOWN, reason=f"{LOCKED} is {PERMANENT}, but {policy.problem}")
    if not policy.lockout:
        reason = f"{LOCKED} is {PERMANENT}, but {policy.label} lacks pwdLockout TRUE: the server ignores the lock"
        return AccountStanding(standing=Standing.WORKS, reason=reason)
    reason = f"{LOCKED} {PERMANENT} under {policy.label} (pwdLockout TRUE)"
    return AccountStanding(standing=Standing.DEAD, reason=reason)


def _start(entry: Entry) -> str:
    """A login that waits for its first day is no dead one."""
    text = entry.first(STARTS)
    return f"; {STARTS} is {text}" if text else ""

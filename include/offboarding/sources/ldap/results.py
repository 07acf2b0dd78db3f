"""What each way to fail means for the read. Every result code but 0 (success) is one (RFC 4511 appendix A)."""

from dataclasses import dataclass

from offboarding.model import counted
from offboarding.model.errors import FatalError, IncompleteReadError, OffboardingError, RetriableError

SUCCESS = 0
PROTOCOL_ERROR = 2
NO_SUCH_OBJECT = 32
INSUFFICIENT_ACCESS = 50

_LIMITS = {3: "time limit", 4: "size limit", 11: "administrative limit"}
BUSY = {51, 52}
_CREDENTIALS = {48, 49}
_REFERRAL = 10

STANDS = "Nothing was concluded from this read; the last complete one stands, marked stale."


class RefusedError(IncompleteReadError):
    """The server refuses this one request, whatever it answers to others."""


class NoAccessError(RefusedError):
    """The entry isn't there, or this reader may not see it: the server says either to whom it hides things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A result that isn't success."""

    code: int
    description: str
    """The code's name."""
    text: str
    """The server's own words, "" where it has none."""
    referrals: tuple[str, ...]


def error_for(refusal: Refusal, *, where: str, reader: str, entries: int, limits_fix: str = "") -> OffboardingError:
    """The error for a refusal, met at `where` ("sources.corp-ldap: ou=people") after so many entries.

    `limits_fix` is how this directory lifts a limit, "" for OpenLDAP's way.
    """
    said = " ".join(refusal.text.split())
    text = f"result {refusal.code} {refusal.description}" + (f", {said}" if said else "")
    if refusal.code in _LIMITS:
        fix = limits_fix or f'ask for `limits dn.exact="{reader}" size=unlimited time=unlimited`'
        return RefusedError(
            f"{where}: {_LIMITS[refusal.code]} after {counted(entries, 'entry', 'entries')} ({text}). {STANDS}\n"
            f"  {fix[0].upper()}{fix[1:]} (docs/permissions/ldap.md)."
        )
    if refusal.code == _REFERRAL:
        return referral_error(refusal.referrals, where=where)
    if refusal.code in BUSY:
        return RetriableError(f"{where}: the server can't answer now ({text}). {STANDS}")
    if refusal.code in _CREDENTIALS:
        return FatalError(
            f"{where}: the server refused the login {reader} ({text}).\n"
            "  Set the password in the Airflow connection, or ask whether the account is locked."
        )
    if refusal.code in {NO_SUCH_OBJECT, INSUFFICIENT_ACCESS}:
        return NoAccessError(
            f"{where}: there is no such entry, or the reader may not see it ({text}). {STANDS}\n"
            f"  Set the right DN, or grant {reader} read on it (docs/permissions/ldap.md)."
        )
    return RefusedError(
        f"{where}: the server ended the read after {counted(entries, 'entry', 'entries')} ({text}). {STANDS}"
    )


def referral_error(targets: tuple[str, ...], *, where: str) -> OffboardingError:
    """The error for a part of the tree that lies elsewhere: it wasn't read, so nothing is complete."""
    return IncompleteReadError(
        f"{where}: the server refers to {', '.join(targets) or 'another server'}, which wasn't read. {STANDS}\n"
        "  Point the connection at the server that holds these entries, or set base_dn so that the referral lies "
        "outside and make a source of its own for the other server."
    )

"""The witness: an account known to be locked for good. Where its lock can be seen, so can others'."""

from collections.abc import Callable, Sequence

from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import Proof


def prove(
    session: Session, settings: LdapSettings, attributes: Sequence[str], is_locked: Callable[[Entry], bool]
) -> Proof:
    """Read the witness, and say what that proves."""
    if settings.witness is None:
        return Proof(readable=None, reason="no reference account (`witness`) is configured")
    entry = session.read(settings.witness, attributes).entry
    if entry is None:
        return Proof(readable=False, reason=f"the reference account {settings.witness} can't be read")
    if not is_locked(entry):
        return Proof(readable=False, reason=f"the reference account {settings.witness} doesn't read as locked")
    return Proof(readable=True, reason="the reference account shows that locks can be read")

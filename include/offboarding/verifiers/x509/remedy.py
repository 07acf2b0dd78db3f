"""A certificate: its issuer revokes it (RFC 5280, section 5)."""

from offboarding.interfaces import KeyRemedies
from offboarding.model import KeyAction, Remedy


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return that the issuer says so on its list."""
    copy = action.copy
    return (f"{copy.source}: revoke the certificate {copy.key.label}, and publish the revocation list.",)


REMEDIES: KeyRemedies = {Remedy.WITHDRAW: withdraw}

"""A certificate: its issuer revokes it (RFC 5280, section 5)."""

from offboarding.interfaces import KeyRemedies
from offboarding.model import KeyAction, Remedy, say


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return that the issuer says so on its list."""
    copy = action.copy
    return (
        say(
            "{source}: revoke the certificate {label}, and publish the revocation list.",
            source=copy.source,
            label=copy.key.label,
        ),
    )


REMEDIES: KeyRemedies = {Remedy.WITHDRAW: withdraw}

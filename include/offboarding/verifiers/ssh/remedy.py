"""An SSH authority, by ssh-keygen(1)."""

from offboarding.interfaces import KeyRemedies
from offboarding.model import KeyAction, Remedy, say


def issue(action: KeyAction) -> tuple[str, ...]:
    """Return how a new authority is made."""
    del action
    return (
        say(
            "A new SSH authority, where its private half stays:\n{command}",
            command='ssh-keygen -t ed25519 -f new_ca -C "user CA"',
        ),
    )


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return that hosts trust it no more: certificates that it signed end by the revocation list as well."""
    copy = action.copy
    return (
        say(
            "{source}: take {label} off every host, and add it to the revocation list (KRL).",
            source=copy.source,
            label=copy.key.label,
        ),
    )


REMEDIES: KeyRemedies = {Remedy.ISSUE: issue, Remedy.WITHDRAW: withdraw}

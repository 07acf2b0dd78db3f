"""A published key: whoever publishes the document takes it out (RFC 7517 leaves how to them)."""

from offboarding.interfaces import KeyRemedies
from offboarding.model import KeyAction, Remedy


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return which entry goes."""
    key = action.copy.key
    return (f"{action.copy.source}: take kid {key.native_id} out of what {key.name} publishes.",)


REMEDIES: KeyRemedies = {Remedy.WITHDRAW: withdraw}

"""A published key: whoever publishes the document takes it out (RFC 7517 leaves how to them)."""

from offboarding.interfaces import KeyRemedies, RemedyExamples
from offboarding.model import KeyAction, Remedy, say


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return which entry goes."""
    key = action.copy.key
    return (
        say(
            "{source}: take kid {id} out of what {name} publishes.",
            source=action.copy.source,
            id=key.native_id,
            name=key.name,
        ),
    )


REMEDIES: KeyRemedies = {Remedy.WITHDRAW: withdraw}
EXAMPLES = RemedyExamples(names=("https://ISSUER",))

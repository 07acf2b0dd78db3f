"""Why somebody decides: no decision is kept without."""

from offboarding.model.errors import FatalError


def said(reason: str) -> str:
    """The reason without outer blanks. Raises FatalError where it says nothing."""
    reason = reason.strip()
    if not reason:
        raise FatalError("A decision needs a reason: it is kept, and shown as evidence.")
    return reason

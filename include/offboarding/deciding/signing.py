"""Who decides, and why: no decision is kept without both."""

from include.offboarding.errors import FatalError


def signed(reason: str, author: str) -> tuple[str, str]:
    """Both without outer blanks. Raises FatalError where one of them says nothing."""
    reason, author = reason.strip(), author.strip()
    if not reason:
        raise FatalError("A decision needs a reason: it is kept, and shown as evidence.")
    if not author:
        raise FatalError("A decision needs somebody who takes it.")
    return reason, author

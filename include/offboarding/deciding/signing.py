"""Who decides, and why: no decision is kept without both."""

from include.offboarding.errors import FatalError


def signed(reason: str, author: str) -> tuple[str, str]:
    """Both without outer blanks. Raises FatalError where one of them says nothing."""
    reason = reason.strip()
    if not reason:
        raise FatalError("A decision needs a reason: it is kept, and shown as evidence.")
    return reason, signed_by(author)


def signed_by(author: str) -> str:
    """Who it is, without outer blanks. Raises FatalError where that says nothing."""
    author = author.strip()
    if not author:
        raise FatalError("A decision needs somebody who takes it.")
    return author

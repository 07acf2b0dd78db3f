"""A login that was shut, and the sessions that it left open at a server."""

from offboarding.model import Standing


def with_session(standing: Standing, reason: str, *, in_session: bool | None) -> tuple[Standing, str]:
    """What is true of a login that lets nobody in anew, where a session of it is open; None: that can't be told."""
    if standing is not Standing.DEAD or in_session is False:
        return standing, reason
    if in_session is None:
        return Standing.UNKNOWN, f"{reason}; whether a session of it is still open can't be told"
    return Standing.WORKS, f"{reason}, but a session of it is still open, and goes on until it's ended"

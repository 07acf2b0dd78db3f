"""A person's word on a departure that HR leaves open: it happened, or it didn't."""

import re
from datetime import UTC, datetime

from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.settings import Settings
from include.offboarding.store import words
from include.offboarding.store.connect import Session
from include.offboarding.store.words import OpenEnd

_LIST = "See: python -m include.offboarding departure list"
_OWN_ID = re.compile(r"(?:d-)?(\d{1,18})")


def confirm_departure(session: Session, settings: Settings, *, departure: str, reason: str, author: str) -> OpenEnd:
    """They left, and from the next run on what is theirs is judged. `departure`: its id (d-418), or a worker id.

    It counts as long as HR says the very same of that end. Raises FatalError where there is no such open end, or it
    counts already.
    """
    return _say(session, settings, departure, "confirm", reason, author)


def deny_departure(session: Session, settings: Settings, *, departure: str, reason: str, author: str) -> OpenEnd:
    """They didn't leave. It counts for `policy.deny_days`, then it's asked again. Raises FatalError as above."""
    return _say(session, settings, departure, "deny", reason, author)


def _say(session: Session, settings: Settings, departure: str, verdict: str, reason: str, author: str) -> OpenEnd:
    reason, author = signed(reason, author)
    with session.transaction():
        words.lock_words(session)
        end = _called(session, departure)
        _refuse(end, verdict)
        days = settings.policy.deny_days
        words.say(session, end, verdict=verdict, reason=reason, author=author, days=days)
        return next(each for each in words.open_ends(session) if each.departure_id == end.departure_id)


def _called(session: Session, word: str) -> OpenEnd:
    ends = words.open_ends(session)
    word = word.strip()
    own = _OWN_ID.fullmatch(word)
    found = words.of_departure(session, int(own[1])) if own and word.startswith("d-") else None
    if found is not None:
        return found
    theirs = [end for end in ends if word in (end.worker_id, f"{end.id_space}:{end.worker_id}")]
    if len(theirs) > 1:
        several = ", ".join(f"{end.id_space}:{end.worker_id} ({end.name})" for end in theirs)
        raise FatalError(f"Several departures may be meant: {several}. Name the one by its id.")
    if not theirs:
        raise FatalError(f"There is no departure {word[:40]} that HR leaves open. {_LIST}")
    return theirs[0]


def _refuse(end: OpenEnd, verdict: str) -> None:
    expired = end.until is not None and end.until <= datetime.now(UTC)
    if end.verdict == verdict and not expired:
        said = "confirmed" if verdict == "confirm" else "denied"
        raise FatalError(f"{end.name} of worker {end.id_space}:{end.worker_id} was {said} by {end.author} already.")
    if verdict == "confirm" and end.confirmed:
        raise FatalError(
            f"{end.name} of worker {end.id_space}:{end.worker_id} counts already: roster {end.roster} tells leaving by"
            " no longer listing somebody."
        )

"""A person's word on a departure that HR leaves open: it happened, or it didn't."""

import hashlib
import re
from datetime import UTC, datetime

from offboarding.decisions.fields import Departure, Reason
from offboarding.decisions.kinds import ConfiguredContext, Decided, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model import DepartureVerdict
from offboarding.model.errors import FatalError
from offboarding.model.naming import worker_of
from offboarding.report.wording import COMMAND, moment, worker
from offboarding.store import words
from offboarding.store.connect import Session
from offboarding.store.words import OpenEnd

_OWN_ID = re.compile(r"(?:d-)?(\d{1,18})")


def evidence(session: Session, *, departure: str, **others: object) -> str:
    """A digest of what HR says of that end, and of the last word on it; "" where it isn't named by its id."""
    del others
    own = _OWN_ID.fullmatch(departure.strip())
    end = words.of_departure(session, int(own[1])) if own else None
    return hashlib.sha256(repr(end).encode()).hexdigest()[:32] if end else ""


@decision("departure confirm", example='d-418 --reason "asked their manager"', evidence=evidence)
def confirm(context: ConfiguredContext, *, departure: Departure, reason: Reason) -> Decided[OpenEnd]:
    """They left: what is theirs is judged from the next run on.

    It counts as long as HR says the very same of that end. Raises FatalError where there is no such open end, or it
    counts already.
    """
    end = _say(context, departure, DepartureVerdict.CONFIRM, reason)
    whose = worker(end.id_space, end.worker_id)
    return _decided(
        end,
        f"Worker {whose} has left, by {end.author}'s word: what is theirs is judged from the next run on.",
        f'Check them now: trigger the DAG offboarding_departure with {{"people": ["{whose}"]}} (docs/departure.md).',
    )


@decision("departure deny", example='d-418 --reason "asked their manager"', evidence=evidence)
def deny(context: ConfiguredContext, *, departure: Departure, reason: Reason) -> Decided[OpenEnd]:
    """They didn't leave: what rested on it closes; asked again after policy.deny_days.

    Raises FatalError as `confirm`.
    """
    end = _say(context, departure, DepartureVerdict.DENY, reason)
    until = moment(end.until, context.zone) if end.until else ""
    lasts = f", until {until}; then it's asked again, unless HR says something else before." if until else "."
    return _decided(
        end,
        f"Worker {worker(end.id_space, end.worker_id)} works here, by {end.author}'s word{lasts}",
        "What rested on it closes with the next run.",
    )


def _decided(end: OpenEnd, *says: str) -> Decided[OpenEnd]:
    return Decided(made=end, ids={"departure": end.name, "worker": f"{end.id_space}:{end.worker_id}"}, says=says)


def _say(context: ConfiguredContext, departure: str, verdict: DepartureVerdict, reason: str) -> OpenEnd:
    reason, days = said(reason), context.settings.policy.deny_days
    with context.session.transaction():
        words.lock_words(context.session)
        ends = words.open_ends(context.session)
        with of_field("departure"):
            end = _called(context, ends, departure.strip())
            _refuse(end, verdict)
        words.say(context.session, end, verdict=verdict, reason=reason, author=context.author, days=days)
        return next(each for each in words.open_ends(context.session) if each.departure_id == end.departure_id)


def _called(context: ConfiguredContext, ends: list[OpenEnd], word: str) -> OpenEnd:
    own = _OWN_ID.fullmatch(word)
    found = words.of_departure(context.session, int(own[1])) if own and word.startswith("d-") else None
    if found is not None:
        return found
    named = worker_of(word, context.settings.id_spaces)
    theirs = [end for end in ends if word == end.worker_id or (end.id_space, end.worker_id) == named]
    if len(theirs) > 1:
        several = ", ".join(f"{end.id_space}:{end.worker_id} ({end.name})" for end in theirs)
        raise FatalError(f"Several departures may be meant: {several}. Name the one by its id.")
    if not theirs:
        raise FatalError(f"There is no departure {word[:40]} that HR leaves open. See: {COMMAND} departure list")
    return theirs[0]


def _refuse(end: OpenEnd, verdict: DepartureVerdict) -> None:
    expired = end.until is not None and end.until <= datetime.now(UTC)
    if end.verdict == verdict and not expired:
        word = "confirmed" if verdict == DepartureVerdict.CONFIRM else "denied"
        raise FatalError(f"{end.name} of worker {end.id_space}:{end.worker_id} was {word} by {end.author} already.")
    if verdict == DepartureVerdict.CONFIRM and end.confirmed:
        raise FatalError(
            f"{end.name} of worker {end.id_space}:{end.worker_id} counts already: roster {end.roster} tells leaving by"
            " no longer listing somebody."
        )

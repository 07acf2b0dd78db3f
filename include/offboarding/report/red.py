"""Why a run is red, in words."""

import shlex
from collections.abc import Iterator, Sequence

from offboarding.model import ReadStatus, counted
from offboarding.model.keys import short_finding
from offboarding.report import held, refused
from offboarding.report.coverage import MOST_LINES, nights, where
from offboarding.report.queues import since_answered
from offboarding.report.waivers import critical, lowered, unresolved
from offboarding.report.wording import COMMAND, first_of
from offboarding.runs.troubles import Troubles
from offboarding.store.messages import QueueLook
from offboarding.store.reading.reads import PartView, RosterView
from offboarding.store.revocations import BrokenOff


def reasons(found: Troubles) -> tuple[str, ...]:
    """A sentence each, and none where the run is green."""
    return tuple(_reasons(found))


def told_nowhere(finding_keys: Sequence[str]) -> str:
    """Of findings that no ticket tells, as the plan of tickets left them."""
    keys = ", ".join([*first_of([short_finding(key) for key in finding_keys], MOST_LINES)])
    return (
        f"{counted(len(finding_keys), 'finding')} on no ticket that anybody reads ({keys}), by a defect of ours. See to"
        f" each by hand until that is mended: {COMMAND} explain KEY"
    )


def acknowledging(found: Troubles) -> tuple[str, ...]:
    """The command for each gap, where nothing else makes the run red and none of them wasn't read at all."""
    if any(read.unread for read in (*found.rosters, *found.parts)):
        return ()
    gaps = (
        *(f"--roster {shlex.quote(roster.name)}" for roster in found.rosters),
        *(f"--source {shlex.quote(part.name)}" + _part(part) for part in found.parts),
        *(["--queue departures"] if found.queue else []),
    )
    if len(gaps) < len(reasons(found)):
        return ()
    return tuple(f'{COMMAND} acknowledge add {gap} --until DAY --reason "..."' for gap in dict.fromkeys(gaps))


def _part(part: PartView) -> str:
    return f" --part {shlex.quote(part.part)}" if part.part else ""


def _reasons(found: Troubles) -> Iterator[str]:
    if found.people_refused:
        yield "nobody was checked: whom it is about was refused"
    yield from _reads(found)
    for step in found.broken:
        yield f"{step} ended by a defect of ours: its trace stands in the log"
    if found.missing_steps:
        yield f"not done to the end: {', '.join(found.missing_steps)}; what they would report is missing from this run"
    if found.inconclusive:
        yield "nothing was concluded: correlation didn't come to its end"
    if found.unverified:
        yield f"of {counted(found.unverified, 'finding')} it can't be told whether they work"
    broken_off = [_broken_off(one) for one in found.broken_off]
    yield from first_of(broken_off, MOST_LINES, f" were broken off as well: {COMMAND} revoke list")
    yield from first_of(found.edited, MOST_LINES, " stood otherwise than the record says, and were put right")
    yield from _held(found)
    yield from _trackers(found)
    yield from first_of(found.texts_refused, MOST_LINES, " of policy.texts failed as well")
    if found.unheard:
        yield f"{counted(found.unheard, 'alert')} couldn't be sent to somebody who is told at once (task alert)"
    if found.queue:
        yield _unheard(found.queue)
    yield from first_of(list(map(critical, found.criticals)), MOST_LINES, " are critical and named as well")
    yield from first_of(list(map(lowered, found.lowered)), MOST_LINES, " critical ones likewise")
    yield from map(unresolved, found.unresolved)
    yield from (f"message {each}" for each in found.messages_refused)


def _held(found: Troubles) -> Iterator[str]:
    """Yield each line that tripped, and each that waited before and that findings of leavers joined."""
    joined = {hold.hold_id: more for hold, more in found.joined}
    for hold in found.trips:
        yield f"the guard holds {held.began(hold, joined.pop(hold.hold_id, None))}"
    for hold, more in found.joined:
        if hold.hold_id in joined:
            yield held.unanswered(hold, more)


def _broken_off(one: BrokenOff) -> str:
    key = short_finding(one.finding_key)
    what, how = ("undo of the revocation", "undone") if one.is_undo else ("revocation", "done")
    return (
        f"the {what} of {key} was broken off, and whether it was {how} isn't known: see {COMMAND} revoke settle {key}"
        ' --reason "..."'
    )


def _trackers(found: Troubles) -> Iterator[str]:
    for tracker, changes in found.untold:
        yield f"{f'tracker {tracker}' if tracker else 'the tracker'} hasn't been told of {counted(changes, 'change')}"
    for tracker, why in found.deaf:
        yield f"tracker {tracker} couldn't be told how its tickets read now: {why}"
    yield from refused.reasons(found.refused)
    if found.told_nowhere:
        yield told_nowhere(found.told_nowhere)
    for name in found.elsewhere:
        yield (
            f"nobody sees to the tickets of tracker {name}, which the configuration names no longer: name it again, or"
            f" {COMMAND} tracker move {name} NAME"
        )


def _reads(found: Troubles) -> Iterator[str]:
    for roster in found.rosters:
        if roster.status == ReadStatus.COMPLETE:
            yield f"roster {roster.name} holds values that can't be kept"
        else:
            yield f"roster {roster.name} {_how(roster)}"
    for roster in found.unlisted:
        workers = counted(roster.newly_waiting, "worker")
        yield (
            f"roster {roster.name} no longer lists {workers}, and whether they left waits for a person:"
            f" {COMMAND} accept-read {roster.run_id} {roster.name}"
        )
    for part in found.parts:
        yield f"{where(part)} {_how(part)}"


def _how(read: RosterView | PartView) -> str:
    if isinstance(read, PartView) and read.unlisted:
        return "is known from earlier runs and was not read"
    if isinstance(read, RosterView) and read.retired:
        return "is no longer configured, and listed employed people who are on no configured roster"
    if read.status != ReadStatus.PARTIAL:
        return f"couldn't be read{nights(read)}"
    if isinstance(read, PartView) and read.unasked:
        return "was read in part: leavers' accounts there couldn't be asked about"
    more = isinstance(read, PartView) and read.lacks_more
    return f"was read in part{nights(read)}{', and lacks more than the night before' if more else ''}"


def _unheard(look: QueueLook) -> str:
    if look.asked_at is None:
        return "the queue of departures wasn't asked"
    if look.error:
        return f"the queue of departures couldn't be asked{since_answered(look)}"
    return f"{counted(look.waiting, 'message')} on the queue of departures that nobody takes"

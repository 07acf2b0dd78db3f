"""Whether a run is red: what of it needs somebody. What merely waits, or is acknowledged, is green."""

from dataclasses import dataclass, fields

from offboarding.model import LineKind, NobodyChecked, ReadStatus, Severity
from offboarding.store.guard import Hold
from offboarding.store.held_findings import NewlyHeld
from offboarding.store.messages import QueueLook
from offboarding.store.reading import NightState
from offboarding.store.reading.night_states import Unverified
from offboarding.store.reading.reads import PartView, RosterView
from offboarding.store.reading.waiver_views import (
    AcknowledgedThen,
    CriticalThen,
    RegisterEffectThen,
    UnresolvedThen,
)
from offboarding.store.refusals import RefusedTicket
from offboarding.store.revocations import BrokenOff


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """What needs somebody, of each sort; nothing of any where the run is green."""

    rosters: tuple[RosterView, ...]
    """Not read, read in part, or with values that can't be kept."""
    unlisted: tuple[RosterView, ...]
    """Rosters that no longer list some workers, who wait for confirmation since this run. If a roster's line tripped in
    this run, that line reports the workers.
    """
    parts: tuple[PartView, ...]
    """Not read, or read in part."""
    broken: tuple[str, ...]
    """Steps that ended by a defect of ours."""
    missing_steps: tuple[str, ...]
    """Steps that have not ended, where nothing else says why."""
    inconclusive: bool
    """Nothing was concluded."""
    unverified: int
    """Findings of which it can't be told whether they work."""
    broken_off: tuple[BrokenOff, ...]
    """Revocations that were approved or being undone, and have come to no end."""
    edited: tuple[str, ...]
    """What stood otherwise than the record says, and was put right: a sentence each."""
    trips: tuple[Hold, ...]
    """Lines that the guard began to hold in this very run."""
    joined: tuple[tuple[Hold, NewlyHeld], ...]
    """Lines on which findings of leavers began to wait in this very run, whenever the lines tripped, and how many."""
    untold: tuple[tuple[str, int], ...]
    """Trackers that haven't been told of changes, and of how many; "" for the only one."""
    deaf: tuple[tuple[str, str], ...]
    """Others that couldn't be told how their tickets read now, and why."""
    refused: tuple[RefusedTicket, ...]
    """Tickets that their tracker refuses."""
    elsewhere: tuple[str, ...]
    """Trackers with tickets that nobody sees to: the configuration names them no longer."""
    told_nowhere: tuple[str, ...]
    """Keys of findings that no ticket tells."""
    texts_refused: tuple[str, ...]
    """Why our texts stood in for a company's own: a sentence each."""
    unheard: int
    """Alerts that a notifier couldn't tell."""
    queue: QueueLook | None
    """The look at the queue of departures, where one may wait there unheard."""
    people_refused: bool
    """Nobody was checked, for whom the run was to be about was refused."""
    criticals: tuple[CriticalThen, ...]
    """Critical findings that an exception newly names, which covers none."""
    lowered: tuple[RegisterEffectThen, ...]
    """Critical findings that the custody register newly lowered or prevented."""
    unresolved: tuple[UnresolvedThen, ...]
    """New entries of the exceptions file by a short key that is not one finding's."""
    messages_refused: tuple[str, ...]
    """Why something of the messages that began it was set aside: a sentence each."""

    @property
    def is_red(self) -> bool:
        """Whether there is any."""
        return any(getattr(self, each.name) for each in fields(self))


def troubles(night: NightState) -> Troubles:
    """What of a run needs somebody."""
    acknowledged = night.acknowledged
    trips = tuple(hold for hold in night.held.holds if hold.is_new)
    tripped = {hold.name for hold in trips if hold.kind == LineKind.ROSTER}
    inconclusive = night.run.correlated_at is None and night.nobody is None
    return Troubles(
        rosters=tuple(
            roster
            for roster in night.rosters
            if (roster.status != ReadStatus.COMPLETE or roster.problems)
            and not any(_stands_for(known, roster) for known in acknowledged)
        ),
        unlisted=tuple(roster for roster in night.rosters if roster.newly_waiting and roster.name not in tripped),
        parts=tuple(
            part
            for part in night.parts
            if part.status != ReadStatus.COMPLETE and not any(_knows(known, part) for known in acknowledged)
        ),
        broken=night.broken,
        missing_steps=() if night.broken or inconclusive else night.missing_steps,
        inconclusive=inconclusive,
        unverified=sum(not any(_covers(known, found) for known in acknowledged) for found in night.unverified),
        broken_off=night.broken_off,
        edited=night.record_troubles,
        trips=trips,
        joined=night.held.joined,
        untold=tuple((night.tickets.named(name), count) for name, count in sorted(night.tickets.untold.items())),
        deaf=tuple(sorted((name, why) for name, why in night.tickets.deaf.items() if name not in night.tickets.untold)),
        refused=tuple(night.tickets.refused),
        elsewhere=tuple(night.tickets.elsewhere),
        told_nowhere=tuple(night.tickets.told_nowhere),
        texts_refused=night.texts_refused,
        unheard=night.tickets.unheard,
        queue=None if any(known.queue for known in acknowledged) else _unheard(night.queue),
        people_refused=night.nobody is NobodyChecked.REFUSED,
        criticals=tuple(each for each in night.criticals if each.is_new),
        lowered=tuple(each for each in night.register_effects if each.is_new and each.severity is Severity.CRITICAL),
        unresolved=tuple(each for each in night.unresolved if each.is_new),
        messages_refused=night.refused_messages,
    )


def _unheard(look: QueueLook | None) -> QueueLook | None:
    return look if look and (look.asked_at is None or look.error or look.waiting) else None


def _stands_for(known: AcknowledgedThen, roster: RosterView) -> bool:
    """Whether that gap is known: nobody is missed by a read in part, so a value that is left out says nothing of it.

    Of a roster that is no longer configured, read since, the entry doesn't say whom it lists now.
    """
    if roster.retired and known.was_read:
        return False
    as_it_was = roster.status == ReadStatus.COMPLETE or (known.in_part and not roster.unread)
    return known.roster == roster.name and (known.covers is not None or as_it_was)


def _knows(known: AcknowledgedThen, part: PartView) -> bool:
    """Whether that gap is known: what is missing as it was; all of it only where somebody said just that."""
    about = known.source == part.name and known.part in (None, part.part)
    return about and (known.covers is not None or not (part.unread or part.lacks_more))


def _covers(known: AcknowledgedThen, finding: Unverified) -> bool:
    if known.finding:
        return finding.finding_key == known.finding
    return known.source is not None and known.source == finding.source and known.part in (None, finding.realm)

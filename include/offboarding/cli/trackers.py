"""Where tickets go, and ticket systems themselves."""

from collections.abc import Sequence
from datetime import UTC, datetime
from secrets import token_hex
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.options import Key, argument, command, option
from offboarding.cli.output import Column, note, say, table
from offboarding.cli.stores import session_on
from offboarding.config import loading
from offboarding.config.policy import Route
from offboarding.config.settings import Settings
from offboarding.model import (
    KEY_KINDS,
    TicketDraft,
    TicketPriority,
    TicketRef,
    TicketState,
    TicketStatus,
    counted,
    queue_in,
    tracker_of,
)
from offboarding.model.errors import FatalError, OffboardingError, raise_together
from offboarding.model.keys import NO_TICKET, short_finding
from offboarding.report.wording import COMMAND, ticket
from offboarding.runs import pipeline
from offboarding.store import moved_tickets, reading, runs
from offboarding.store.connect import Session
from offboarding.store.reading import FindingView, key_views
from offboarding.store.tickets import TicketRow
from offboarding.tickets import moving
from offboarding.tickets.routing import facts_of, misfit, queue_of, route_of


@command("route", example="f-7c31a0b2")
def route(*, key: Key) -> int:
    """Say which tracker and queue a finding goes to, by which of policy.routes, and why none before it fits."""
    loaded = loading.load()
    settings = loaded.settings
    with session_on(loaded) as session:
        finding = reading.explanation(session, key).finding
        about, names = facts_of(finding), [each.name for each in settings.trackers]
        registered = _registered_queue(session, settings, finding)
        queue = queue_of(settings, about, registered=registered)
        joins = None if finding.tracker else moved_tickets.would_join(session, finding.finding_key, queue)
    taken = route_of(settings, about)
    of = f", {finding.source} {finding.realm if finding.realm.isdigit() else ''}".rstrip() if finding.source else ""
    say(f"{short_finding(finding.finding_key)}: {finding.rule}, {finding.severity}{of}")
    for number, each in enumerate(settings.policy.routes):
        why = "" if each is taken else misfit(each, about) or "an earlier one fits"
        say(f"  policy.routes[{number}], to {_leads(each)}: {f'no, {why}' if why else 'fits'}")
        if each is taken:
            break
    if not names:
        raise FatalError("trackers: none is configured, so nobody is told. Name one in offboarding.yaml.")
    tracker = tracker_of(names, queue)
    named = f"queue {queue_in(tracker, queue)}" if queue_in(tracker, queue) else "its own default queue"
    by = "by that route" if taken and taken.queue else "by its source, or the policy"
    if registered:
        by = f"by the key's own queue in {settings.custody}, before any route"
    whose = f"; a new ticket is {taken.assignee}'s" if taken and taken.assignee else ""
    say(f"It goes to tracker {tracker}, {named}, {by}{whose}.")
    if finding.tracker and finding.ref:
        place = f": {finding.url}" if finding.url else "."
        say(f"It stands on {ticket(finding.ref)} of {finding.tracker}, and stays there{place}")
    elif finding.tracker:
        say(f"Its ticket is yet to be opened in {finding.tracker}, and it stays on that one.")
    elif joins:
        _say_where_it_joins(joins, names)
    return DONE


def _say_where_it_joins(row: TicketRow, trackers: Sequence[str]) -> None:
    """Of a finding on no ticket yet, whose queue has one for the same people, or had before it moved."""
    which = f"{ticket(row.ref)} of" if row.ref else "the ticket that is yet to be opened in"
    which, place = f"{which} {row.tracker}", f": {row.url}" if row.url else "."
    if row.tracker not in trackers:
        say(f"What goes there stood on {which}, which the configuration names no longer: it gets a new one.")
    elif row.state == TicketStatus.CLOSED:
        say(f"What goes there stood on {which}: that is opened again for it, or followed by a new one there{place}")
    else:
        say(f"What goes there stands on {which}, and it joins that one{place}")


def _registered_queue(session: Session, settings: Settings, finding: FindingView) -> str:
    """A key's own, as the file has it now, by the name that the register had for it in the last night."""
    names = {
        each.registered.name
        for each in key_views.keys(session)
        if each.registered and finding.subject_kind in KEY_KINDS and each.material == finding.subject_native_id
    }
    return next((entry.queue for entry in settings.register.keys if entry.name in names), "")


def _leads(route: Route) -> str:
    return " and ".join(
        [
            *([f"queue {route.queue}"] if route.queue else []),
            *([route.assignee] if route.assignee else []),
            *([f"page {route.page}"] if route.page else []),
        ]
    )


@command("tracker move", example="secops itsm --yes")
def move(
    *,
    old: Annotated[str, argument("OLD", "where the tickets stand, by its name in the configuration, now or before")],
    new: Annotated[str, argument("NEW", "where they go")],
    yes: Annotated[bool, option("--yes", text="do it (default: only show what would move)")] = False,
) -> int:
    """Move tickets from one tracker to another; shows first what would.

    Each that isn't over is opened there, with what still stands on it, and then closed here with a link to it. Broken
    off it is gone on with by the next hour, and no ticket is made twice. Where the configuration no longer names the
    old one, its own tickets are left to people.
    """
    loaded = loading.load()
    settings = loaded.settings
    names = [each.name for each in settings.trackers]
    with session_on(loaded) as session:
        if not yes:
            _show(moving.moves(session, names, old, new), old, new)
            if old not in names:
                note(
                    f"The configuration doesn't name {old}: its own tickets stay open there, left to people. If {new}"
                    f" is the same system by another name, call it {old} again: each would stand there twice."
                )
            note(f"Nothing was changed. To do it: {COMMAND} tracker move {old} {new} --yes")
            return DONE
        trackers = wiring.trackers(settings)
        for name in (each for each in (old, new) if each in trackers):
            trackers[name]().find(NO_TICKET)
        run = runs.last_finished_night(session)
        if run is None:
            raise FatalError("no night has run to its end yet, and its tickets can't be moved: let one, then move.")
        made = moving.move(session, run, names, old, new)
        _show(made, old, new)
        pipeline.ticket(session, settings, run, trackers)
        stand = moving.standing(session, made)
    say(f"Moved: {counted(stand, 'ticket')} open in {new}.")
    if stand < len(made):
        say("Fewer than moved: of some nothing was left to do, or they joined one that stood there.")
    if old not in names:
        say(f"The configuration doesn't name {old}: its own tickets are left to people there.")
    return DONE


def _show(found: list[moving.Move], old: str, new: str) -> None:
    say(f"{counted(len(found), 'ticket')} from {old} to {new}:")
    rows = [[each.key, each.ref.ref if each.ref else "not opened yet", each.queue or "the default"] for each in found]
    table([Column(name="Key"), Column(name=f"In {old}"), Column(name="Queue there")], rows)


@command("tracker test", example="secops")
def test(*, name: Annotated[str, argument("NAME", "the tracker's name in the configuration")]) -> int:
    """Open one harmless ticket in a tracker, comment on it and close it: what its user may do is seen, not guessed."""
    trackers = wiring.trackers(loading.load().settings)
    if name not in trackers:
        raise FatalError(f"trackers: there is no {name}. There is: {', '.join(trackers) or 'none'}.")
    tracker = trackers[name]()
    key = f"offb-{token_hex(6)}"
    asked = datetime.now(UTC)
    ref = tracker.open(
        TicketDraft(
            key=key,
            queue="",
            title=f"A test by the offboarding checker: nothing to do [{key}]",
            body="Somebody asks whether tickets can be opened here. This one closes by itself.\n\n[ ] 1  Nothing to do",
            priority=TicketPriority.LOW,
            due_at=None,
        )
    )
    say(f"opened     {ref.ref}  {ref.url}")
    refused: list[OffboardingError] = []
    try:
        tracker.comment(ref, f"test:{asked.isoformat()}", "A comment can be made.")
        say("commented")
    except OffboardingError as error:
        refused.append(error)
    try:
        tracker.close(ref, "The test is over.")
        say(_closed(tracker.state(ref), name, ref))
    except OffboardingError as error:
        refused += [error, FatalError(f"trackers.{name}: close {ref.ref} by hand: {ref.url or ref.ref}")]
    raise_together(refused)
    return DONE


def _closed(state: TicketState, name: str, ref: TicketRef) -> str:
    if state is TicketState.UNKNOWN:
        return "closed     as far as it was told: it can't be asked. Look whether it stands closed there"
    if state is not TicketState.CLOSED:
        raise FatalError(f"trackers.{name}: {ref.ref} was closed, and is {state}")
    return "closed     and seen closed"

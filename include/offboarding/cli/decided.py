"""What people decided, what waits for them, and until when their word counts."""

from datetime import UTC, datetime
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.lines.departures import NoticeLine, OpenEndLine
from offboarding.cli.lines.gaps import AcknowledgementLine, HoldLine
from offboarding.cli.lines.links import LinkDecidedLine
from offboarding.cli.options import Format, command, option
from offboarding.cli.output import Column, note, records, say, table
from offboarding.cli.stores import people_unread, reading_store
from offboarding.model import DepartureVerdict
from offboarding.report import held
from offboarding.report.waivers import gap
from offboarding.report.wording import COMMAND, moment, worker
from offboarding.store import acknowledgements as store_acknowledgements
from offboarding.store import decisions, guard, words
from offboarding.store import notices as store_notices
from offboarding.store.acknowledgements import Acknowledgement
from offboarding.store.decisions import Decision
from offboarding.store.guard import Hold
from offboarding.store.notices import Notice
from offboarding.store.words import OpenEnd

_BASES = {
    "planned": "a planned end has passed",
    "inferred": "no longer listed",
    "hidden": "left by one record, works here by another",
}


@command("link list", example="--all")
def links(
    *, every: Annotated[bool, option("--all", text="revoked ones, too")] = False, output: Format = "table"
) -> int:
    """List the decisions that stand."""
    with reading_store() as (session, zone):
        found = [one for one in decisions.decisions(session) if every or one.revoked_at is None]
    if output == "jsonl":
        records(map(LinkDecidedLine.read, found))
    elif found:
        names = ("Decision", "Says", "Source", "Account", "Worker", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Decision", "Says")) for name in names]
        table(columns, (_link_row(decision, zone) for decision in found))
    else:
        say("Nobody has decided anything.")
    return DONE


@command("holds")
def holds(
    *,
    every: Annotated[bool, option("--all", text="those that were decided or ended, too")] = False,
    output: Format = "table",
) -> int:
    """List the lines that the guard holds, with their numbers."""
    with reading_store() as (session, zone):
        found = guard.holds(session, every=every)
    if output == "jsonl":
        records(map(HoldLine.read, found))
    elif found:
        names = ("Hold", "Line", "Waits", "Since run", "Status", "Decided by")
        columns = [Column(name=name, whole=name in ("Hold", "Since run", "Status")) for name in names]
        table(columns, (_hold_row(hold, zone) for hold in found))
    else:
        say("The guard holds nothing.")
    return DONE


@command("notice list", example="--all")
def notices(
    *,
    every: Annotated[bool, option("--all", text="confirmed ones and those that ended, too")] = False,
    output: Format = "table",
) -> int:
    """List notices that HR's feed hasn't confirmed."""
    with reading_store() as (session, _):
        found = [one for one in store_notices.notices(session) if every or one.stands]
    if output == "jsonl":
        records(map(NoticeLine.read, found))
    elif found:
        names = ("Notice", "Worker", "Last moment", "Stands", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Notice", "Worker")) for name in names]
        table(columns, (_notice_row(notice) for notice in found))
    else:
        say("Nobody has given a notice." if every else "No notice waits for HR's feed.")
    return DONE


@command("departure list", example="--all")
def departures(
    *,
    every: Annotated[bool, option("--all", text="those that HR leaves open no more, too")] = False,
    output: Format = "table",
) -> int:
    """List departures that HR leaves open: planned ends that have passed, and people who are no longer listed.

    Longest gone first.
    """
    with reading_store() as (session, zone):
        ended = words.ended_ends(session) if every else []
        found, unread = [*words.open_ends(session), *ended], people_unread(session)
    if unread:
        note(unread)
    if output == "jsonl":
        records(map(OpenEndLine.read, found))
    elif found:
        names = ("Departure", "Worker", "Gone since", "Why", "Stands", "Roster says")
        columns = [Column(name=name, whole=name in ("Departure", "Worker")) for name in names]
        table(columns, (_departure_row(end, zone) for end in found))
        say("", f'They left, or they didn\'t: {COMMAND} departure confirm|deny DEPARTURE --reason "..."')
    elif not unread:
        say("HR never left a departure open." if every else "HR leaves no departure open.")
    return DONE


@command("acknowledge list")
def acknowledgements(
    *,
    every: Annotated[bool, option("--all", text="those that ended, too")] = False,
    output: Format = "table",
) -> int:
    """List what is acknowledged, by whom and until when."""
    now = datetime.now(UTC)
    with reading_store() as (session, zone):
        found = [each for each in store_acknowledgements.acknowledgements(session) if every or each.stands(now)]
    if output == "jsonl":
        records(map(AcknowledgementLine.read, found))
    elif found:
        names = ("Number", "What", "Until", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Number", "Until")) for name in names]
        table(columns, (_acknowledgement_row(each, zone) for each in found))
    else:
        say("No gap was ever acknowledged." if every else "No gap is acknowledged.")
    return DONE


def _link_row(decision: Decision, zone: str) -> list[str]:
    says = decision.verdict if decision.revoked_at is None else f"{decision.verdict} (revoked)"
    whose = worker(decision.id_space, decision.worker_id)
    by = f"{decision.author}, {moment(decision.decided_at, zone)}"
    if decision.revoked_at is not None:
        by += f"; revoked by {decision.revoked_by}, {moment(decision.revoked_at, zone)}"
    what = decision.account_label or decision.native_id
    return [str(decision.decision_id), says, decision.source, what, whose, by, decision.reason]


def _hold_row(hold: Hold, zone: str) -> list[str]:
    by = f"{hold.decided_by}, {moment(hold.decided_at, zone)}" if hold.decided_at and hold.decided_by else ""
    return [str(hold.hold_id), held.sentence(hold), held.holding(hold), str(hold.opened_run), hold.status, by]


def _notice_row(notice: Notice) -> list[str]:
    return [
        notice.notice_id,
        worker(notice.id_space, notice.worker_id),
        moment(notice.left_at, notice.zone),
        _notice_standing(notice),
        f"{notice.author}, {moment(notice.made_at, notice.zone)}",
        notice.reason,
    ]


def _notice_standing(notice: Notice) -> str:
    if notice.ended_at is not None:
        return f"ended {moment(notice.ended_at, notice.zone)} by {notice.ended_by}: {notice.ended_for}"
    if notice.confirmed_at is not None:
        return f"confirmed by HR's feed {moment(notice.confirmed_at, notice.zone)}"
    return "stands"


def _departure_row(end: OpenEnd, zone: str) -> list[str]:
    gone = moment(end.left_at, zone)
    whose, says = worker(end.id_space, end.worker_id), f"{end.roster}: {end.told}"
    return [end.name, whose, gone, _BASES[end.basis], _departure_standing(end, zone), says]


def _departure_standing(end: OpenEnd, zone: str) -> str:
    if end.ended_at:
        why = f": {end.ended_because}" if end.ended_because else ""
        said = f"{_said(end, zone)}; " if end.verdict else ""
        return f"{said}ended {moment(end.ended_at, zone)}{why}"
    return _said(end, zone)


def _said(end: OpenEnd, zone: str) -> str:
    if end.verdict == DepartureVerdict.DENY:
        until = f" until {moment(end.until, zone)}" if end.until else ""
        return f"denied by {end.author}{until}: {end.reason}"
    if end.verdict == DepartureVerdict.CONFIRM:
        return f"confirmed by {end.author}: {end.reason}"
    return "counts by itself" if end.confirmed else "to be confirmed"


def _acknowledgement_row(each: Acknowledgement, zone: str) -> list[str]:
    by = "the exceptions file" if each.origin == "file" else moment(each.made_at, zone)
    ended = f"; ended {moment(each.ended_at, zone)}" if each.ended_at else ""
    by_whom = f" by {each.ended_by}: {each.ended_for}" if each.ended_by else ""
    until = moment(each.expires_at, zone)
    return [str(each.acknowledgement_id), gap(each), until, f"{each.author}, {by}{ended}{by_whom}", each.reason]

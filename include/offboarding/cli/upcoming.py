"""Who leaves soon, and what they hold."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.lines.departures import UpcomingLine
from offboarding.cli.options import Format, command, count, option
from offboarding.cli.output import NARROW, Column, note, records, say, table, width
from offboarding.cli.stores import people_unread, reading_store
from offboarding.model import Basis, counted
from offboarding.report.wording import COMMAND, moment, worker
from offboarding.store.connect import Session
from offboarding.store.reading import holder_views, key_views
from offboarding.store.reading.holder_views import HolderQuery
from offboarding.store.reading.upcoming import LeavesSoon, upcoming
from offboarding.store.runs import last_finished_night

_BASES = {"actual": "HR's day", "planned": "a planned end", "notice": "notice"}


@command("upcoming", example="--days 30")
def listing(
    *,
    days: Annotated[int, option("--days", text="within so many days (default: 14)", metavar="N", parse=count)] = 14,
    as_of: Annotated[
        str | None,
        option(
            "--as-of",
            text="of this moment, such as 2026-11-25T01:30:00+09:00 (default: the last night's, as in its report)",
            metavar="MOMENT",
        ),
    ] = None,
    output: Format = "table",
) -> int:
    """List who leaves soon and what they hold, so that revocation can be prepared.

    People who work here still, the first to leave first.
    """
    with reading_store() as (session, zone):
        at = (wiring.moment(as_of) if as_of else None) or _last_night(session)
        unread = people_unread(session)
        found = upcoming(session, as_of=at, days=days, zone=zone)
        keys = _keys(session, HolderQuery(as_of=at, zone=zone)) if found else {}
    within = f"within {counted(days, 'day')} of {moment(at, zone)}"
    if unread:
        note(unread)
    if output == "jsonl":
        records(UpcomingLine.read(each, keys=keys.get(each.person_uid, [])) for each in found)
    elif found:
        say(f"Who leaves {within}:", "")
        _table([(each, keys.get(each.person_uid, [])) for each in found])
        say(
            "",
            f"What is to be rotated, and in which order: {COMMAND} exposure ID. No ticket is made before they leave.",
        )
    elif not unread:
        say(f"Nobody leaves {within}, by what HR and notices say.")
    return DONE


def _last_night(session: Session) -> datetime:
    """Its moment, so that its report and this list tell the same; now, where there was none."""
    last = last_finished_night(session)
    return last.as_of if last else datetime.now(UTC)


def _keys(session: Session, asked: HolderQuery) -> dict[str, list[str]]:
    """Labels of the keys that each person may hold, the surest first."""
    labels = {key.material: key.label for key in key_views.keys(session)}
    held: dict[str, list[str]] = defaultdict(list)
    for holder in holder_views.everyone(session, asked):
        held[holder.person_uid].append(labels.get(holder.material, holder.material))
    return held


def _table(found: Sequence[tuple[LeavesSoon, list[str]]]) -> None:
    """Who they are; where there is little room, all but what they hold stands below each other."""
    worker, things = Column(name="Worker", whole=True), Column(name="Accounts and keys")
    rows = (_row(each, keys) for each, keys in found)
    if width() < NARROW:
        table([worker, Column(name="Leaves"), things], ([who, leaves, what] for who, *leaves, what in rows))
    else:
        table([worker, Column(name="Leaves"), Column(name="By"), Column(name="Holds"), things], rows)


def _row(each: LeavesSoon, keys: list[str]) -> tuple[str, str, str, str, list[str]]:
    exact = each.basis == Basis.NOTICE
    when = moment(each.left_at, each.zone) if exact else f"{each.left_on} ({each.zone})"
    holds = [counted(each.accounts, "account"), counted(each.credentials, "credential"), counted(len(keys), "key")]
    privileged = f", {each.privileged} privileged" if each.privileged else ""
    things = [*each.labels, *(f"key: {label}" for label in keys)]
    return (
        worker(each.id_space, each.worker_id),
        when,
        f"{_BASES[each.basis]} ({each.told})",
        f"{', '.join(holds)}{privileged}",
        things,
    )

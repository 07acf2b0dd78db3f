"""What people are told at once of a ticket or night that is late: short keys and numbers, no names, mails or labels."""

from collections.abc import Sequence
from datetime import datetime

from offboarding.model import Alert, counted, first_few
from offboarding.model.keys import short_finding
from offboarding.report.wording import COMMAND, moment, ticket
from offboarding.store.late import LateTicket

MOST_TICKETS = 20
"""More are counted."""
MOST_KEYS = 5


def late(found: Sequence[LateTicket], run_id: int, zone: str) -> Alert:
    """One message about all that turned late."""
    lines = [_line(each, zone) for each in found[:MOST_TICKETS]]
    if len(found) > MOST_TICKETS:
        lines.append(f"and {len(found) - MOST_TICKETS} more")
    lines.append(f"More: {COMMAND} explain {short_finding(found[0].finding_keys[0])}")
    return Alert(
        key=f"past-due:run:{run_id}",
        subject=f"Offboarding: {counted(len(found), 'ticket')} past due",
        body="\n".join(lines),
    )


def late_night(due_at: datetime, done_by: str, zone: str, page: str) -> Alert:
    """Of a night that should have begun at `due_at`; `page` is where it is seen."""
    return Alert(
        key=f"late-night:{due_at.isoformat()}",
        subject=f"Offboarding: the night isn't done by {done_by}",
        body=f"The night of {moment(due_at, zone)} isn't done by {done_by}: see which task doesn't come to its end, and"
        f" clear it; where none has begun, see to Airflow's scheduler and workers: {page}",
    )


def untold_night(due_at: datetime, done_by: str, zone: str, page: str) -> Alert:
    """Of one of which the store can't be asked."""
    return Alert(
        key=f"late-night:{due_at.isoformat()}",
        subject=f"Offboarding: nobody can tell whether the night is done by {done_by}",
        body=f"Whether the night of {moment(due_at, zone)} is done by {done_by} can't be told: the store can't be"
        " asked. It is away, or offboarding.yaml has a mistake, which `offboarding check-config` names. See to that"
        f" first, then whether the night came to its end: {page}",
    )


def _line(each: LateTicket, zone: str) -> str:
    keys = [short_finding(key) for key in each.finding_keys]
    where = f"  {each.url}" if each.url else ""
    return (
        f"{ticket(each.ref)} in {each.tracker}, due {moment(each.due_at, zone)}:"
        f" {counted(len(keys), 'finding')} still open ({first_few(keys, MOST_KEYS)}){where}"
    )

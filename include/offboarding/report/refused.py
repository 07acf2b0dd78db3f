"""Tickets that their tracker refuses: which, in whose words, since when, and what to do."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from offboarding.model import counted
from offboarding.model.keys import short_finding
from offboarding.report.coverage import MOST_LINES
from offboarding.report.wording import labelled, moment, ticket
from offboarding.store.reading import Night
from offboarding.store.refusals import RefusedTicket


def reasons(found: Sequence[RefusedTicket]) -> Iterator[str]:
    """Why a run is red by them: a sentence each tracker, with its words on what it refuses longest."""
    for tracker, of_it in groupby(found, key=lambda each: each.tracker):
        first, *others = of_it
        more = f" (and {counted(len(others), 'other')})" if others else ""
        yield f"{tracker} refuses ticket {first.ticket_key}{more}: {first.words}"


def told(night: Night, zone: str) -> list[str]:
    """Each of them, and then what to do."""
    found = night.tickets.refused
    if not found:
        return []
    lines = [line for each in found[:MOST_LINES] for line in _lines(each, zone)]
    if len(found) > MOST_LINES:
        lines.append(f"and {counted(len(found) - MOST_LINES, 'other')}")
    entries = ", ".join(dict.fromkeys(f"trackers.{each.tracker}" for each in found))
    return labelled(
        "REFUSED",
        [
            *lines,
            f"Mend what these words say there, or in the configuration: {entries}.",
            "Each night tries again, and the next hour once the entry has changed.",
        ],
    )


def _lines(each: RefusedTicket, zone: str) -> Iterator[str]:
    """Which it is, by a finding on it as well, and what was said."""
    about = short_finding(each.finding_key) if each.finding_key else each.kind
    where = ticket(each.ref) if each.ref else "never opened"
    yield f"{about}  {each.ticket_key} in {each.tracker}, {where}, since {moment(each.refused_at, zone)}"
    yield f"  {each.words}"

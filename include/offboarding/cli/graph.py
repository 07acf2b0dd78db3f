"""What somebody gets in by, as a graph for programs that draw it or look for paths."""

import sys
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.custody import asked_at
from offboarding.cli.options import argument, command, option
from offboarding.cli.output import note
from offboarding.cli.stores import nothing_yet, reading_store
from offboarding.model.errors import FatalError
from offboarding.report.access_graph import PersonAccess, access_graph, graphml, opengraph
from offboarding.report.coverage import gaps
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading.access import accounts_of, credentials_of
from offboarding.store.reading.exposure import exposure
from offboarding.store.reading.workers import WorkerFound, departures
from offboarding.store.runs import last_finished_night

_WRITERS = {"opengraph": opengraph, "graphml": graphml}


@command("graph", example="hr:10442 --format opengraph")
def graph(
    *,
    worker: Annotated[str, argument("ID", "a worker id, present or former; or id_space:id")],
    output: Annotated[
        str,
        option(
            "--format",
            text="opengraph, for BloodHound; graphml, for what draws graphs (default: opengraph)",
            choices=tuple(_WRITERS),
        ),
    ] = "opengraph",
) -> int:
    """Write what a person gets in by as a graph: accounts, what is on them, keys that they may know, systems.

    By what the last night knows, and by ids alone.
    """
    with reading_store() as (session, zone):
        held, unread = _held(session, reading.worker_called(session, worker), zone)
    sys.stdout.write(_WRITERS[output](access_graph(held)))
    if unread:
        note("NOT CHECKED, so that there may be more:")
        for line in (line for text in unread for line in text.splitlines()):
            note(f"- {line}")
    return DONE


def _held(session: Session, person: WorkerFound, zone: str) -> tuple[PersonAccess, list[str]]:
    """What is known of them, and what that night couldn't read."""
    last = last_finished_night(session)
    if last is None:
        raise FatalError(nothing_yet())
    night = reading.night(session, last.run_id, zone)
    at, since, who = night.run.as_of, night.run.reads_since, person.person_uid
    unread = list(gaps(night))
    stands = next((each for each in departures(session, who) if each.valid_to is None and not each.returned), None)
    held = PersonAccess(
        person=person,
        departure=stands,
        as_of=at,
        unread=len(unread),
        accounts=accounts_of(session, who, since=since),
        credentials=credentials_of(session, who, since=since),
        secrets=exposure(session, who, asked_at(at, zone), since=since),
    )
    return held, unread

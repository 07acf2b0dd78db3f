"""Whether the record of changes and decisions is what it was when it was written, and the rest as it says."""

from collections.abc import Sequence
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.lines.checks import WholeLine
from offboarding.cli.options import Format, beginning_of_hash, command, option
from offboarding.cli.output import records, say
from offboarding.cli.stores import reading_store
from offboarding.model import counted
from offboarding.model.errors import FatalError
from offboarding.report.coverage import MOST_LINES
from offboarding.store import audits, events
from offboarding.store.reading.evidence import one_look


def _first(clauses: Sequence[str]) -> str:
    more = f"; and {len(clauses) - MOST_LINES} more" if len(clauses) > MOST_LINES else ""
    return "; ".join(clauses[:MOST_LINES]) + more


@command("audit verify", example="--hash 3fa9c1d2e4b7")
def verify(
    *,
    hashes: Annotated[
        list[str] | None,
        option(
            "--hash",
            text="a hash that an earlier report printed, or its first 8 digits or more; may be repeated",
            metavar="HASH",
            parse=beginning_of_hash,
        ),
    ] = None,
    output: Format = "table",
) -> int:
    """Check the record of changes: each event holds the hash of the one before it, and the last one's stands in each
    night's report, outside the database; and of who looked at whom on a page, which has a chain of its own.

    Raises FatalError that says where it isn't so.
    """
    # By one snapshot: rows that a run writes meanwhile would differ from the record.
    with reading_store() as (session, _), one_look(session):
        broken = events.broken_at(session)
        if broken is not None:
            raise FatalError(
                f"the record is broken at event {broken}: it, or one before it, was edited or removed after it was"
                " written. Keep the database as it is, restore a backup beside it, and compare the table finding_event."
            )
        if broken_looks := audits.looks_broken(session):
            raise FatalError(
                f"{broken_looks}. Keep the database as it is, restore a backup beside it, and compare the table look."
            )
        otherwise, of_runs = audits.otherwise(session), audits.runs_otherwise(session)
        end = events.head(session)
        missing = [digest for digest in hashes or () if events.holds(session, digest.lower()) is None]
    if missing:
        raise FatalError(
            f"the record is whole in itself, and no event has the hash {missing[0]}: it isn't the one that the report"
            " with this hash was made of. Restore a backup beside it, and compare the table finding_event."
        )
    if otherwise:
        raise FatalError(
            f"the record is whole in itself, and not all stands as it says: {_first(otherwise)}. Somebody wrote into"
            " the store. The next night puts it right, and is red for it; before that, copy what you want to look into."
        )
    if of_runs:
        raise FatalError(
            f"the record is whole, and runs differ from it: {_first(of_runs)}. The store was edited, and no run"
            " restores this. Keep the database as it is, restore a backup beside it, and compare the tables run,"
            " roster_read and source_read."
        )
    if output == "jsonl":
        records([WholeLine(events=end.seq if end else 0, hash=end.hash if end else None, whole=True)])
    elif end is None:
        say("Nothing has happened yet.")
    else:
        found = f", and holds {counted(len(hashes), 'hash', 'hashes')} given" if hashes else ""
        say(f"The record is whole: {counted(end.seq, 'event')}, the last one's hash {end.hash}{found}.")
    return DONE

"""Whether the record of changes is what it was when it was written."""

from argparse import Namespace

from include.offboarding.commands import DONE
from include.offboarding.commands.output import records, say
from include.offboarding.commands.stores import reading_store
from include.offboarding.errors import FatalError
from include.offboarding.report.wording import counted
from include.offboarding.store import events


def verify(given: Namespace) -> int:
    """The chain is whole, and the hashes of earlier reports are in it. Raises FatalError that says where it isn't."""
    with reading_store() as (session, _):
        broken = events.broken_at(session)
        if broken is not None:
            raise FatalError(
                f"the record is broken at event {broken}: it, or one before it, was edited or removed after it was"
                " written. Keep the database as it is, restore a backup beside it, and compare the table finding_event."
            )
        end = events.head(session)
        missing = [digest for digest in given.hash if events.holds(session, digest.lower()) is None]
    if missing:
        raise FatalError(
            f"the record is whole in itself, and no event has the hash {missing[0]}: it isn't the one that the report"
            " with this hash was made of. Restore a backup beside it, and compare the table finding_event."
        )
    if given.format == "jsonl":
        records([{"events": end.seq if end else 0, "hash": end.hash if end else None, "whole": True}])
    elif end is None:
        say("Nothing has happened yet.")
    else:
        found = f", and holds {counted(len(given.hash), 'hash', 'hashes')} given" if given.hash else ""
        say(f"The record is whole: {counted(end.seq, 'event')}, the last one's hash {end.hash}{found}.")
    return DONE

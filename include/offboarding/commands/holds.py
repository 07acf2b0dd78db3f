"""What the guard holds, and a person's refusal of it."""

from argparse import Namespace

from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, records, say, table
from include.offboarding.commands.stores import reading_store
from include.offboarding.errors import FatalError
from include.offboarding.report import held
from include.offboarding.report.wording import COMMAND, moment
from include.offboarding.store import guard
from include.offboarding.store.guard import Hold


def holds(given: Namespace) -> int:
    """Lines that wait for a person; with --all, those that were decided or ended, too."""
    with reading_store() as (session, zone):
        found = guard.holds(session, every=given.all)
    if given.format == "jsonl":
        from include.offboarding.commands.lines.gaps import HoldLine  # noqa: PLC0415 - tables need none of it

        records(map(HoldLine.read, found))
    elif found:
        names = ("Hold", "Line", "Waits", "Since run", "Status", "Decided by")
        columns = [Column(name=name, whole=name in ("Hold", "Since run", "Status")) for name in names]
        table(columns, (_row(hold, zone) for hold in found))
    else:
        say("The guard holds nothing.")
    return DONE


def reject(given: Namespace) -> int:
    """What waits on these holds is refused: nothing of it is told."""
    from include.offboarding import releasing  # noqa: PLC0415 - it needs everything, the list nothing

    if not given.author:
        raise FatalError("your login here has no name: say who decides with --author")
    with reading_store() as (session, _):
        decided = releasing.reject(session, given.holds, reason=given.reason, author=given.author)
    for hold in decided:
        say(f"Hold {hold.hold_id} ({held.line(hold)}) is rejected: {held.holding(hold)} stay untold.")
    say(f"The next night compares with what was accepted before, and asks anew where that is so again: {COMMAND} holds")
    return DONE


def _row(hold: Hold, zone: str) -> list[str]:
    by = f"{hold.decided_by}, {moment(hold.decided_at, zone)}" if hold.decided_at and hold.decided_by else ""
    return [str(hold.hold_id), held.sentence(hold), held.holding(hold), str(hold.opened_run), hold.status, by]

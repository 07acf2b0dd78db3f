"""What was shut for leavers by a second connection, and taking it back. Approving it has no command."""

from functools import partial
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.deciding import configured_context, signed
from offboarding.cli.lines.revocations import RevocationLine
from offboarding.cli.options import Format, argument, author, command, option, words
from offboarding.cli.output import Column, records, say, table
from offboarding.cli.stores import reading_store
from offboarding.decisions.signing import said
from offboarding.guard.revoking.settling import give_up
from offboarding.guard.revoking.undoing import undo
from offboarding.model import RevocationStage
from offboarding.model.keys import short_finding
from offboarding.report.wording import moment, worker
from offboarding.store import revocations
from offboarding.store.reading.finding_views import whole_key
from offboarding.store.revocations import RevocationRow

_OVER = (RevocationStage.LAPSED,)


@command("revoke list", example="--all")
def revoke_list(
    *,
    every: Annotated[bool, option("--all", text="what nobody approved while it was proposed, too")] = False,
    output: Format = "table",
) -> int:
    """List what is proposed to be shut, and what became of what a person approved."""
    with reading_store() as (session, zone):
        found = [row for row in revocations.rows(session) if every or row.status not in _OVER]
    if output == "jsonl":
        records(map(RevocationLine.read, found))
    elif found:
        names = ("Finding", "Stands", "What", "Whose", "By", "Why")
        columns = [Column(name=name, whole=name in ("Finding", "Stands")) for name in names]
        table(columns, (_row(row, zone) for row in found))
    else:
        say("Nothing is proposed to be shut, and nothing was shut.")
    return DONE


@command("revoke undo", example='f-7c31a0b2 --reason "their backup runs with it; moved on Monday"')
def revoke_undo(
    *,
    key: Annotated[str, argument("KEY", "a finding's key, or any beginning of 4 digits and more")],
    reason: Annotated[str, option("--reason", text="why; kept, and shown on the ticket", parse=words)],
    by: Annotated[str | None, author()],
) -> int:
    """Let a thing stand as before it was shut, by the connection that shut it.

    Refused where somebody changed it since: then nothing is done. It isn't proposed again.
    """
    who, why = signed(by), said(reason)
    with configured_context(who) as context:
        revokers = partial(wiring.revoker, context.settings)
        row = undo(context.session, revokers, whole_key(context.session, key), reason=why, author=who)
    say(f"{short_finding(row.finding_key)} stands as before. Its finding stands again with the next night's look.")
    return DONE


@command("revoke settle", example='f-7c31a0b2 --reason "its AWS account was closed on Friday"')
def revoke_settle(
    *,
    key: Annotated[str, argument("KEY", "a finding's key, or any beginning of 4 digits and more")],
    reason: Annotated[str, option("--reason", text="why; kept, and shown on the ticket", parse=words)],
    by: Annotated[str | None, author()],
) -> int:
    """End a revocation that was broken off, by what its system shows.

    Where nobody can look there any more, it ends as unseen, and never as done. It shuts nothing, and opens nothing.
    """
    who, why = signed(by), said(reason)
    with configured_context(who) as context:
        revokers = partial(wiring.revoker, context.settings)
        row = give_up(context.session, revokers, whole_key(context.session, key), reason=why, author=who)
    say(f"The revocation of {short_finding(row.finding_key)} is {row.status}.")
    return DONE


def _row(row: RevocationRow, zone: str) -> list[str]:
    what = f"{row.thing.kind.replace('_', ' ')} {row.thing.native_id}, {row.source} {row.part}".rstrip()
    by = f"{row.approved_by}, {moment(row.approved_at, zone)}" if row.approved_by and row.approved_at else ""
    if row.ended_by and row.ended_at:
        how = "undone" if row.status is RevocationStage.UNDONE else "ended"
        by += f"; {how} by {row.ended_by}, {moment(row.ended_at, zone)}"
    why = "; ".join(each for each in (row.reason, row.ended_for) if each)
    stands = f"{row.status}: {row.step}" if row.status is RevocationStage.DONE else row.status.value
    return [short_finding(row.finding_key), stands, what, worker(row.id_space, row.worker_id), by, why]

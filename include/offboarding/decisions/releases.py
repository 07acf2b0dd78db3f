"""What waits for a person, let through or refused. As much is decided by an answer to `offboarding_release`."""

from collections.abc import Iterator, Sequence

from offboarding.decisions.fields import Batch, Holds, Reason, Run
from offboarding.decisions.kinds import ConfiguredContext, Decided, DecisionContext, Right, decision
from offboarding.guard import releasing
from offboarding.report import held, night
from offboarding.report.wording import COMMAND
from offboarding.store import reading, rows
from offboarding.store.connect import Session
from offboarding.store.guard import Hold


def evidence(session: Session, *, run: int | None = None, **others: object) -> str:
    """A digest of what somebody is asked who is asked what waits."""
    del others
    asked = releasing.question(session, run)
    return asked.seen if asked else ""


@decision(
    "release",
    right=Right.APPROVE,
    example='418 --reason "looked through with HR"',
    by_approvers=True,
    in_one=False,
    evidence=evidence,
)
def release(
    context: ConfiguredContext, *, run: Run, holds: Holds | None = None, batch: Batch | None = None, reason: Reason
) -> Decided[rows.Run]:
    """Let through what waits since a run or earlier, or on these holds alone, after evaluating afresh; tickets are
    opened at once, those of a first read in batches (default: guard.batch).

    Raises FatalError as `releasing.release`.
    """
    made = releasing.release(
        context.session,
        context.settings,
        run,
        context.trackers(),
        reason=reason,
        author=context.author,
        holds=holds or (),
        batch=batch,
        caller=f"by form {context.caller}" if context.caller else "",
        seen=context.seen,
    )
    return Decided(made=made, ids={"run": made.run_id, "of": run}, says=_report(context, made))


@decision(
    "reject",
    right=Right.APPROVE,
    example='3 --reason "HR sent the file of another company"',
    by_approvers=True,
    evidence=evidence,
)
def reject(context: DecisionContext, *, holds: Holds, reason: Reason) -> Decided[Sequence[Hold]]:
    """Refuse what waits on a line: nothing of it is told, and the next night compares with what was accepted.

    Raises FatalError where one of them is none that waits.
    """
    decided = releasing.reject(context.session, holds, reason=reason, author=context.author)
    says = (
        f"Hold {hold.hold_id} ({held.line(hold)}) is rejected: {held.holding(hold)} stay untold." for hold in decided
    )
    asks = (
        f"The next night compares with what was accepted before, and asks anew where that is so again: {COMMAND} holds"
    )
    return Decided(made=decided, ids={"holds": len(decided)}, says=[*says, asks])


def _report(context: ConfiguredContext, run: rows.Run) -> Iterator[str]:
    yield night.render(reading.night(context.session, run.run_id, context.zone), context.zone, folded=False)

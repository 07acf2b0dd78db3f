"""A run that was wrong, taken out of the count."""

from collections.abc import Sequence

from offboarding.decisions.fields import Reason, Runs
from offboarding.decisions.kinds import Decided, DecisionContext, decision
from offboarding.decisions.signing import said
from offboarding.model.errors import FatalError
from offboarding.report.wording import moment
from offboarding.store import reading, runs, withdrawals
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.rows import Run


@decision("runs withdraw", example='418 --reason "as_of was a year late"', right=None)
def withdraw(context: DecisionContext, *, run_ids: Runs, reason: Reason) -> Decided[Sequence[Run]]:
    """Take a wrong run out of the count: by its moment nothing is decided any more, from the next run on. What it found
    and told stays, and so does the run, on record.

    All of them or none. Raises FatalError where there is no such run, or it counts no more already.
    """
    reason = said(reason)
    with context.session.transaction():
        lock_findings(context.session)
        found = [_withdrawn(context.session, run_id, reason=reason, author=context.author) for run_id in run_ids]
    last = reading.last_night(context.session)
    counts = (
        f"run {last.run_id}, as of {moment(last.as_of, context.zone)}" if last else "none: the next one is the first"
    )
    says = (
        f"Run {run.run_id} (as of {moment(run.as_of, context.zone)}) counts no more, by {context.author}'s word."
        for run in found
    )
    rest = f"The last night that counts: {counts}. What a withdrawn run found and told stays as it is."
    return Decided(made=found, ids={"runs": len(found)}, says=[*says, rest])


def _withdrawn(session: Session, run_id: int, *, reason: str, author: str) -> Run:
    found = runs.run(session, run_id)
    before = withdrawals.withdrawn(session, run_id)
    if before is not None:
        raise FatalError(f"run {run_id} was withdrawn by {before.author} already: {before.reason}")
    withdrawals.withdraw(session, run_id, reason=reason, author=author, moment=withdrawals.clock(session).now)
    return found

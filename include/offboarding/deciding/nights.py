"""A run that was wrong, taken out of the count."""

from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.store import runs, withdrawals
from include.offboarding.store.connect import Session
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.rows import Run


def withdraw_run(session: Session, run_id: int, *, reason: str, author: str) -> Run:
    """By its moment nothing is decided any more, from the next run on; what it read, found and told stays.

    Raises FatalError where there is no such run, or it counts no more already.
    """
    reason, author = signed(reason, author)
    with session.transaction():
        lock_findings(session)
        found = runs.run(session, run_id)
        before = withdrawals.withdrawn(session, run_id)
        if before is not None:
            raise FatalError(f"run {run_id} was withdrawn by {before.author} already: {before.reason}")
        withdrawals.withdraw(session, run_id, reason=reason, author=author, moment=withdrawals.clock(session).now)
    return found

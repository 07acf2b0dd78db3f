"""An approver's decision on an exception of the file, where `policy.exceptions_need_decision` asks for one."""

from datetime import UTC, datetime

from offboarding.decisions.fields import Entry, Reason
from offboarding.decisions.kinds import Decided, DecisionContext, Right, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model.errors import FatalError
from offboarding.report.wording import moment
from offboarding.store import exceptions
from offboarding.store.connect import Session
from offboarding.store.exceptions import EntryToDecide
from offboarding.store.locks import lock_findings


@decision(
    "exception approve",
    right=Right.APPROVE,
    example='7 --reason "agreed with the owner, CHG-1881"',
    by_approvers=True,
)
def approve(context: DecisionContext, *, entry: Entry, reason: Reason) -> Decided[int]:
    """Approve an exception of the file that waits for a decision: it covers from the next night on what it named when
    it was first read. An entry whose words change waits again. To end it, take it out of the file.

    Raises FatalError where no entry of this number is in the file, or it waits for no decision.
    """
    reason, session = said(reason), context.session
    with session.transaction():
        lock_findings(session)
        with of_field("entry"):
            waiting = _waiting(session, entry)
        exceptions.decide(session, entry, reason=reason, author=context.author)
    ends = moment(waiting.expires_at, context.zone)
    return Decided(
        made=entry,
        ids={"entry": entry},
        says=[f"Exception {entry} is approved, until {ends}. From the next night on it covers what it names."],
    )


def _waiting(session: Session, entry: int) -> EntryToDecide:
    found = exceptions.entry_to_decide(session, entry)
    if found is None:
        raise FatalError(f"there is no exception {entry}. The night's report has the numbers, under Not covered.")
    if found.valid_to is not None:
        raise FatalError(f"exception {entry} is no longer in the file as it was: its words changed, or it was removed.")
    if found.expires_at <= datetime.now(UTC):
        raise FatalError(f"exception {entry} has expired.")
    if not found.needs_decision:
        raise FatalError(f"exception {entry} needs no decision: policy.exceptions_need_decision is not set.")
    if found.decided_by is not None:
        raise FatalError(f"exception {entry} was approved by {found.decided_by} already.")
    return found

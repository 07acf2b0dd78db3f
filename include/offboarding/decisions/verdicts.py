"""A person's word on what was seen: a use after the departure, and a read that looks wrong."""

from offboarding.config.spelling import nearest
from offboarding.decisions.fields import Finding, Reason, Roster, Run
from offboarding.decisions.kinds import Decided, DecisionContext, Right, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model import counted
from offboarding.model.errors import FatalError
from offboarding.model.keys import short_finding
from offboarding.store import accepted_reads, findings
from offboarding.store.accepted_reads import AcceptedRead
from offboarding.store.reading.finding_views import whole_key
from offboarding.store.reading.reads import roster_reads


@decision("verdict", example='f-7c31a0b2 --reason "the payroll job; moved to a role on 26 November"')
def verdict(context: DecisionContext, *, finding: Finding, reason: Reason) -> Decided[str]:
    """Say what a use after the departure was: that, and nothing else, closes it.

    Gives the finding's whole key. Raises FatalError where the key is unknown, not one finding's alone, or of something
    that closes by being seen dead.
    """
    reason = said(reason)
    with of_field("finding"):
        key = findings.give_verdict(
            context.session, whole_key(context.session, finding), reason=reason, author=context.author
        )
    return Decided(
        made=key,
        ids={"finding": short_finding(key)},
        says=[f"{short_finding(key)} is resolved by {context.author}'s verdict. The next night closes its ticket."],
    )


@decision("accept-read", right=Right.APPROVE, example='418 hr --reason "the Daejeon plant was sold"')
def accept_read(context: DecisionContext, *, run: Run, roster: Roster, reason: Reason) -> Decided[AcceptedRead]:
    """Say that a roster really is that short, that those who vanished have left, or that an older file is right.

    Raises FatalError where there is nothing to accept, or a newer read has come since.
    """
    reason = said(reason)
    names = [each.name for each in roster_reads(context.session, [run])]
    if names and roster not in names:
        raise FatalError(f"run {run} read no roster {roster}.{nearest(roster, names)}")
    accepted = accepted_reads.accept_read(context.session, run, roster, reason=reason, author=context.author)
    left = f" {counted(accepted.left, 'worker')} no longer listed count as having left." if accepted.left else ""
    says = f"The read of {roster} in run {run} counts as complete.{left} The next night goes by it."
    if accepted.by_next:
        says = (
            f"The file that {roster} held in run {run} is believed until another one is read."
            " Nothing had been taken from it: the next run that finds it there takes it."
        )
    return Decided(made=accepted, ids={"run": run, "roster": roster, "left": accepted.left}, says=[says])

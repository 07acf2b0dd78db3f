"""An account that a leaver made shortly before the departure, or after it, and that nobody who works here holds."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, LeaverCase, LinkedAccount, Relation, Severity, Step
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._deciding import somebodys
from include.offboarding.rules._evidence import of_thing
from include.offboarding.rules._findings import finding_on, shut
from include.offboarding.rules._sentences import at
from include.offboarding.rules._ways import Way, open_ways, whole


class LeaverCreatedAccount:
    """High where it's privileged or was made after the departure; then it looks like a back door."""

    id: ClassVar[str] = "leaver-created-account"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account that a leaver made lately, that is open, and that nobody active holds or owns."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.CREATED):
            taken = whole(linked)
            if taken.open and not linked.active_owner:
                yield _finding(self, leaver, linked, taken)


def _finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: Way) -> Finding:
    account = linked.account
    after = account.created_at is not None and account.created_at > case.departure.certain_at
    return finding_on(
        rule,
        case,
        account,
        taken,
        relation=linked.relation,
        evidence=(
            *_made(linked, after=after),
            *of_thing(case, account, taken),
            "Nobody who works here is known to hold it.",
        ),
        steps=_steps(case, linked),
        severity=Severity.HIGH if after or account.privileged is True else None,
    )


def _made(linked: LinkedAccount, *, after: bool) -> Iterator[str]:
    account = linked.account
    late = ", after the departure: it may be a back door" if after else ""
    if account.created_by:
        on = f" on {at(account.created_at)}" if account.created_at else ""
        yield f"It was made{on} by an account of theirs ({account.created_by}){late}."
        return
    # The system itself doesn't say who made it; an audit trail did.
    for recorded in linked.evidence:
        yield f"They {recorded}."
    if late:
        yield f"It was made on {at(account.created_at)}{late}." if account.created_at else f"It was made{late}."


def _steps(case: LeaverCase, linked: LinkedAccount) -> tuple[Step, ...]:
    return (
        f"Find out what it's for: ask the former team of worker {case.worker_id} and the owners of {linked.source}.",
        somebodys(linked.source, linked.account),
        "Nobody's? Then shut it:",
        *shut(linked, *open_ways(linked)),
    )


RULE: Rule = LeaverCreatedAccount()

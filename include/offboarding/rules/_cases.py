"""Which departures count, and which accounts of a case a rule may judge."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Departure, LeaverCase, LinkDecision, LinkedAccount, Relation, SubjectKind


def counts(departure: Departure, as_of: datetime) -> bool:
    """Return whether somebody has left for certain: confirmed, and over wherever they may be."""
    return departure.confirmed and departure.certain_at <= as_of


def leaver(case: Case, as_of: datetime) -> LeaverCase | None:
    """Return the case if it's that of somebody who left for certain and doesn't work here again."""
    if not isinstance(case, LeaverCase) or case.returned or not counts(case.departure, as_of):
        return None
    return case


def leavers_accounts(
    case: Case, as_of: datetime, relation: Relation, kind: SubjectKind = SubjectKind.ACCOUNT
) -> Iterator[tuple[LeaverCase, LinkedAccount]]:
    """Yield a leaver's linked accounts of one relation, each with its case. A cloud account's root user is a kind.

    Nothing comes of a departure that nobody confirmed, of one still to come, or of somebody who works here again.
    """
    gone = leaver(case, as_of)
    if gone is not None:
        for linked in departed_accounts(gone, as_of, relation, kind):
            yield gone, linked


def departed_accounts(
    case: LeaverCase, as_of: datetime, relation: Relation, kind: SubjectKind = SubjectKind.ACCOUNT
) -> Iterator[LinkedAccount]:
    """Yield the same accounts, whether or not the person came back."""
    if not counts(case.departure, as_of):
        return
    for linked in case.accounts:
        if (linked.relation, linked.decision, linked.account.kind) == (relation, LinkDecision.LINKED, kind):
            yield linked

"""Which departures count, and which accounts of a case a rule may judge."""

from collections.abc import Iterator
from datetime import datetime

from include.offboarding.model import Case, Departure, LeaverCase, LinkDecision, LinkedAccount, Relation


def counts(departure: Departure, as_of: datetime) -> bool:
    """Return whether somebody has left for certain: confirmed, and over wherever they may be."""
    return departure.confirmed and departure.certain_at <= as_of


def leavers_accounts(case: Case, as_of: datetime, relation: Relation) -> Iterator[tuple[LeaverCase, LinkedAccount]]:
    """Yield a leaver's linked accounts of one relation, each with its case.

    Nothing comes of a departure that nobody confirmed, of one still to come, or of somebody who works here again.
    """
    if isinstance(case, LeaverCase) and not case.returned:
        for linked in departed_accounts(case, as_of, relation):
            yield case, linked


def departed_accounts(case: LeaverCase, as_of: datetime, relation: Relation) -> Iterator[LinkedAccount]:
    """Yield the same accounts, whether or not the person came back."""
    if not counts(case.departure, as_of):
        return
    for linked in case.accounts:
        if linked.relation is relation and linked.decision is LinkDecision.LINKED:
            yield linked

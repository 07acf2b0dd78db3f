"""An account that a leaver's own evidence would make theirs, were it not for somebody else's claim on it.

Whoever claims it may have been put there by the one who left: a claim makes nothing smaller, and nothing later.
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    AccountCase,
    Case,
    Departure,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    Relation,
    Suspect,
    say,
)
from offboarding.rules._cases import counts
from offboarding.rules._sentences import left


def likeliest_leaver(case: AccountCase, as_of: datetime) -> tuple[Suspect, Departure] | None:
    """Return the leaver with the highest score; of two alike always the same, since the finding's key holds them."""
    leavers = [
        (suspect, suspect.departure)
        for suspect in case.suspects
        if suspect.departure is not None and counts(suspect.departure, as_of)
    ]
    return min(leavers, key=lambda each: (-each[0].score, each[0].person_uid), default=None)


def without_rivals(case: Case, as_of: datetime) -> LeaverCase | None:
    """Return the likeliest leaver's case as if nobody else claimed this account, where their own evidence links it."""
    if not isinstance(case, AccountCase) or case.decision is not LinkDecision.DISPUTED:
        return None
    found = likeliest_leaver(case, as_of)
    if found is None or not found[0].links_alone:
        return None
    suspect, departure = found
    return LeaverCase(
        person_uid=suspect.person_uid,
        id_space=suspect.id_space,
        worker_id=suspect.worker_id,
        name="",
        episode=case.episode,
        departure=departure,
        returned=False,
        accounts=(_theirs(case, suspect),),
        roster=departure.roster,
    )


def claimants(suspects: tuple[Suspect, ...]) -> Iterator[str]:
    """Yield why each may hold it, and whether they work here."""
    for suspect in suspects:
        why = "; ".join(suspect.evidence) or say("no evidence left")
        score = f"{suspect.score / 100:.2f}"
        yield say("Worker {worker}, score {score}: {why}.", worker=suspect.worker_id, score=score, why=why)
        yield _here_or_left(suspect)


def _theirs(case: AccountCase, suspect: Suspect) -> LinkedAccount:
    return LinkedAccount(
        account=case.account,
        source=case.source,
        source_kind=case.source_kind,
        relation=Relation.IS,
        decision=LinkDecision.LINKED,
        score=suspect.score,
        evidence=suspect.evidence,
        credentials=case.credentials,
        observed_at=case.observed_at,
        fresh=case.fresh,
        owners=case.owners,
    )


def _here_or_left(suspect: Suspect) -> str:
    if suspect.departure is None:
        return say("Worker {worker} works here.", worker=suspect.worker_id)
    if not suspect.departure.confirmed:
        return say(
            "Worker {worker} may have left; nobody has confirmed it ({told}).",
            worker=suspect.worker_id,
            told=suspect.departure.told,
        )
    return left(suspect.worker_id, suspect.departure)

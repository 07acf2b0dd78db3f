"""Whose an account is, by a person's word."""

from dataclasses import dataclass
from typing import Literal

from include.offboarding.deciding.signing import signed, signed_by
from include.offboarding.store import decisions
from include.offboarding.store.connect import Session
from include.offboarding.store.decisions import AccountFound, Decision
from include.offboarding.store.reading import workers
from include.offboarding.store.reading.workers import WorkerFound

Verb = Literal["confirm", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecided:
    """A decision that was written down."""

    decision_id: int
    account: AccountFound
    worker: WorkerFound


def decide_link(
    session: Session, verb: Verb, *, source: str, account: str, worker: str, reason: str, author: str
) -> LinkDecided:
    """The account is this person's (confirm), or isn't (reject); from the next night on, until it's revoked.

    `source`: our name for it, or a realm; `account`: native id, label or login; `worker`: an id, or id_space:id. Raises
    FatalError where one of them isn't exactly one, or a decision that stands says otherwise.
    """
    reason, author = signed(reason, author)
    found = decisions.account_called(session, source, account)
    person = workers.worker_called(session, worker)
    number = decisions.decide(session, found, person.person_uid, verdict=verb, reason=reason, author=author)
    return LinkDecided(decision_id=number, account=found, worker=person)


def revoke_link(session: Session, decision_id: int, *, author: str) -> Decision:
    """The decision no longer counts; it stays on record. Raises FatalError where there is none that stands."""
    return decisions.revoke(session, decision_id, author=signed_by(author))

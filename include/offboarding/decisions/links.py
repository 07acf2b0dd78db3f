"""Whose an account is, by a person's word."""

from collections.abc import Sequence
from dataclasses import dataclass

from offboarding.decisions.fields import Account, Number, Reason, Source, Worker
from offboarding.decisions.kinds import Decided, DecisionContext, Right, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model import LinkVerdict
from offboarding.model.errors import ChangedSinceError, FatalError, NamedError
from offboarding.report import wording
from offboarding.report.wording import COMMAND
from offboarding.store import decisions
from offboarding.store.connect import Session
from offboarding.store.decisions import AccountFound, Decision
from offboarding.store.reading import workers
from offboarding.store.reading.reviews import in_question
from offboarding.store.reading.workers import WorkerFound


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecided:
    """A decision that was written down."""

    decision_id: int
    account: AccountFound
    worker: WorkerFound


def evidence(session: Session, *, source: str, account: str, **others: object) -> str:
    """A digest of what speaks for anybody, as the review shows it. Raises FatalError as `account_called`."""
    del others
    found = account_called(session, source, account)
    asked = in_question(session, found.realm, found.native_id)
    return asked.seen if asked else ""


def check_standing(session: Session, source: str, account: str, numbers: Sequence[int]) -> None:
    """Raises ChangedSinceError where these aren't the decisions about an account that stand, newest first."""
    found = account_called(session, source, account)
    stand = [each for each in decisions.decisions_about(session, found.realm, found.native_id) if not each.revoked_at]
    if [each.decision_id for each in stand] != list(numbers):
        raise ChangedSinceError


def takes_from_employed(session: Session, *, source: str, account: str, worker: str, **others: object) -> bool:
    """Return whether somebody else who works here holds the account. Raises FatalError as `confirm`."""
    del others
    found, person = _named(session, source, account, worker)
    return bool(decisions.employed_holders(session, found.realm, found.native_id) - {person.person_uid})


def rejects_employed(session: Session, *, source: str, account: str, worker: str, **others: object) -> bool:
    """Return whether this worker works here and holds the account. Raises FatalError as `reject`."""
    del others
    found, person = _named(session, source, account, worker)
    return person.person_uid in decisions.employed_holders(session, found.realm, found.native_id)


def revokes_from_employed(session: Session, *, number: int) -> bool:
    """Return whether somebody who works here may lose the account with this decision. Raises FatalError as `revoke`."""
    with of_field("number"):
        made = decisions.decision_called(session, number)
    holders = decisions.employed_holders(session, made.realm, made.native_id)
    return made.person_uid in holders if made.verdict == LinkVerdict.CONFIRM else bool(holders - {made.person_uid})


@decision(
    "link confirm",
    right=Right.LINK,
    example='aws AIDAEXAMPLE 10442 --reason "asked the payments team"',
    needs_approver=takes_from_employed,
    evidence=evidence,
)
def confirm(
    context: DecisionContext, *, source: Source, account: Account, worker: Worker, reason: Reason
) -> Decided[LinkDecided]:
    """The account is this person's. Final until it's revoked; sticks to the account's native id, and counts from the
    next night on.

    Raises FatalError where one of them isn't exactly one, or a decision that stands says otherwise.
    """
    return _decided(context, LinkVerdict.CONFIRM, source, account, worker, reason)


@decision(
    "link reject",
    right=Right.LINK,
    example='aws AIDAEXAMPLE 10442 --reason "asked the payments team"',
    needs_approver=rejects_employed,
    evidence=evidence,
)
def reject(
    context: DecisionContext, *, source: Source, account: Account, worker: Worker, reason: Reason
) -> Decided[LinkDecided]:
    """The account is not this person's. Final until it's revoked; sticks to the account's native id, and counts from
    the next night on.

    Raises FatalError as `confirm`.
    """
    return _decided(context, LinkVerdict.REJECT, source, account, worker, reason)


@decision("link revoke", right=Right.LINK, example="4", needs_approver=revokes_from_employed)
def revoke(context: DecisionContext, *, number: Number) -> Decided[Decision]:
    """Take a decision back; it stays on record.

    Raises FatalError where there is none that stands.
    """
    with of_field("number"):
        made = decisions.revoke(context.session, number, author=context.author)
    whose = wording.worker(made.id_space, made.worker_id)
    what = f"{made.verdict} {made.account_label or made.native_id} {whose}"
    return Decided(
        made=made,
        ids={"number": made.decision_id, "realm": made.realm, "account": made.native_id},
        says=[
            f"Decision {made.decision_id} ({what}) is revoked; the evidence alone counts again from the next night on."
        ],
    )


def _decided(
    context: DecisionContext, verb: LinkVerdict, source: str, account: str, worker: str, reason: str
) -> Decided[LinkDecided]:
    reason = said(reason)
    found, person = _named(context.session, source, account, worker)
    number = decisions.decide(
        context.session, found, person.person_uid, verdict=verb, reason=reason, author=context.author
    )
    says = "is" if verb == LinkVerdict.CONFIRM else "is not"
    whose = wording.worker(person.id_space, person.worker_id)
    where = f"{found.source}, gone" if found.gone else found.source
    sentence = f"{found.label} ({where}) {says} worker {whose}'s."
    return Decided(
        made=LinkDecided(decision_id=number, account=found, worker=person),
        ids={
            "number": number,
            "realm": found.realm,
            "account": found.native_id,
            "worker": f"{person.id_space}:{person.worker_id}",
        },
        says=[
            f"Decision {number}: {sentence}",
            f"It counts from the next night on. To take it back: {COMMAND} link revoke {number}",
        ],
        on_trial=sentence,
    )


def _named(session: Session, source: str, account: str, worker: str) -> tuple[AccountFound, WorkerFound]:
    found = account_called(session, source, account)
    with of_field("worker"):
        return found, workers.worker_called(session, worker)


def account_called(session: Session, source: str, word: str) -> AccountFound:
    """The account with this native id, quickly found, or with this label or login. Raises as the store's own."""
    try:
        return decisions.account_of(session, source, word) or decisions.account_called(session, source, word)
    except FatalError as error:
        # Whatever names an account names one of a system that there is.
        error.field = "account" if isinstance(error, NamedError) else "source"
        raise

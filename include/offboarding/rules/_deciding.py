"""How a person says whose an account is, or what a use of it was."""

from offboarding.model import THIS_FINDING, Account, DecisionStep, Sentence, say

VERDICT = DecisionStep(
    asks=say("Say what it was; only that closes this"), decision="verdict", fields=(("finding", THIS_FINDING),)
)
"""What becomes of a use after the departure."""


def not_theirs(source: str, account: Account, worker_id: str) -> DecisionStep:
    """Return what to do where the account isn't this person's."""
    return _link(say("Not theirs? Revoke nothing, and say so"), "link reject", source, account, worker_id)


def theirs(source: str, account: Account, worker_id: str, *, one_of_several: bool = False) -> DecisionStep:
    """Return what to do where the account is this person's after all."""
    asks = say("Theirs? Then the next run judges it as theirs")
    if one_of_several:
        asks = say("Worker {worker}'s? Then the next run judges it as theirs", worker=worker_id)
    return _link(asks, "link confirm", source, account, worker_id)


def somebodys(source: str, account: Account) -> DecisionStep:
    """Return what to do where the account is somebody's who works here; WORKER is for the reader to fill in."""
    asks = say("Somebody's who works here? Then say so, and the next run closes this")
    return _link(asks, "link confirm", source, account, "WORKER")


def _link(asks: Sentence, decision: str, source: str, account: Account, worker_id: str) -> DecisionStep:
    fields = (("source", source), ("account", account.native_id), ("worker", worker_id))
    return DecisionStep(asks=asks, decision=decision, fields=fields)

"""How a person says whose an account is, or what a use of it was."""

from offboarding.model import THIS_FINDING, Account, DecisionStep

VERDICT = DecisionStep(
    asks="Say what it was; only that closes this", decision="verdict", fields=(("finding", THIS_FINDING),)
)
"""What becomes of a use after the departure."""


def not_theirs(source: str, account: Account, worker_id: str) -> DecisionStep:
    """Return what to do where the account isn't this person's."""
    return _link("Not theirs? Revoke nothing, and say so", "link reject", source, account, worker_id)


def theirs(source: str, account: Account, worker_id: str, *, whose: str = "Theirs?") -> DecisionStep:
    """Return what to do where the account is this person's after all."""
    return _link(f"{whose} Then the next run judges it as theirs", "link confirm", source, account, worker_id)


def somebodys(source: str, account: Account) -> DecisionStep:
    """Return what to do where the account is somebody's who works here; WORKER is for the reader to fill in."""
    asks = "Somebody's who works here? Then say so, and the next run closes this"
    return _link(asks, "link confirm", source, account, "WORKER")


def _link(asks: str, decision: str, source: str, account: Account, worker_id: str) -> DecisionStep:
    fields = (("source", source), ("account", account.native_id), ("worker", worker_id))
    return DecisionStep(asks=asks, decision=decision, fields=fields)

"""How a person says whose an account is. What a system told us is quoted, since a leaver may have chosen it."""

import shlex

from offboarding.model import Account


def not_theirs(source: str, account: Account, worker_id: str) -> str:
    """Return what to do where the account isn't this person's."""
    return f"Not theirs? Revoke nothing, and say so here, or:\n{_link('reject', source, account, worker_id)}"


def theirs(source: str, account: Account, worker_id: str) -> str:
    """Return what to do where the account is this person's after all."""
    return f"Theirs? Then the next run judges it as theirs:\n{_link('confirm', source, account, worker_id)}"


def somebodys(source: str, account: Account) -> str:
    """Return what to do where the account is somebody's who works here; WORKER is for the reader to fill in."""
    command = _link("confirm", source, account, "WORKER")
    return f"Somebody's who works here? Then say so, and the next run closes this:\n{command}"


def _link(decision: str, source: str, account: Account, worker_id: str) -> str:
    names = " ".join(shlex.quote(value) for value in (source, account.native_id, worker_id))
    return f'python -m offboarding link {decision} {names} --reason "..." --author "..."'

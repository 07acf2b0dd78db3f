"""What to type: one file a kind of source, named as the kind is in the configuration.

The reader has never seen Airflow and works in a shell. Each file holds `RUNBOOK`; a kind without a file gets words
alone. Whatever a system told us is quoted, since a leaver may have chosen it: in a shell by `shlex.quote`, in LDIF by
base64 (RFC 2849).
"""

import importlib
import pkgutil
import shlex
from functools import cache
from typing import Protocol, cast

from include.offboarding.model import Account, Subject
from include.offboarding.rules._runbooks import _words


class Runbook(Protocol):
    """Steps for a person, in the order they're done; a step may be several lines."""

    def close(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how this account's own login, or this credential on it, is shut, and how that is undone."""
        ...

    def remove(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how a credential that is shut already is taken away for good."""
        ...

    def replace(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how a workload gets a new secret in place of this one."""
        ...

    def keep_traces(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how the records of what was done with it are kept, before anything is changed."""
        ...


@cache
def runbook(source_kind: str) -> Runbook:
    """Return the runbook of a kind of source, or one in words where nobody has written it."""
    written = {module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")}
    if source_kind not in written:
        return _words.RUNBOOK
    return cast("Runbook", importlib.import_module(f"{__name__}.{source_kind}").RUNBOOK)


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
    return f'python -m include.offboarding link {decision} {names} --reason "..." --author "..."'

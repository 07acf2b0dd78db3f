"""What a person does about a finding: what the rules ask for, by the commands of the system that it concerns.

A kind tells them in its package, `remedy.py` (interfaces); what it doesn't is said in words.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from offboarding.interfaces import AccountRemedies, KeyRemedies
from offboarding.interfaces.kinds import kind_part, kinds
from offboarding.model import AccountAction, DecisionStep, KeyAction, Remedy, Step, WrittenStep, say

_READERS = ("sources", "verifiers")


def written_out(steps: Iterable[Step]) -> tuple[str, ...]:
    """Steps for a person, in the order they're done; each may be several lines, and what several share is said once."""
    return tuple(step.text if isinstance(step, DecisionStep) else step for step in written(steps))


def written(steps: Iterable[Step]) -> tuple[WrittenStep, ...]:
    """The same, a question as one."""
    return tuple(dict.fromkeys(each for step in steps for each in _written(step)))


def _written(step: Step) -> Iterator[WrittenStep]:
    match step:
        case AccountAction():
            own = cast("AccountRemedies", _of_kind(step.kind))
            yield from own.get(step.remedy, _WORDS_OF_ACCOUNTS[step.remedy])(step)
        case KeyAction():
            own = cast("KeyRemedies", _of_kind(step.copy.source_kind))
            yield from own.get(step.remedy, _WORDS_OF_KEYS[step.remedy])(step)
        case str() | DecisionStep():
            yield step


@cache
def _of_kind(kind: str) -> AccountRemedies | KeyRemedies:
    """What a kind of source or verifier knows to do; nothing where it has no such file, or isn't there any more."""
    found = (kind_part(room, kind, "remedy") for room in _READERS if kind in kinds(room))
    module = next(found, None)
    return cast("AccountRemedies | KeyRemedies", module.REMEDIES) if module else {}


def _disable(action: AccountAction) -> tuple[str, ...]:
    """Deleting would lose the traces (CIS v8 6.2)."""
    subject, account = action.subject, action.account
    return (
        say("Switch off {label} in {realm}; don't delete it.", label=subject.label, realm=account.realm),
        say("Undo: switch it on again."),
    )


def _sign_out(action: AccountAction) -> tuple[str, ...]:
    subject, account = action.subject, action.account
    return (
        say("End the sessions of {label} in {realm}.", label=subject.label, realm=account.realm),
        say("Undo: nobody needs to. Whoever may sign in does so anew."),
    )


def _remove(action: AccountAction) -> tuple[str, ...]:
    subject, account = action.subject, action.account
    return (
        say(
            "Delete {label} in {realm}. That can't be undone: a new one is made instead.",
            label=subject.label,
            realm=account.realm,
        ),
    )


def _replace(action: AccountAction) -> tuple[str, ...]:
    subject, account = action.subject, action.account
    return (
        say(
            "Make a new secret beside {label} in {realm}, move what uses it, and switch off the old.",
            label=subject.label,
            realm=account.realm,
        ),
    )


def _keep_traces(action: AccountAction) -> tuple[str, ...]:
    subject, account = action.subject, action.account
    return (
        say(
            "First keep the access records of {label} in {realm}: they may expire.",
            label=subject.label,
            realm=account.realm,
        ),
    )


def _issue(action: KeyAction) -> tuple[str, ...]:
    """A verifier makes no keys; where they are made is another copy's matter."""
    del action
    return ()


def _withdraw(action: KeyAction) -> tuple[str, ...]:
    return (say("{source}: {label}.", source=action.copy.source, label=action.copy.key.label),)


def _cut_access(action: KeyAction) -> tuple[str, ...]:
    named = ", ".join(action.principals)
    return (
        say(
            "In {source}, take {named} out of whatever lets them use {label}.",
            source=action.copy.source,
            named=named,
            label=action.copy.key.label,
        ),
    )


_WORDS_OF_ACCOUNTS: AccountRemedies = {
    Remedy.DISABLE: _disable,
    Remedy.SIGN_OUT: _sign_out,
    Remedy.REMOVE: _remove,
    Remedy.REPLACE: _replace,
    Remedy.KEEP_TRACES: _keep_traces,
}
_WORDS_OF_KEYS: KeyRemedies = {
    Remedy.ISSUE: _issue,
    Remedy.WITHDRAW: _withdraw,
    Remedy.CUT_ACCESS: _cut_access,
}

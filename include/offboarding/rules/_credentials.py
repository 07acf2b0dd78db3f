"""A leaver's credentials that are open, or off and can be switched on again: what several rules share."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    Case,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Remedy,
    Resolution,
    Resolved,
    SilentThing,
    Standing,
    Step,
    SubjectKind,
)
from offboarding.rules._access_paths import AccessPath, credential_paths
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, credential_dead, credential_gone
from offboarding.rules._deciding import not_theirs
from offboarding.rules._findings import finding, standing_finding, to_do
from offboarding.rules._rule import Rule

_OPEN_ONES = {
    SubjectKind.ACCESS_KEY: "leaver-access-key",
    SubjectKind.SSH_KEY: "leaver-ssh-key",
    SubjectKind.CERTIFICATE: "leaver-certificate",
}
"""By what rule it's found that one of these is on; whatever else can be switched on is a service's."""


def open_credentials(rule: Rule, case: Case, as_of: datetime, kind: SubjectKind) -> Iterator[Finding]:
    """Yield each credential of this kind on a leaver's own accounts that works, or of which that can't be told.

    The account's own standing has no say: a locked account's SSH key goes on working.
    """
    for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
        for path in credential_paths(linked, kind):
            if path.open:
                yield standing_finding(rule, leaver, linked, path)


def inactive_credentials(rule: Rule, case: Case, as_of: datetime, *kinds: SubjectKind) -> Iterator[Finding]:
    """Yield each credential of these kinds that is off and can be switched on again: listed, it holds no ticket open.

    One that was off when last read, and wasn't read now, is UNKNOWN here, and under the rule of its kind too: somebody
    may have switched it on meanwhile.
    """
    for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
        for path in credential_paths(linked):
            if path.can_reactivate and path.subject.kind in kinds:
                steps = _deleting_steps(leaver, linked, path)
                yield replace(finding(rule, leaver, linked, path, steps=steps), holds_ticket=False)


def switched_on(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Somebody switched it on again, so that it's a finding of another rule."""
    del as_of
    if not silent.credential_fresh or silent.credential_standing != Standing.WORKS:
        return None
    rule = _OPEN_ONES.get(SubjectKind(silent.subject_kind), "leaver-service-credential")
    return Resolved(resolution=Resolution.SWITCHED_ON, rule=rule)


def off_for_good(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It's dead, and nobody can switch it on."""
    return None if silent.can_reactivate else credential_dead(silent, as_of)


INACTIVE = (*NOT_A_LEAVERS, account_gone, credential_gone, switched_on, off_for_good)
"""What ends a finding about one that is off."""


def _deleting_steps(case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> tuple[Step, ...]:
    return (
        *to_do(Remedy.REMOVE, linked, path),
        not_theirs(linked.source, linked.account, case.worker_id),
    )

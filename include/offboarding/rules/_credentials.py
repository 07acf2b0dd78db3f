"""A leaver's credentials that are open, or off and can be switched on again: what several rules share."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Finding, LeaverCase, LinkedAccount, Relation, Remedy, Step, SubjectKind
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._deciding import not_theirs
from include.offboarding.rules._findings import finding, standing_finding, to_do
from include.offboarding.rules._ways import Way, credential_ways


def open_credentials(rule: Rule, case: Case, as_of: datetime, kind: SubjectKind) -> Iterator[Finding]:
    """Yield each credential of this kind on a leaver's own accounts that works, or of which that can't be told.

    The account's own standing has no say: a locked account's SSH key goes on working.
    """
    for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
        for way in credential_ways(linked, kind):
            if way.open:
                yield standing_finding(rule, leaver, linked, way)


def inactive_credentials(rule: Rule, case: Case, as_of: datetime, *kinds: SubjectKind) -> Iterator[Finding]:
    """Yield each credential of these kinds that is off and can be switched on again: listed, it holds no ticket open.

    One that was off when last read, and wasn't read now, is UNKNOWN here, and under the rule of its kind too: somebody
    may have switched it on meanwhile.
    """
    for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
        for way in credential_ways(linked):
            if way.can_reactivate and way.subject.kind in kinds:
                steps = _deleting_steps(leaver, linked, way)
                yield replace(finding(rule, leaver, linked, way, steps=steps), holds_ticket=False)


def _deleting_steps(case: LeaverCase, linked: LinkedAccount, way: Way) -> tuple[Step, ...]:
    return (
        *to_do(Remedy.REMOVE, linked, way),
        not_theirs(linked.source, linked.account, case.worker_id),
    )

"""Somebody left, came back, and an account of the former employment still works beside the present one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, LeaverCase, LinkedAccount, Relation, Severity
from include.offboarding.rules._cases import departed_accounts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._findings import closing_steps, finding
from include.offboarding.rules._ways import Way, open_ways, whole


class RehireOldAccount:
    """One finding an account, whatever it's entered by; high where it's privileged.

    The account of the present employment is theirs by right, and never meant.
    """

    id: ClassVar[str] = "rehire-old-account"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of somebody who came back that isn't their present one, and is open."""
        if not isinstance(case, LeaverCase) or not case.returned:
            return
        for linked in departed_accounts(case, as_of, Relation.IS):
            taken = whole(linked)
            if not linked.own_now and taken.open:
                yield _finding(self, case, linked, taken)


def _finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: Way) -> Finding:
    made = finding(
        rule,
        case,
        linked,
        taken,
        steps=closing_steps(case, linked, *open_ways(linked)),
        severity=Severity.HIGH if linked.account.privileged is True else None,
    )
    back = f"Worker {case.worker_id} works here again, and it bears nothing of the present employment."
    # They work here now, so a use since the old departure says nothing.
    return replace(made, evidence=(*made.evidence, back), used_after_departure=None)


RULE: Rule = RehireOldAccount()

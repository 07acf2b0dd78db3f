"""A leaver's access key is inactive, and whoever may can switch it on again: it should be deleted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, LeaverCase, LinkedAccount, Relation, Severity, SubjectKind
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._findings import finding
from include.offboarding.rules._runbooks import not_theirs, runbook
from include.offboarding.rules._ways import Way, credential_ways


class LeaverAccessKeyInactive:
    """The one standing finding about something DEAD. It's listed, and neither opens a ticket nor holds one open.

    A key that was inactive when last read, and wasn't read now, is UNKNOWN here, and under `leaver-access-key` too:
    somebody may have switched it on meanwhile.
    """

    id: ClassVar[str] = "leaver-access-key-inactive"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each access key of a leaver's that is off and can be switched on."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            for way in credential_ways(linked, SubjectKind.ACCESS_KEY):
                if way.can_reactivate:
                    yield replace(
                        finding(self, leaver, linked, way, steps=_steps(leaver, linked, way)), holds_ticket=False
                    )


def _steps(case: LeaverCase, linked: LinkedAccount, way: Way) -> tuple[str, ...]:
    return (
        *runbook(linked.source_kind).remove(linked.account, way.subject),
        not_theirs(linked.source, linked.account, case.worker_id),
    )


RULE: Rule = LeaverAccessKeyInactive()

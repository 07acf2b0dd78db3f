"""A leaver's own account still lets them log in (a directory's password login)."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Relation, Severity
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._findings import standing_finding
from include.offboarding.rules._ways import account_way


class LeaverAccountWorks:
    """Concerns accounts with a login of their own; an IAM user is only its credentials, each with its own rule."""

    id: ClassVar[str] = "leaver-account-works"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of a leaver's whose own login works, or of which that can't be told."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            way = account_way(linked)
            if linked.account.has_own_login and way.open:
                yield standing_finding(self, leaver, linked, way)


RULE: Rule = LeaverAccountWorks()

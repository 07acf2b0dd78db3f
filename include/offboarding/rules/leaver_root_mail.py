"""A cloud account's root user signs in with a leaver's mail address: whoever reads it can set the password anew."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Relation, Severity, SubjectKind
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._findings import standing_finding
from include.offboarding.rules._ways import account_way


class LeaverRootMail:
    """Nothing can be denied to a root user of an account that stands alone. A use of it is told, and is no event of
    its own: the address says who can get in, not who did.
    """

    id: ClassVar[str] = "leaver-root-mail"
    default_severity: ClassVar[Severity] = Severity.CRITICAL
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each root user whose address is a leaver's, unless its account is closed or suspended."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS, SubjectKind.ROOT_ACCOUNT):
            way = account_way(linked)
            if way.open:
                yield standing_finding(self, leaver, linked, way)


RULE: Rule = LeaverRootMail()

"""A leaver's credential of one kind that is open: what three rules say of three kinds."""

from collections.abc import Iterator
from datetime import datetime

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Finding, Relation, SubjectKind
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._findings import standing_finding
from include.offboarding.rules._ways import credential_ways


def open_credentials(rule: Rule, case: Case, as_of: datetime, kind: SubjectKind) -> Iterator[Finding]:
    """Yield each credential of this kind on a leaver's own accounts that works, or of which that can't be told.

    The account's own standing has no say: a locked account's SSH key goes on working.
    """
    for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
        for way in credential_ways(linked, kind):
            if way.open:
                yield standing_finding(rule, leaver, linked, way)

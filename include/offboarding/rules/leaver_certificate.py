"""A leaver's certificate hasn't expired, nor been seen revoked, whatever became of the account that bears it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Relation, Severity, Standing, SubjectKind
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._findings import standing_finding
from include.offboarding.rules._ways import account_way, credential_ways

_BESIDE = "Its account is shut, which ends no certificate: whoever trusts the issuer needn't ask for the account."


class LeaverCertificate:
    """Concerns X.509 certificates on directory entries, and signing certificates of a cloud's users."""

    id: ClassVar[str] = "leaver-certificate"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each certificate of a leaver's that works, or of which that can't be told; a disabled account's too."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            own = account_way(linked)
            shut = linked.account.has_own_login and own.standing is Standing.DEAD
            for way in credential_ways(linked, SubjectKind.CERTIFICATE):
                if way.open:
                    made = standing_finding(self, leaver, linked, way)
                    yield replace(made, evidence=(*made.evidence, _BESIDE)) if shut else made


RULE: Rule = LeaverCertificate()

"""A key that a leaver may hold a copy of, and that is still trusted."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Exportable, Finding, Standing, SubjectKind
from offboarding.rules._keys import departed, exportable, key_finding, of_holder, severity, verdict
from offboarding.rules._rotation import rotation


def still_trusted(rule_id: str, case: Case, kind: SubjectKind, as_of: datetime) -> Iterator[Finding]:
    """Yield each departed holder of a key that could leave, and that a verifier trusts or can't tell of."""
    for key, holder in departed(case, kind, as_of):
        judged = verdict(key)
        if judged.asked and judged.standing is not Standing.DEAD and exportable(key)[0] is not Exportable.NO:
            yield key_finding(
                rule_id,
                key,
                holder,
                judged=judged,
                severity=severity(key, holder, judged.standing),
                evidence=of_holder(key, holder, judged),
                steps=rotation(key),
            )

"""A key that can't leave its system may still be used there by a leaver's own principal."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Access, Carryable, Case, Control, Finding, Holder, KeyCase, Severity, Standing
from include.offboarding.rules._cases import counts
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._keys import Verdict, carryable, key_finding, powers
from include.offboarding.rules._rotation import access
from include.offboarding.rules._sentences import left


class LeaverKeyAccess:
    """Cutting the access suffices; nothing needs to be rotated. The principal's own credentials are other findings."""

    id: ClassVar[str] = "leaver-key-access"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each leaver whose principal may still use such a key, or of whom that can't be told."""
        if not isinstance(case, KeyCase) or carryable(case)[0] is not Carryable.NO:
            return
        if case.copies and all(copy.dead for copy in case.copies):
            return
        for holder in case.holders:
            if holder.access and counts(holder.departure, as_of):
                yield self._finding(case, holder)

    def _finding(self, case: KeyCase, holder: Holder) -> Finding:
        ways = sorted(holder.access, key=lambda each: (each.principal, each.action))
        return key_finding(
            self.id,
            case,
            holder,
            told=_told(ways),
            severity=self.default_severity,
            evidence=(
                left(holder.worker_id, holder.departure),
                *(_way(each) for each in ways),
                f"It could not be carried away: {carryable(case)[1].rstrip('.')}.",
                *powers(case),
            ),
            steps=access(case, tuple(dict.fromkeys(each.principal for each in ways))),
        )


def _told(ways: list[Access]) -> Verdict:
    sure = [each for each in ways if each.fresh and each.standing is Standing.WORKS]
    standing = Standing.WORKS if sure else Standing.UNKNOWN
    named = ", ".join(dict.fromkeys(each.action for each in sure or ways))
    reason = f"{named} is granted" if sure else f"it can't be told whether {named} is granted"
    return Verdict(standing=standing, reason=reason, asked=True)


def _way(each: Access) -> str:
    if not each.fresh:
        return f"{each.principal} had {each.action} by {each.reason}; not checked whether it still has."
    sure = "may" if each.standing is Standing.WORKS else "may or may not, which can't be told,"
    return f"{each.principal} {sure} use {each.action}: {each.reason}."


RULE: Rule = LeaverKeyAccess()

"""A key that can't leave its system may still be used there by a leaver's own principal."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Access,
    Case,
    Exportable,
    Finding,
    Holder,
    KeyCase,
    Resolution,
    Resolved,
    RuleWords,
    Sentence,
    Severity,
    SilentKey,
    Standing,
    TicketKind,
    TicketWords,
    say,
)
from offboarding.rules._cases import counts
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._key_closings import NO_LEAVERS_KEY, not_trusted, shown_now
from offboarding.rules._keys import KeyStanding, exportable, key_finding, powers
from offboarding.rules._rotation import access
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import left


def _key_gone(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """The key itself is no more."""
    del as_of
    return Resolved(resolution=Resolution.KEY_GONE) if silent.nowhere else None


def _access_ended(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """Nothing gives it to them any more."""
    del as_of
    ended = silent.fresh and not silent.has_access
    return Resolved(resolution=Resolution.ACCESS_ENDED) if ended else None


def _can_leave(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """It may have been carried away, so that to cut the access isn't enough."""
    del as_of
    can = silent.system_can_leave or silent.register_carryable == Exportable.YES
    return Resolved(resolution=Resolution.CAN_LEAVE) if can else None


class LeaverKeyAccess(Rule):
    """Cutting the access suffices; nothing needs to be rotated. The principal's own credentials are other findings."""

    id = "leaver-key-access"
    default_severity = Severity.MEDIUM
    controls = LEAVER_ACCESS
    ticket = TicketKind.ROTATE
    words = RuleWords(
        what=(
            "A key that can't leave its system may still be used there by a leaver's own user, by a policy, a grant "
            "or a role."
        ),
        why="It's access, and no custody: cutting it suffices, and nothing needs to be rotated.",
        graded=": the principal's own credentials are findings of their own",
        closes="A complete read of policies and grants no longer shows the access.",
        runbook=(
            "Take the principal out of the key's policy, revoke the grant, or take the key out of what gives it to "
            "them."
        ),
        explained="A complete read of the key's policies and grants no longer shows the access.",
    )
    ends = (not_trusted, shown_now, *NO_LEAVERS_KEY, _key_gone, _access_ended, _can_leave)
    alone = TicketWords(
        title="Cut access of leavers to {key}{left}",
        opening=("These people left, and a key may still be used by what was theirs. It can't have been carried away."),
        closing=(
            "This ticket closes by itself once a complete read no longer shows the access. Closed by hand "
            "before that, it's opened again."
        ),
    )

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each leaver whose principal may still use such a key, or of whom that can't be told."""
        if not isinstance(case, KeyCase) or exportable(case)[0] is not Exportable.NO:
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
            judged=_standing_of(ways),
            severity=self.default_severity,
            evidence=(
                left(holder.worker_id, holder.departure),
                *(_way(each) for each in ways),
                say("It could not be carried away: {reason}.", reason=exportable(case)[1]),
                *powers(case),
            ),
            steps=access(case, tuple(dict.fromkeys(each.principal for each in ways))),
        )


def _standing_of(ways: list[Access]) -> KeyStanding:
    sure = [each for each in ways if each.fresh and each.standing is Standing.WORKS]
    standing = Standing.WORKS if sure else Standing.UNKNOWN
    named = ", ".join(dict.fromkeys(each.action for each in sure or ways))
    unsure = say("it can't be told whether {named} is granted", named=named)
    reason = say("{named} is granted", named=named) if sure else unsure
    return KeyStanding(standing=standing, reason=reason, asked=True)


def _way(each: Access) -> Sentence:
    words = {"principal": each.principal, "action": each.action, "reason": each.reason}
    if not each.fresh:
        return say("{principal} had {action} by {reason}; not checked whether it still has.", **words)
    if each.standing is Standing.WORKS:
        return say("{principal} may use {action}: {reason}.", **words)
    return say("{principal} may or may not, which can't be told, use {action}: {reason}.", **words)


RULE = LeaverKeyAccess()

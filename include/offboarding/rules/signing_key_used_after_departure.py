"""A leaver's own principal used a shared key after the departure: an event, whatever is trusted now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import Basis, Case, Finding, Holder, KeyCase, RuleWords, Severity, TicketKind, say
from offboarding.rules._cases import counts
from offboarding.rules._controls import HELD_KEY
from offboarding.rules._deciding import VERDICT
from offboarding.rules._keys import key_finding, powers, trusted, verdict
from offboarding.rules._rotation import KEEP_LOGS, rotation
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at, days_after, left


class SigningKeyUsedAfterDeparture(Rule):
    """Only what an audit trail dates, and ascribes to them, makes one: a key's last use by whomever proves nothing.

    Critical where HR or a person said that they left, high where that is inferred. Only a person's verdict closes it.
    """

    id = "signing-key-used-after-departure"
    default_severity = Severity.CRITICAL
    controls = HELD_KEY
    ticket = TicketKind.EVENT
    words = RuleWords(
        what=(
            "An audit trail dates a use of a shared key, by a leaver's own principal or session, after the departure."
            " A key's last use by whomever makes none."
        ),
        why="It's an incident, whatever is trusted now.",
        graded=" where HR or a person said that they left; high where that is inferred",
        closes="A person gave a verdict with a reason (`verdict KEY`). Never by itself.",
        runbook="Keep the logs; tell incident response; the old key goes first; then as `leaver-signing-key`.",
    )
    ends = ()

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each leaver who used the key when they were gone for certain."""
        if not isinstance(case, KeyCase):
            return
        for holder in case.holders:
            uses = [use for use in holder.uses if use.at and use.at > holder.departure.certain_at]
            if uses and counts(holder.departure, as_of):
                yield self._event(case, replace(holder, uses=tuple(uses)))

    def _event(self, case: KeyCase, holder: Holder) -> Finding:
        certain = holder.departure.basis in (Basis.ACTUAL, Basis.NOTICE)
        last = max(use.at for use in holder.uses if use.at)
        verified = verdict(case)
        finding = key_finding(
            self.id,
            case,
            holder,
            judged=verified,
            severity=self.default_severity if certain else Severity.HIGH,
            evidence=(
                left(holder.worker_id, holder.departure),
                say("Used last {moment}, {days}.", moment=at(last), days=days_after(last, holder.departure)),
                *(use.text for use in holder.uses),
                *trusted(verified),
                *powers(case),
            ),
            steps=(KEEP_LOGS, *_STEPS, *rotation(case), VERDICT),
        )
        return replace(finding, last_used_at=last, used_after_departure=True, holds_ticket=True)


_STEPS = (
    say("Tell your incident response: somebody who left, or whoever has their credential, used this key."),
    say("The old key goes first: take it from every verifier now, and end sessions."),
)

RULE = SigningKeyUsedAfterDeparture()

"""Nobody can be asked whether a key that a leaver may hold is still trusted."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    THIS_FINDING,
    Case,
    DecisionStep,
    Exportable,
    Finding,
    KeyCase,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentKey,
    SubjectKind,
    TicketKind,
    TicketWords,
    say,
)
from offboarding.rules._controls import HELD_KEY
from offboarding.rules._key_closings import NO_LEAVERS_KEY, cannot_leave, not_trusted, shown_now
from offboarding.rules._keys import departed, exportable, key_finding, of_holder, severity, verdict
from offboarding.rules._rotation import rotation
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at


def _refused(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """A person says, with evidence, that the old one is refused; for a while."""
    stands = silent.attested_until is not None and silent.attested_until > as_of
    if silent.verifiers or not stands or silent.attested_until is None:
        return None
    return Resolved(
        resolution=Resolution.ATTESTED,
        author=silent.attested_by or "",
        moment=f"{silent.attested_until:%Y-%m-%d}",
        reason=silent.attested_reason or "",
    )


def _verifier_now(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """There is somebody now who can be asked."""
    del as_of
    return Resolved(resolution=Resolution.VERIFIER_NOW) if silent.verifiers else None


class SigningKeyUnverifiable(Rule):
    """Webhooks' HMAC keys, registries' tokens, shops' signing keys: the verdict is unknown, and never clean.

    A person attests with evidence that it was replaced; that ends by itself, and then it's asked again.
    """

    id = "signing-key-unverifiable"
    default_severity = Severity.HIGH
    controls = HELD_KEY
    ticket = TicketKind.ROTATE
    attestable = True
    words = RuleWords(
        what=(
            "A leaver may hold a key or secret that could leave, and there's no verifier to ask: webhooks' HMAC keys,"
            " registries' tokens, keys that only the register knows."
        ),
        why="The verdict is unknown, and unknown is never clean.",
        graded="; as `leaver-signing-key`, and never critical",
        closes=(
            "A person attests, with evidence, that the old one is refused (`attest KEY`); after 90 days it's asked "
            "again. Or a verifier was configured that says it."
        ),
        runbook="Rotate as `leaver-signing-key`, see for yourself that the old one is refused, and attest.",
        explained=(
            "A person attests, with evidence, that the old one is refused; that ends by itself, and it's asked again:\n"
            '{command} attest {key} --reason "..."'
        ),
    )
    ends = (not_trusted, _refused, shown_now, _verifier_now, *NO_LEAVERS_KEY, cannot_leave)
    alone = TicketWords(
        closing=(
            "This ticket closes once a person attests that the old one is refused, or by itself once a "
            "system can be asked and says so. Closed by hand before that, it's opened again."
        )
    )

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of such a key, while nobody's word on it stands."""
        for kind in (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET):
            for key, holder in departed(case, kind, as_of):
                judged = verdict(key)
                if judged.asked or exportable(key)[0] is Exportable.NO or _stands(key, as_of):
                    continue
                yield key_finding(
                    self.id,
                    key,
                    holder,
                    judged=judged,
                    severity=severity(key, holder, judged.standing),
                    evidence=(*of_holder(key, holder, judged), *_attested(key)),
                    steps=(*rotation(key), _ATTEST),
                )


_ATTEST = DecisionStep(
    asks=say(
        "Nobody can be asked whether the old one is refused. Once you have seen that it is, say how you know; it's"
        " asked again after 90 days"
    ),
    decision="attest",
    fields=(("key", THIS_FINDING),),
)


def _stands(case: KeyCase, as_of: datetime) -> bool:
    return case.attested is not None and case.attested.until > as_of


def _attested(case: KeyCase) -> Iterator[str]:
    if case.attested:
        yield say(
            "A person's word that it was replaced ended on {moment}: it must be looked at again.",
            moment=at(case.attested.until),
        )


RULE = SigningKeyUnverifiable()

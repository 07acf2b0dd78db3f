"""Nobody can be asked whether a key that a leaver may hold is still trusted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Carryable, Case, Control, Finding, KeyCase, Severity, SubjectKind
from include.offboarding.rules._controls import HELD_KEY
from include.offboarding.rules._keys import carryable, departed, key_finding, of_holder, severity, verdict
from include.offboarding.rules._rotation import rotation
from include.offboarding.rules._sentences import at


class SigningKeyUnverifiable:
    """Webhooks' HMAC keys, registries' tokens, shops' signing keys: the verdict is unknown, and never clean.

    A person attests with evidence that it was replaced; that ends by itself, and then it's asked again.
    """

    id: ClassVar[str] = "signing-key-unverifiable"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = HELD_KEY

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of such a key, while nobody's word on it stands."""
        for kind in (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET):
            for key, holder in departed(case, kind, as_of):
                told = verdict(key)
                if told.asked or carryable(key)[0] is Carryable.NO or _stands(key, as_of):
                    continue
                finding = key_finding(
                    self.id,
                    key,
                    holder,
                    told=told,
                    severity=severity(key, holder, told.standing),
                    evidence=(*of_holder(key, holder, told), *_attested(key)),
                    steps=(*rotation(key), _ATTEST),
                )
                yield replace(finding, attestable=True)


_ATTEST = (
    "Nobody can be asked whether the old one is refused. Once you have seen that it is, say how you know; it's asked"
    " again after 90 days (KEY is this finding's short key):\n"
    'python -m include.offboarding attest KEY --reason "..." --author "..."'
)


def _stands(case: KeyCase, as_of: datetime) -> bool:
    return case.attested is not None and case.attested.until > as_of


def _attested(case: KeyCase) -> Iterator[str]:
    if case.attested:
        yield f"A person's word that it was replaced ended on {at(case.attested.until)}: it must be looked at again."


RULE: Rule = SigningKeyUnverifiable()

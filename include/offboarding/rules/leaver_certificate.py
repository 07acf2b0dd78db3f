"""A leaver's certificate hasn't expired, nor been seen revoked, whatever became of the account that bears it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import Case, Finding, Relation, RuleWords, Severity, Standing, SubjectKind, TicketKind, say
from offboarding.rules._access_paths import account_path, credential_paths
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import CREDENTIAL
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._findings import standing_finding
from offboarding.rules._rule import Rule

_BESIDE = say("Its account is shut, which ends no certificate: whoever trusts the issuer needn't ask for the account.")


class LeaverCertificate(Rule):
    """Concerns X.509 certificates on directory entries, and signing certificates of a cloud's users."""

    id = "leaver-certificate"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "A leaver's X.509 certificate that hasn't ended and wasn't seen revoked: on a directory entry "
            "(`userCertificate`), or a signing certificate of a cloud's user. A disabled account's too: it's a finding "
            "of its own."
        ),
        why="Who trusts the issuer checks the certificate, and need not ask whether the account is still there.",
        closes=(
            "A live read has seen it expired, inactive or gone; where its source is given `revocation`, also revoked, "
            "by its issuer's CRL. On hold it's *not checked*. Without `revocation` no CRL is asked: that it was "
            "revoked shows when its value is taken off the entry."
        ),
        runbook=(
            "On a directory's entry: have the issuer revoke it (that can't be undone), and take the value off "
            "the entry; with `revocation` the first alone closes it once it's on the CRL, without it the second "
            "does. The ticket names the one by its SHA-256 fingerprint. Where a system can switch it off: that, "
            "undone by switching it on."
        ),
    )
    ends = CREDENTIAL

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each certificate of a leaver's that works, or of which that can't be told; a disabled account's too."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            own = account_path(linked)
            shut = linked.account.has_own_login and own.standing is Standing.DEAD
            for path in credential_paths(linked, SubjectKind.CERTIFICATE):
                if path.open:
                    made = standing_finding(self, leaver, linked, path)
                    yield replace(made, evidence=(*made.evidence, _BESIDE)) if shut else made


RULE = LeaverCertificate()

"""A leaver's API key, certificate or SSH key is inactive, and can be switched on again: it should be deleted."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import INACTIVE, inactive_credentials
from offboarding.rules._rule import Rule


class LeaverCredentialInactive(Rule):
    """What `leaver-access-key-inactive` is to access keys, for whatever else has such a switch."""

    id = "leaver-credential-inactive"
    default_severity = Severity.LOW
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    words = RuleWords(
        what=(
            "A leaver's API key, signing certificate or SSH key of a cloud that is inactive, and can be switched on "
            "again."
        ),
        why="As `leaver-access-key-inactive`.",
        closes=(
            "It's deleted, or switched on again (then it's a finding of its own kind). It's listed on a ticket that "
            "exists, and neither opens one nor holds it open."
        ),
        runbook="Delete it. It can't be undone: whoever needs one gets a new one.",
        explained="It's deleted. It's listed, and holds no ticket open.",
    )
    ends = INACTIVE

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each credential of a leaver's, access keys apart, that is off and can be switched on."""
        return inactive_credentials(
            self, case, as_of, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE, SubjectKind.SSH_KEY
        )


RULE = LeaverCredentialInactive()

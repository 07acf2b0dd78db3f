"""A secret that a leaver shared with others is still the one in use."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind, TicketWords
from offboarding.rules._controls import SHARED_SECRET
from offboarding.rules._held_keys import still_trusted
from offboarding.rules._key_closings import HELD
from offboarding.rules._rule import Rule


class LeaverSharedSecret(Rule):
    """One a version of the secret and departed holder. A version made after the departure doesn't concern them."""

    id = "leaver-shared-secret"
    default_severity = Severity.CRITICAL
    controls = SHARED_SECRET
    ticket = TicketKind.ROTATE
    words = RuleWords(
        what=(
            "A secret of several people (a shared login, an API key, an SSM parameter) whose present version a leaver"
            " may have held."
        ),
        why="A team's password that stays the same when a member leaves is the leaver's password too.",
        graded="; as `leaver-signing-key`: critical where somebody surely held what is in use",
        closes=(
            "Another version is in use and the old one is refused: superseded, in the system that keeps it. A version"
            " made after the departure doesn't concern the leaver; one that a rotation may still alternate with isn't"
            " superseded."
        ),
        runbook=(
            "Keep the access logs; put a new value in, give it to what uses the old one, let the system that accepts "
            "it refuse the old one and try that, delete copies."
        ),
    )
    ends = HELD
    alone = TicketWords(
        closing=(
            "This ticket closes by itself once another version of the secret is in use and the old one is "
            "superseded, in the system that keeps it. Closed by hand before that, it's opened again."
        )
    )

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of a secret that is in use, or of which that can't be told."""
        yield from still_trusted(self.id, case, SubjectKind.SHARED_SECRET, as_of)


RULE = LeaverSharedSecret()

"""A signing key that a leaver may have carried along is still trusted."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._controls import HELD_KEY
from offboarding.rules._held_keys import still_trusted
from offboarding.rules._key_closings import HELD
from offboarding.rules._rule import Rule


class LeaverSigningKey(Rule):
    """One a key and departed holder, whatever accounts of theirs are closed; it doesn't concern material that can't
    leave its system (`leaver-key-access`), nor a key that no verifier can be asked about (`signing-key-unverifiable`).
    """

    id = "leaver-signing-key"
    default_severity = Severity.CRITICAL
    controls = HELD_KEY
    ticket = TicketKind.ROTATE
    comes_first = True
    words = RuleWords(
        what=(
            "A signing key that a leaver may have held, that could leave the system it lies in, and that a verifier "
            "still trusts, or of which that can't be told. One a key and departed holder; one ticket a key, with all "
            "its departed holders inside."
        ),
        why=(
            "Whoever has a signing key needs no account: closing every account of a leaver's changes nothing about "
            "what it can sign."
        ),
        graded=(
            " where somebody surely held it (proved or registered), it could surely leave and is trusted; high where "
            "one of these isn't certain; low, and only listed, where nothing but a guess says that they held it. One "
            "step less where several holders are needed together and fewer have left"
        ),
        closes=(
            "No verifier publishes or accepts it any more, seen twice, the longest cache lifetime apart. A new key "
            "beside it, a custodian taken off the register, absence, an error or a closed ticket closes nothing. A "
            "key that is newer than the departure doesn't concern the leaver."
        ),
        runbook=(
            "Keep the access logs; make a new key, publish it, wait the longest cache, switch the signer, wait the "
            "longest life of what was signed, take the old one from every verifier, see that it's refused, delete "
            "copies. Where its use is suspected, the old one goes first. The ticket has the commands of where it "
            "lies, and of who verifies with it."
        ),
    )
    ends = HELD

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of a key that is trusted, or of which that can't be told."""
        yield from still_trusted(self.id, case, SubjectKind.SIGNING_KEY, as_of)


RULE = LeaverSigningKey()

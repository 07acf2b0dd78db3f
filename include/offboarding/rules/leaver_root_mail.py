"""A cloud account's root user signs in with a leaver's mail address: whoever reads it can set the password anew."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Case,
    Finding,
    Relation,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    SubjectKind,
    TicketKind,
)
from offboarding.rules._access_paths import account_path
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, all_dead, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._findings import standing_finding
from offboarding.rules._rule import Rule


def _mail_moved(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Its address is somebody else's."""
    del as_of
    moved = silent.account_fresh and not silent.linked_or_disputed
    return Resolved(resolution=Resolution.MAIL_MOVED) if moved else None


class LeaverRootMail(Rule):
    """Nothing can be denied to a root user of an account that stands alone. A use of it is told, and is no event of
    its own: the address says who can get in, not who did.
    """

    id = "leaver-root-mail"
    default_severity = Severity.CRITICAL
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    words = RuleWords(
        what=(
            "The root user of a cloud account signs in with a leaver's work mail. It's known where the organization "
            "may be asked; where not, the run says *not checked*."
        ),
        why=(
            "Whoever reads that mailbox can set the root user's password anew, and nothing in the account can be "
            "denied to it."
        ),
        closes=(
            "A live read has seen another address, or the account closed or suspended. A use of the root user is told"
            " in the evidence, and is no event of its own: the address says who can get in, not who did."
        ),
        runbook=(
            "Let mail to the old address reach somebody who works here; then change the address from the "
            "management account (which changes its own as its root user), a new password, MFA of your own. Undo: "
            "the same with the old address."
        ),
        explained="A live read sees another address there, or the account closed or suspended.",
    )
    ends = (*NOT_A_LEAVERS, account_gone, all_dead, _mail_moved, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each root user whose address is a leaver's, unless its account is closed or suspended."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS, SubjectKind.ROOT_ACCOUNT):
            path = account_path(linked)
            if path.open:
                yield standing_finding(self, leaver, linked, path)


RULE = LeaverRootMail()

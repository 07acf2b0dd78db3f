"""A leaver's own account still lets them log in (a directory's password login)."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, Relation, RuleWords, Severity, TicketKind
from offboarding.rules._access_paths import account_path
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, login_dead, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._findings import standing_finding
from offboarding.rules._rule import Rule


class LeaverAccountWorks(Rule):
    """Concerns accounts with a login of their own; others are only their credentials, each with its own rule."""

    id = "leaver-account-works"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "An account of a leaver's whose own login works: a directory's password login. A cloud's user may have no "
            "login of its own, only credentials, each with its own rule."
        ),
        why="It's the first door anyone tries, and it often opens mail, VPN and single sign-on.",
        closes="A live read has seen it dead. An attribute that isn't readable is no answer.",
        runbook=(
            "Lock it, so that only an administrator unlocks it. SSH keys on the entry go on working: they are "
            "items of their own."
        ),
    )
    ends = (*NOT_A_LEAVERS, account_gone, login_dead, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of a leaver's whose own login works, or of which that can't be told."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            path = account_path(linked)
            if linked.account.has_own_login and path.open:
                yield standing_finding(self, leaver, linked, path)


RULE = LeaverAccountWorks()

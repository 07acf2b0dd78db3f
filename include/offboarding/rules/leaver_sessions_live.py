"""A leaver's account is shut, and the sessions that it left were never revoked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    Case,
    Departure,
    Finding,
    LinkedAccount,
    Relation,
    Remedy,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Standing,
    TicketKind,
    say,
)
from offboarding.rules._access_paths import AccessPath, account_path
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, login_dead, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._deciding import not_theirs
from offboarding.rules._findings import finding, to_do
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import said


def _enabled(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The account lets them in again, which is a finding of its own."""
    del as_of
    works = silent.account_fresh and not silent.account_gone and silent.account_standing == Standing.WORKS
    return Resolved(resolution=Resolution.SWITCHED_ON, rule="leaver-account-works") if works else None


class LeaverSessionsLive(Rule):
    """Concerns accounts whose system tells up to when their sessions were revoked, once their own login is dead.

    An open session that a system itself shows (a database's, a host's) keeps its account working: the login is no more
    dead than that is. A token that a system lists is a credential.
    """

    id = "leaver-sessions-live"
    default_severity = Severity.MEDIUM
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "A leaver's account that is shut and was never signed out: somebody signed in after its sessions and "
            "refresh tokens were last revoked, where the system tells that (Entra ID). Where a system shows a session "
            "that is open, the account itself still works; where it lists a token, that is a credential."
        ),
        why=(
            "Shutting an account takes back nothing that was given out: apps may go on with a session of their own, "
            "and all of it lets in again as soon as somebody enables the account."
        ),
        graded="; high where it's privileged",
        closes=(
            "A live read has seen that the sessions were revoked after the last sign-in or, where that isn't told, on "
            "the last day or later; or the account gone. An account that is enabled again is `leaver-account-works`."
        ),
        runbook="Revoke its sessions. Nobody needs to undo that: whoever may sign in does so anew.",
    )
    ends = (*NOT_A_LEAVERS, account_gone, login_dead, _enabled, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each shut account whose sessions stand, or of which that can't be told."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            path = _left_open(linked, leaver.departure)
            if path is not None:
                signed_out = to_do(Remedy.SIGN_OUT, linked, path)
                yield finding(
                    self,
                    leaver,
                    linked,
                    path,
                    steps=(*signed_out, not_theirs(linked.source, linked.account, leaver.worker_id)),
                    severity=Severity.HIGH if linked.account.privileged is True else None,
                )


def _left_open(linked: LinkedAccount, departure: Departure) -> AccessPath | None:
    """What was left open, judged; None where nothing was, or the system doesn't tell."""
    account, path = linked.account, account_path(linked)
    revoked, used = account.sessions_valid_from, account.last_used_at
    if revoked is None or account.standing is not Standing.DEAD:
        return None
    if revoked >= (used or departure.day_began_at):
        return None
    if not linked.fresh:
        return path
    shut = said(account.standing_reason)
    if used:
        reason = say(
            "the sessions that it left do, since nobody revoked them after the last sign-in; the login itself is shut"
            " ({shut})",
            shut=shut,
        )
        return replace(path, standing=Standing.WORKS, reason=reason)
    reason = say(
        "the login itself is shut ({shut}), and whether anybody signed in after its sessions were last revoked isn't"
        " told",
        shut=shut,
    )
    return replace(path, standing=Standing.UNKNOWN, reason=reason)


RULE = LeaverSessionsLive()

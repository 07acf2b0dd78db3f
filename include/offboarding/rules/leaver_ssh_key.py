"""A leaver's SSH public key is still accepted, wherever that is."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Case,
    Finding,
    KeyElsewhere,
    LeaverCase,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Step,
    SubjectKind,
    TicketKind,
    say,
)
from offboarding.rules._access_paths import AccessPath, credential_path
from offboarding.rules._cases import leaver
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, credential_dead, credential_gone, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import open_credentials
from offboarding.rules._evidence import of_thing
from offboarding.rules._findings import finding_on, shut
from offboarding.rules._rule import Rule


def _disowned(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """No account that bears it is theirs, by a person's word."""
    del as_of
    return Resolved(resolution=Resolution.KEY_NOT_THEIRS) if silent.key_disowned else None


class LeaverSshKey(Rule):
    """Concerns keys in a directory that sshd reads, locked accounts' too, and keys that a cloud accepts.

    On somebody else's account, or one that several share, the key is the finding and the account stays.
    """

    id = "leaver-ssh-key"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "An SSH public key of a leaver's that is still accepted: on a directory entry that hosts read keys from, "
            "or on a cloud account. The same key on an account that several share (`deploy`), or on somebody else's, "
            "is a finding wherever its fingerprint is known: there the key is meant, and the account stays."
        ),
        why="A locked account can still log in by its key where sshd reads keys from the directory.",
        closes=(
            "A live read has seen it inactive or gone; on another account, also when the account of theirs that bears"
            " it turns out not to be theirs."
        ),
        runbook=(
            "In a directory: keep the entry's values, then take off the one whose fingerprint the ticket names; "
            "undone by adding it again. Where a system can switch it off: that, undone by switching it on."
        ),
    )
    ends = (*NOT_A_LEAVERS, account_gone, credential_gone, _disowned, credential_dead, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each place where an SSH key of a leaver's works, or where that can't be told."""
        yield from open_credentials(self, case, as_of, SubjectKind.SSH_KEY)
        gone = leaver(case, as_of)
        for elsewhere in gone.keys_elsewhere if gone else ():
            path = credential_path(elsewhere.key, elsewhere.account)
            if gone and path.open:
                yield _finding(self, gone, elsewhere, path)


def _finding(rule: Rule, case: LeaverCase, elsewhere: KeyElsewhere, path: AccessPath) -> Finding:
    return finding_on(
        rule,
        case,
        elsewhere,
        path,
        relation=None,
        evidence=(
            say(
                "The key {fingerprint} is on an account of theirs, and on this one too.",
                fingerprint=elsewhere.key.credential.fingerprint,
            ),
            _holder(elsewhere),
            *of_thing(case, elsewhere.account, path),
        ),
        steps=_steps(elsewhere, path),
    )


def _holder(elsewhere: KeyElsewhere) -> str:
    if elsewhere.active_holder:
        return say("Somebody who works here holds the account: it stays, and the key must go.")
    return say("Nobody who works here is known to hold the account.")


def _steps(elsewhere: KeyElsewhere, path: AccessPath) -> tuple[Step, ...]:
    return (
        say("Take off this one key alone. Whoever else works with it gets a key of their own first."),
        *shut(elsewhere, path),
        say(
            "Not their key? Then the account of theirs that bears it isn't theirs: reject that link, and "
            "this closes too."
        ),
    )


RULE = LeaverSshKey()

"""An account says otherwise of itself than when somebody's link to it stood, or was a leaver's and isn't now. Nobody
decided that.
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    AccountCase,
    Case,
    Finding,
    LeaverCase,
    LinkDecision,
    MovedLink,
    Relation,
    Resolution,
    Resolved,
    RuleWords,
    Sentence,
    Severity,
    SilentThing,
    Standing,
    Step,
    SubjectKind,
    Suspect,
    TicketKind,
    TicketWords,
    say,
)
from offboarding.rules._access_paths import AccessPath, whole
from offboarding.rules._cases import leaver
from offboarding.rules._closings import REVIEWED, account_gone, all_dead, moved_away, not_gone, rejected, revoked
from offboarding.rules._controls import REVIEW
from offboarding.rules._deciding import not_theirs, theirs
from offboarding.rules._evidence import of_thing, powers, works
from offboarding.rules._findings import deciding_steps, eased, finding_on
from offboarding.rules._rivals import claimants
from offboarding.rules._rule import Rule
from offboarding.rules._secrets import as_far_as_known, known_secrets
from offboarding.rules._sentences import at
from offboarding.rules._use import used_after

_NOW = {
    LinkDecision.LINKED: say("Now it's linked otherwise: to somebody else, or to an owner as a workload's."),
    LinkDecision.DISPUTED: say("Now several people may hold it."),
    LinkDecision.PROBABLE: say("Now it's only probably somebody's."),
    LinkDecision.CANDIDATE: say("Now too little is left to say whose it is."),
    LinkDecision.ORPHAN: say("Now nobody claims it."),
}


def _not_gone(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It was found of somebody who had left."""
    return None if silent.left_at is None else not_gone(silent, as_of)


def _decided(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """A person said whose it is, or isn't."""
    del as_of
    return None if silent.decided_by is None else Resolved(resolution=Resolution.DECIDED, author=silent.decided_by)


def _linked_again(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """What it says of itself makes it theirs."""
    del as_of
    again = silent.account_fresh and silent.linked_undoubted
    return Resolved(resolution=Resolution.LINKED_AGAIN) if again else None


def _newer_secrets(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """They owned it, and none of its secrets is as old as that."""
    del as_of
    there = silent.account_fresh and not silent.account_gone and silent.account_standing != Standing.DEAD
    return Resolved(resolution=Resolution.NEWER_SECRETS) if there and silent.relation == Relation.OWNS else None


def _never_theirs(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Of somebody at work: what it said before isn't theirs by HR's word."""
    del as_of
    moved = silent.left_at is None and silent.account_fresh and not silent.linked_in_doubt
    return Resolved(resolution=Resolution.NEVER_THEIRS) if moved else None


class LinkMoved(Rule):
    """High where the holder keeps it, at work or not, or where it's privileged. A root user's address is changed on
    purpose, and never meant.
    """

    id = "link-moved"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.REVIEW
    words = RuleWords(
        what=(
            "An account says otherwise of itself than when somebody's link to it stood: another number, mail, login, "
            "tag or key, one more, or none; or it looks like a workload's now; or other accounts came to say the same, "
            "a colleague's or more than may (`policy.scores.bearers`). By that it would be somebody else's, "
            "disputed, or nobody's. It's told the night it happens, whether its holder works here or has left, and "
            "stays the holder's until a person or HR explains it. Also an account that was a leaver's until shortly "
            "before the departure (`policy.moved_days`), or after it, and isn't now by what else changed, without "
            "anybody's decision; and one that they owned until shortly before it, while a secret of it is as old as "
            "that. It's open, or that can't be told. Not one that a person's decision alone had made theirs, and that "
            "was revoked."
        ),
        why=(
            "The suspect may have edited the evidence. Of somebody at work it's no suspicion: people marry, numbers "
            "get corrected, mailboxes are handed over. So it's a line to review, and nobody is called a leaver in it."
            " When the holder leaves, the account is judged as theirs, at full severity; the findings say what it "
            "says now, and whose claim that is."
        ),
        graded="; high where the holder keeps it, or where it's privileged",
        closes=(
            "A person decided whose it is (`link confirm` or `link reject`), what it says makes it theirs again, what"
            " it said before isn't theirs any more by HR's word, or every way into it has been seen dead. What they "
            "owned: every secret is newer."
        ),
        runbook=(
            "Find out who changed what it was linked by, or made accounts that bear it, too; decide. What was a "
            "leaver's can be shut before that where nobody would miss it."
        ),
        explained=(
            "A person decides whose it is (link confirm, link reject), it's linked to them again, or every way into "
            "it is seen dead."
        ),
    )
    ends = (
        rejected,
        revoked,
        _not_gone,
        _decided,
        _linked_again,
        _newer_secrets,
        _never_theirs,
        moved_away,
        account_gone,
        all_dead,
        *REVIEWED,
    )
    alone = TicketWords(title="Review accounts of {system} that say otherwise whose they are", while_here=True)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account whose link moved and that is open, or of which that can't be told."""
        gone = leaver(case, as_of)
        for moved in gone.moved if gone else ():
            taken = _taken(moved)
            if gone and taken and taken.open and moved.account.kind is SubjectKind.ACCOUNT:
                yield _finding(self, gone, moved, taken)
        if isinstance(case, AccountCase) and case.held_since and whole(case).open:
            yield _held(self, case, case.held_since, whole(case))


def _taken(moved: MovedLink) -> AccessPath | None:
    """Return the account as one; None for what they owned where each secret is newer than that."""
    taken = whole(moved)
    if moved.relation is Relation.IS:
        return taken
    known = any(known_secrets(moved, moved.linked_until, say("they")))
    return as_far_as_known(moved, taken, moved.linked_until) if known else None


def _finding(rule: Rule, case: LeaverCase, moved: MovedLink, taken: AccessPath) -> Finding:
    return finding_on(
        rule,
        case,
        moved,
        taken,
        relation=moved.relation if moved.relation is Relation.OWNS else None,
        evidence=(
            _until(case, moved),
            _NOW[moved.decision],
            *(known_secrets(moved, moved.linked_until, say("they")) if moved.relation is Relation.OWNS else ()),
            *of_thing(case, moved.account, taken),
        ),
        steps=deciding_steps(
            moved,
            case.worker_id,
            say(
                "Find out who changed what it was linked by, and why: ask HR and the owners of {source}.",
                source=moved.source,
            ),
        ),
        severity=Severity.HIGH if moved.account.privileged is True else None,
    )


def _until(case: LeaverCase, moved: MovedLink) -> Sentence:
    """Until when it was theirs, and by what."""
    moment, why = at(moved.linked_until), "; ".join(moved.evidence) or say("no evidence left")
    after, owned = moved.linked_until > case.departure.left_at, moved.relation is Relation.OWNS
    if owned and after:
        return say("They owned it until {moment}, after the departure: {why}.", moment=moment, why=why)
    if owned:
        return say("They owned it until {moment}, before the departure: {why}.", moment=moment, why=why)
    if after:
        return say("It was theirs until {moment}, after the departure: {why}.", moment=moment, why=why)
    return say("It was theirs until {moment}, before the departure: {why}.", moment=moment, why=why)


def _held(rule: Rule, case: AccountCase, since: datetime, taken: AccessPath) -> Finding:
    holder, *others = case.suspects
    return Finding(
        rule=rule.id,
        realm=case.account.realm,
        subject=taken.subject,
        person_uid=holder.person_uid,
        episode=case.episode,
        standing=taken.standing,
        standing_reason=taken.reason,
        effect=taken.effect,
        severity=eased(Severity.HIGH, taken.effect),
        privileged=case.account.privileged is True,
        relation=None,
        used_after_departure=used_after(taken, holder.departure) if holder.departure else None,
        last_used_at=taken.last_used_at,
        evidence=tuple(_held_by_what(case, since, holder, tuple(others), taken)),
        revoke=_held_steps(case, holder, others),
        owners=case.owners,
    )


def _held_by_what(
    case: AccountCase, since: datetime, holder: Suspect, others: tuple[Suspect, ...], taken: AccessPath
) -> Iterator[str]:
    yield say(
        "What it says of itself changed, or other accounts say the same by now; first seen {moment}. By what was said"
        " before:",
        moment=at(since),
    )
    yield from claimants((holder,))
    yield say("By what it says now:") if others else say("By what it says now it's nobody's.")
    yield from claimants(others)
    yield say(
        "It stays worker {worker}'s until a person decides whose it is, or HR says what explains it.",
        worker=holder.worker_id,
    )
    yield works(taken)
    yield from powers(case.account, taken)


def _held_steps(case: AccountCase, holder: Suspect, others: list[Suspect]) -> tuple[Step, ...]:
    return (
        say(
            "Find out who changed it, and why: ask worker {worker}'s manager and the owners of {source}.",
            worker=holder.worker_id,
            source=case.source,
        ),
        *(theirs(case.source, case.account, each.worker_id, one_of_several=True) for each in (holder, *others)),
        not_theirs(case.source, case.account, holder.worker_id),
    )


RULE = LinkMoved()

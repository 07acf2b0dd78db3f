"""A leaver stands on a list of who gets into a system that nobody can ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    THIS_FINDING,
    Case,
    DecisionStep,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Step,
    TicketKind,
    say,
)
from offboarding.rules._access_paths import AccessPath, account_path
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._deciding import not_theirs
from offboarding.rules._findings import finding, shut
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at


def _taken_away(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """A person says that it was taken away, how they know, and no list is newer than that; for a while."""
    if silent.attested_until is None or silent.attested_until <= as_of:
        return None
    return Resolved(
        resolution=Resolution.ATTESTED,
        author=silent.attested_by or "",
        moment=f"{silent.attested_until:%Y-%m-%d}",
        reason=silent.attested_reason or "",
    )


class LeaverAttestedAccount(Rule):
    """Bank portals, machines' panels, shared pages: whether it works is unknown, and unknown is never clean."""

    id = "leaver-attested-account"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "A leaver on the list of a system that nobody can ask: a bank portal, a machine's panel, a shared page. "
            "Somebody gave the list; whether the account works wasn't checked."
        ),
        why="Such systems know of no departure, and often let in from anywhere.",
        closes=(
            "A list that is newer than the departure no longer names them. Or a person attests, with evidence, that it "
            "was taken away (`attest FINDING`); after 90 days it's asked again, and a newer list that names them "
            "overrules it. Neither is seen dead: both are counted as attested."
        ),
        runbook="Ask whoever gave the list to take it away, and for a new list; or see for yourself, and attest.",
        explained=(
            "A list newer than the departure no longer names them; or a person attests, with evidence, that it was "
            "taken away, which ends by itself:\n"
            '{command} attest {key} --reason "..."'
        ),
    )
    ends = (*NOT_A_LEAVERS, _taken_away, account_gone, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of a leaver's on such a list, while nobody's word on it stands."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            if linked.account.attested_at is None or _stands(linked, linked.account.attested_at, as_of):
                continue
            path = account_path(linked)
            source, account = linked.source, linked.account
            steps = (*_away(leaver, linked, path), _ATTEST, not_theirs(source, account, leaver.worker_id))
            found = finding(self, leaver, linked, path, steps=steps)
            yield replace(found, evidence=(*found.evidence, *_no_longer(linked, as_of)))


_ATTEST = DecisionStep(
    asks=say("Nobody can be asked whether it works. Once you have seen that it was taken away, say how you know"),
    decision="attest",
    fields=(("key", THIS_FINDING),),
)


def _away(gone: LeaverCase, linked: LinkedAccount, path: AccessPath) -> tuple[Step, ...]:
    """Nobody is asked to take themself off a list."""
    owner = linked.account.reached_by
    if owner.casefold() not in (gone.worker_id.casefold(), f"{gone.id_space}:{gone.worker_id}".casefold()):
        return shut(linked, path)
    return (
        say(
            "{owner} gave the list and has left. Name somebody else as its owner, who takes {account} away in the"
            " system, and its sessions and devices, and gives a new list. One that is newer than the departure, and"
            " doesn't name it, closes this.",
            owner=owner,
            account=linked.account.label,
        ),
    )


def _stands(linked: LinkedAccount, listed_at: datetime, as_of: datetime) -> bool:
    word = linked.attested
    return word is not None and word.until > as_of and word.at >= listed_at


def _no_longer(linked: LinkedAccount, as_of: datetime) -> Iterator[str]:
    """Yield why somebody's word on it doesn't stand."""
    if linked.attested and linked.attested.until <= as_of:
        ended = at(linked.attested.until)
        yield say("A person's word that it was taken away ended on {moment}: it must be looked at again.", moment=ended)
    elif linked.attested:
        said = at(linked.attested.at)
        yield say("A person said on {moment} that it was taken away, and a newer list names it again.", moment=said)


RULE = LeaverAttestedAccount()

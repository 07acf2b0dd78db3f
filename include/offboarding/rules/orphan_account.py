"""A source's working accounts that nobody claims, as one digest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    Case,
    DecisionStep,
    Finding,
    NamedOwner,
    Orphan,
    OrphanCase,
    Resolution,
    Resolved,
    RuleWords,
    Sentence,
    Severity,
    SilentThing,
    Step,
    TicketKind,
    say,
)
from offboarding.rules._controls import REVIEW
from offboarding.rules._digests import digest, first_named
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import ended


def _all_claimed(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Each account of the system is somebody's."""
    del as_of
    return Resolved(resolution=Resolution.ALL_CLAIMED) if silent.accounts_read else None


class OrphanAccount(Rule):
    """One a source, however many they are."""

    id = "orphan-account"
    default_severity = Severity.LOW
    controls = REVIEW
    ticket = TicketKind.REVIEW
    words = RuleWords(
        what="A source's working accounts that nobody claims, as one digest a source.",
        why="Whatever can't be linked can't be found when its holder leaves.",
        graded="; medium where the entry of one names a leaver as its manager or owner",
        closes="The source has none any more. How many there are is evidence, and makes no second ticket.",
        runbook=(
            "Begin with those whose manager or owner left, then with those in use: give each an employee number or "
            "mail, declare it a workload with an owner, or switch it off."
        ),
        explained="The source has no working account that nobody claims.",
    )
    ends = (_all_claimed,)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a source has such accounts, where it has any."""
        del as_of
        if isinstance(case, OrphanCase) and case.accounts:
            found = digest(
                self,
                realm=case.realm,
                source=case.source,
                standing_reason=_known_by(case),
                evidence=(_count(case), *first_named([_named(each) for each in sorted(case.accounts, key=_urgency)])),
                revoke=_steps(case),
            )
            yield replace(found, severity=Severity.MEDIUM) if _names_leaver(case) else found


def _known_by(case: OrphanCase) -> Sentence:
    if case.attested:
        return say("the newest list names them; whether they work wasn't checked")
    return say("the last complete inventory says that they work")


def _count(case: OrphanCase) -> Sentence:
    if case.attested:
        return say(
            "{count} account on the list is claimed by nobody; whether it works wasn't checked.",
            "{count} accounts on the list are claimed by nobody; whether they work wasn't checked.",
            count=len(case.accounts),
        )
    return say(
        "{count} working account is claimed by nobody, {used} of them used within 30 days.",
        "{count} working accounts are claimed by nobody, {used} of them used within 30 days.",
        count=len(case.accounts),
        used=f"{case.recently_used}",
    )


def _names_leaver(case: OrphanCase) -> bool:
    return any(each.left for account in case.accounts for each in account.named)


def _urgency(account: Orphan) -> bool:
    """Those that name a leaver come first; else as they are."""
    return not any(each.left for each in account.named)


def _named(account: Orphan) -> str:
    owners = (
        *(_owner(each) for each in sorted(account.named, key=lambda each: not each.left)),
        *(f"its {said}, who is nobody we know" for said in account.owners),
    )
    return f"{account.label} ({account.native_id})" + (f": {'; '.join(owners)}" if owners else "")


def _owner(named: NamedOwner) -> str:
    if named.worker_id is None:
        nobody = "whose account is nobody's for certain" if named.is_entry else "who is nobody we know"
        return f"its manager or owner says {named.said}, {nobody}"
    start = f"its manager or owner is worker {named.worker_id}"
    if named.departure is None:
        return start
    return f"{start}, who left {ended(named.departure)}" if named.left else f"{start}, who may have left"


def _steps(case: OrphanCase) -> tuple[Step, ...]:
    leavers = say("those whose manager or owner left: that person may know the secret")
    first = leavers if _names_leaver(case) else say("those in use")
    return (
        say(
            "Ask the owners of {source} what each account is for; begin with {first}.", source=case.source, first=first
        ),
        DecisionStep(
            asks=say("Somebody's: give it their employee number or mail, or say so"),
            decision="link confirm",
            fields=(("source", case.source), ("account", "ACCOUNT"), ("worker", "WORKER")),
        ),
        (
            say(
                "A workload's: write down an owner (the tag owner, or the entry's manager), and declare its "
                "pattern (company.service_patterns): from then on it's found when its owner leaves."
            )
        ),
        say("Nobody's: switch it off, and don't delete it; switching it on again undoes it."),
    )


RULE = OrphanAccount()

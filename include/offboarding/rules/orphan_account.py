"""A source's working accounts that nobody claims, as one digest."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Case,
    DecisionStep,
    Finding,
    Orphan,
    OrphanCase,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Step,
    TicketKind,
    counted,
)
from offboarding.rules._controls import REVIEW
from offboarding.rules._digests import digest, first_named
from offboarding.rules._rule import Rule


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
        closes="The source has none any more. How many there are is evidence, and makes no second ticket.",
        runbook=(
            "Begin with those in use: give each an employee number or mail, declare it a workload with an owner, or "
            "switch it off."
        ),
        explained="The source has no working account that nobody claims.",
    )
    ends = (_all_claimed,)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a source has such accounts, where it has any."""
        del as_of
        if isinstance(case, OrphanCase) and case.accounts:
            yield digest(
                self,
                realm=case.realm,
                source=case.source,
                standing_reason="the last complete inventory says that they work",
                evidence=(_count(case), *first_named([_named(each) for each in case.accounts])),
                revoke=_steps(case),
            )


def _count(case: OrphanCase) -> str:
    number = len(case.accounts)
    start = counted(number, "working account is", "working accounts are")
    return f"{start} claimed by nobody, {case.recently_used} of them used within 30 days."


def _named(account: Orphan) -> str:
    owners = "; ".join(f"its {said}, who is nobody we know" for said in account.owners)
    return f"{account.label} ({account.native_id})" + (f": {owners}" if owners else "")


def _steps(case: OrphanCase) -> tuple[Step, ...]:
    return (
        f"Ask the owners of {case.source} what each account is for; begin with those in use.",
        DecisionStep(
            asks="Somebody's: give it their employee number or mail, or say so",
            decision="link confirm",
            fields=(("source", case.source), ("account", "ACCOUNT"), ("worker", "WORKER")),
        ),
        "A workload's: write down an owner (the tag owner, or the entry's manager), and declare its pattern.",
        "Nobody's: switch it off, and don't delete it; switching it on again undoes it.",
    )


RULE = OrphanAccount()

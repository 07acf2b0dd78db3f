"""Trusted keys of which nobody knows who may hold them, as one digest a system: not checked, and never clean."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Case,
    Finding,
    Resolution,
    Resolved,
    RuleWords,
    Sentence,
    Severity,
    SilentThing,
    TicketKind,
    TicketWords,
    UncustodiedCase,
    say,
)
from offboarding.rules._controls import REVIEW
from offboarding.rules._digests import digest, first_named
from offboarding.rules._rule import Rule


def _all_held(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Of each key of the system somebody is known to hold it."""
    del as_of
    return Resolved(resolution=Resolution.ALL_HELD) if silent.keys_read else None


class UncustodiedSigningKey(Rule):
    """One a system, however many they are."""

    id = "uncustodied-signing-key"
    default_severity = Severity.LOW
    controls = REVIEW
    ticket = TicketKind.REVIEW
    of_keys = True
    words = RuleWords(
        what="A system's trusted keys of which nobody is known to be a custodian, as one digest a system.",
        why="An empty register must not look clean: of these keys it was NOT CHECKED whether a leaver holds them.",
        closes=(
            "Each trusted key there has a custodian, or somebody who provably or possibly held it, or is trusted no "
            "more."
        ),
        runbook=(
            "`custody suggest` says who may hold them, as far as groups, policies and audit trails tell; what is "
            "right goes into the register."
        ),
        explained="Each trusted key there has a custodian in the register, or is trusted no more.",
    )
    ends = (_all_held,)
    alone = TicketWords(title="Say who may hold the keys that {system} trusts")

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a system trusts such keys, where it does."""
        del as_of
        if isinstance(case, UncustodiedCase) and case.keys:
            yield digest(
                self,
                realm=case.realm,
                source=case.source,
                standing_reason=say("the last complete read says that they are trusted"),
                evidence=(_count(case), *first_named([copy.key.label for copy in case.keys])),
                revoke=_STEPS,
            )


def _count(case: UncustodiedCase) -> Sentence:
    return say(
        "{count} key is trusted of which nobody is known to be a custodian: whether a leaver holds them is "
        "NOT CHECKED.",
        "{count} keys are trusted of which nobody is known to be a custodian: whether a leaver holds them is "
        "NOT CHECKED.",
        count=len(case.keys),
    )


_STEPS = (
    (
        say(
            "See who may hold them, as far as groups, policies and audit trails tell:\n{command}",
            command="python -m offboarding custody suggest",
        )
    ),
    say("Paste what is right into include/custody.yaml, put it right where it isn't, and let it be reviewed."),
    say("Those who left meanwhile belong there too, with the day until which they held it."),
)

RULE = UncustodiedSigningKey()

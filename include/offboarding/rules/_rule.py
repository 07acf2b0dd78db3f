"""What a rule is: all that is known of one kind of finding."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, cast

from offboarding.model import (
    Basis,
    Case,
    Control,
    Finding,
    LeaverCase,
    Resolved,
    RuleWords,
    Severity,
    Silent,
    SilentKey,
    SilentThing,
    TicketKind,
    TicketWords,
)

Endings = (
    tuple[Callable[[SilentThing, datetime], Resolved | None], ...]
    | tuple[Callable[[SilentKey, datetime], Resolved | None], ...]
)
"""What may end a finding: the first that says something is why it closes."""


class Rule(ABC):
    """What is wrong. A rule is a subclass that says what is its own. Pure: case and `as_of` in, findings out."""

    id: ClassVar[str]
    default_severity: ClassVar[Severity]
    controls: ClassVar[tuple[Control, ...]]
    ticket: ClassVar[TicketKind]
    words: ClassVar[RuleWords]
    ends: ClassVar[Endings]
    """() where only a person's verdict closes it."""
    alone: ClassVar[TicketWords | None] = None
    """What a ticket says on which its findings stand alone; None: what the kind of ticket says."""
    named: ClassVar[str] = ""
    """What a ticket calls an account that may stand on it as another finding's, too: "Local account {label}"."""
    confirms: ClassVar[Basis | None] = None
    """It waits for somebody's word on departures of this basis."""
    while_away: ClassVar[bool] = False
    """It concerns whoever is to have no access for a while, too: an access of their own, shut so that it opens again.
    """
    comes_first: ClassVar[bool] = False
    """Of what is equally bad, it's told ahead of everything else."""
    of_keys: ClassVar[bool] = False
    """A digest of a system's keys, where others are of its accounts."""
    attestable: ClassVar[bool] = False
    """Nobody can be asked whether its keys work: it's told even so, and a person's word with evidence closes it for a
    while. Of accounts their findings say so themselves.
    """

    @abstractmethod
    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield a finding for each thing in the case that works, or of which it can't be told."""

    def findings(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield the same, but of whoever hasn't left, and is away, only where that is its concern."""
        away = isinstance(case, LeaverCase) and case.departure.basis is Basis.AWAY
        if self.while_away or not away:
            yield from self.evaluate(case, as_of)

    def closes(self, silent: Silent, as_of: datetime) -> Resolved | None:
        """Return why a finding of its own closes that it says no more; None: it stands as it is."""
        # Who is away has left for whatever concerns them then, and for nothing else.
        seen = replace(silent, gone=False) if silent.away and not self.while_away else silent
        # Its findings are all about keys, or none is.
        ends = cast("tuple[Callable[[Silent, datetime], Resolved | None], ...]", self.ends)
        answers = (end(seen, as_of) for end in ends)
        return next((resolved for resolved in answers if resolved is not None), None)

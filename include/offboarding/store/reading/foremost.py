"""What stood open when a run ended, by what it asks for: how many, and the worst of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offboarding.model import Severity
from offboarding.store.connect import Session
from offboarding.store.reading.nights import NightFinding
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


class Asks(StrEnum):
    """What a finding asks for."""

    KEYS = "keys"
    """To rotate a key that somebody gone can still sign with."""
    USES = "uses"
    """To look into a use after a departure."""
    LATE = "late"
    """To be seen to: it's past due."""
    ONLY_LATE = "only_late"
    """The same, where it's neither such a key nor a use."""
    ONLY_NEW = "only_new"
    """To be seen to: it opened in this run, and asks for nothing of the above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityCount:
    """How much stood open of a severity, and how much of it asks for what: a field for each of Asks."""

    severity: Severity
    findings: int
    late: int
    keys: int
    uses: int
    only_late: int
    only_new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingFinding(NightFinding):
    """A finding, and what it's among the worst of; there once for each."""

    asks: Asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Foremost:
    """What stood open when a run ended."""

    counts: tuple[SeverityCount, ...]
    """Of each severity of which there is any."""
    worst: tuple[AskingFinding, ...]
    """The first of each, the worst ahead."""

    def number(self, asks: Asks) -> int:
        """How many ask for this."""
        return sum(getattr(each, asks) for each in self.counts)

    def first(self, asks: Asks) -> list[AskingFinding]:
        """The worst that ask for this."""
        return [each for each in self.worst if each.asks == asks]


def foremost(session: Session, run_id: int, *, now: datetime, most: int) -> Foremost:
    """What asks for something at a moment, of what stood open when a run ended; so many of each."""
    with session.cursor(row_factory=record_row(Foremost)) as cursor:
        values = {"run_id": run_id, "now": now, "most": most}
        found = cursor.execute(block("night", "foremost_then"), values).fetchone()
    assert found is not None
    return found

"""Who works here, and who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from offboarding.model.days import day_begins, day_ends
from offboarding.model.statuses import Circumstance, EmploymentStatus
from offboarding.model.words import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """One employment of a worker, as HR tells it."""

    status: EmploymentStatus
    start_on: date | None
    """First day; None where HR gives none."""
    last_working_on: date | None
    """Last day with access; before `end_on` during garden leave."""
    end_on: date | None
    """Termination date, or a contract's planned end."""
    zone: str | None
    """IANA name of the zone the worker's days are in; None where unknown: the company's is taken, cautiously."""
    type: str
    """HR's own word (employee, contractor), "" where it gives none."""
    circumstance: Circumstance = Circumstance.NONE
    """What HR's status says beside `status`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedValue:
    """A login or directory id that HR gives, for one source or for none in particular."""

    value: str
    """As HR writes it."""
    source: str | None
    """A source's name in the configuration; None: no system in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A roster's record of a worker. A worker with several employments may come in several of these, one read long."""

    worker_id: str
    """HR's number as HR writes it, stripped."""
    previous_worker_ids: tuple[str, ...] = ()
    name: str = ""
    mail: str = ""
    """Present work mail; "" where HR has none or blanked it."""
    former_mails: tuple[str, ...] = ()
    logins: tuple[ScopedValue, ...] = ()
    directory_ids: tuple[ScopedValue, ...] = ()
    manager: str = ""
    """The manager's worker id in the same id space."""
    location: str = ""
    """HR's own word for where the worker works."""
    employments: tuple[Employment, ...]
    """At least one."""
    record: str
    """Where it stands in the feed, for people: "hr_20261124.csv row 214"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a feed or read that a person must mend; it makes the read partial."""

    record: str
    """Such as "hr_20261124.csv row 214, column \"Last day\""; "" where the whole read is meant."""
    text: str
    """What is wrong, with the offending value."""
    fix: str
    """What to do."""

    def __str__(self) -> str:
        return f"{self.record}: {self.text}. {self.fix}" if self.record else f"{self.text}. {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What of a roster couldn't be kept: told, and nothing is concluded from it; everybody else was read whole."""

    problems: Sequence[Problem] = ()
    workers: Sequence[str] = ()
    """Ids of those of whom a value is left out: of what was known of them before, none has ended."""
    records: Sequence[str] = ()
    """Ids of those of whom a record is left out: they aren't gone, and what it told before stands."""
    garbled: Sequence[str] = ()
    """Those of these whose record has a status or a day that nobody can read: where the roster never told of one, the
    row may be another worker's, with its cells in the wrong places.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSummary:
    """What a roster says of its own read, once it has been read to its end."""

    origin: str
    """What was read, for people: a file's name, or "query over hr_db"."""
    proved: bool
    """A trailer, manifest or the server's own count said that this is all; else the end is presumed."""
    dated_at: datetime | None
    """When the feed was made (a file's modification time); None where it has no date of its own."""
    rows: int
    """Records met, bad ones included."""
    digest: str = ""
    """SHA-256 of what was read, so that the same delivered again shows; "" where the system gives no bytes."""
    changed_after_at: datetime | None = None
    """An old export is delivered again where the very same was read by this moment; None: it may stay the same."""
    not_by_chance_at: datetime | None = None
    """An older file is delivered again where the very same was read last by this moment, and something else since: that
    it came about by itself is no chance any more. None: how many work there isn't known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """That somebody left."""

    left_at: datetime
    """End of the last working day in the worker's zone, in UTC."""
    certain_at: datetime
    """From when on it's over wherever the worker may be; later than `left_at` where the zone is unknown."""
    left_on: date | None
    """The last working day itself; None where HR gave no day (then `left_at` is when HR first said "left")."""
    zone: str
    """The zone that the day was taken in."""
    basis: Basis
    confirmed: bool
    """Counts as having left; False: planned end, or vanished from a full roster: to be confirmed by a person."""
    roster: str
    """Whose word it is."""
    told: str
    """HR's own words, for people: "status Terminated, last working day 2026-11-13"; or "notice n-4f2a91"."""
    location: str = ""
    """HR's own word for where they worked; tickets are routed by it."""
    circumstance: Circumstance = Circumstance.NONE
    """Whether they retired, or died; NONE of whoever left for another reason, or none that is told."""

    @property
    def exact(self) -> bool:
        """Whether the moment itself was told, and not the day alone, at whose end `left_at` would lie."""
        return self.left_on is not None and self.left_at != day_ends(self.left_on, self.zone)

    @property
    def day_began_at(self) -> datetime:
        """The earliest that they may have gone: where the day alone was told, in the morning."""
        return day_begins(self.left_on, self.zone) if self.left_on and not self.exact else self.left_at

"""What passes while a source is read, counted; and what it says of its own limits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.interfaces import KeySource, Reader, Source, Trail
from offboarding.model import (
    Account,
    AccountRef,
    AuditEvent,
    Credential,
    Fact,
    Gap,
    IdentityKey,
    Key,
    RequestCounts,
    ScopeRead,
    Standing,
)

SAMPLE = 3
"""Accounts to look at live, as a night does with leavers': rights that only this needs show by it."""


@dataclass(slots=True)
class ReaderTally:
    """What a reader has told so far."""

    reader: Reader
    standings: Counter[Standing] = field(default_factory=Counter[Standing])
    credentials: int = 0
    keys: Counter[Standing] = field(default_factory=Counter[Standing])
    recorded: int = 0
    """Events of an audit trail."""
    missing: dict[str, None] = field(default_factory=dict[str, None])
    """Sentences that would make a night red, each once."""
    limits: dict[str, None] = field(default_factory=dict[str, None])
    """What isn't inventoried at all, and is only said."""
    sample: list[AccountRef] = field(default_factory=list[AccountRef])

    @property
    def accounts(self) -> int:
        """How many there are."""
        return self.standings.total()

    def as_told(self) -> Reader:
        """The reader, of which all that it tells is noted here."""
        if isinstance(self.reader, Trail):
            return _HeardTrail(self, self.reader)
        return _HeardSource(self, self.reader) if isinstance(self.reader, Source) else _HeardKeys(self, self.reader)

    def look_closer(self) -> None:
        """Ask about a few accounts as a night asks about leavers'."""
        if self.sample and isinstance(self.reader, Source):
            for fact in self.reader.detail(self.sample):
                self.hear(fact)

    def passing(self, facts: Iterator[Fact]) -> Iterator[Fact]:
        """An inventory, or a trail's events: the same facts, noted."""
        for fact in facts:
            if isinstance(fact, Account):
                self._see(fact)
            self.hear(fact)
            yield fact

    def _see(self, account: Account) -> None:
        self.standings[account.standing] += 1
        if len(self.sample) < SAMPLE and account.standing is not Standing.DEAD:
            self.sample.append(
                AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)
            )

    def hear(self, fact: Fact) -> None:
        """Note one."""
        if isinstance(fact, Credential):
            self.credentials += 1
        elif isinstance(fact, Key):
            self.keys[fact.standing] += 1
        elif isinstance(fact, AuditEvent):
            self.recorded += 1
        elif isinstance(fact, Gap):
            (self.missing if fact.red else self.limits)[fact.text] = None
        elif isinstance(fact, ScopeRead) and fact.error:
            self.missing[fact.error] = None


@dataclass(frozen=True, slots=True)
class _HeardKeys:
    seen: ReaderTally
    inner: KeySource

    @property
    def requests(self) -> RequestCounts:
        return self.inner.requests

    def collect(self) -> Iterator[Fact]:
        return self.seen.passing(self.inner.collect())


@dataclass(frozen=True, slots=True)
class _HeardSource:
    seen: ReaderTally
    inner: Source

    @property
    def requests(self) -> RequestCounts:
        return self.inner.requests

    def collect(self) -> Iterator[Fact]:
        return self.seen.passing(self.inner.collect())

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        return self.inner.collect_for(keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        for fact in self.inner.detail(accounts):
            self.seen.hear(fact)
            yield fact


@dataclass(frozen=True, slots=True)
class _HeardTrail:
    seen: ReaderTally
    inner: Trail

    @property
    def requests(self) -> RequestCounts:
        return self.inner.requests

    def events(self, since: datetime | None) -> Iterator[Fact]:
        return self.seen.passing(self.inner.events(since))

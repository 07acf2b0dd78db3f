"""What passes while a source is read, counted; and what it says of its own limits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from include.offboarding.interfaces import KeySource, Reader, Source, Trail
from include.offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Event,
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
class SeenSource:
    """A source of accounts, of keys or of events, itself one, that remembers what it told."""

    inner: Reader
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
    def requests(self) -> RequestCounts:
        """What has been asked so far."""
        return self.inner.requests

    @property
    def accounts(self) -> int:
        """How many there are."""
        return self.standings.total()

    def collect(self) -> Iterator[Fact]:
        """The inventory."""
        return self._seen(cast("Source | KeySource", self.inner).collect())

    def events(self, since: datetime | None) -> Iterator[Fact]:
        """What a trail recorded."""
        return self._seen(cast("Trail", self.inner).events(since))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Some people's accounts."""
        return cast("Source", self.inner).collect_for(keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Some accounts, live."""
        for fact in cast("Source", self.inner).detail(accounts):
            self._hear(fact)
            yield fact

    def look_closer(self) -> None:
        """Ask about a few accounts as a night asks about leavers'."""
        if self.sample:
            for _ in self.detail(self.sample):
                pass

    def _seen(self, facts: Iterator[Fact]) -> Iterator[Fact]:
        for fact in facts:
            if isinstance(fact, Account):
                self._see(fact)
            self._hear(fact)
            yield fact

    def _see(self, account: Account) -> None:
        self.standings[account.standing] += 1
        if len(self.sample) < SAMPLE and account.standing is not Standing.DEAD:
            self.sample.append(
                AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)
            )

    def _hear(self, fact: Fact) -> None:
        if isinstance(fact, Credential):
            self.credentials += 1
        elif isinstance(fact, Key):
            self.keys[fact.standing] += 1
        elif isinstance(fact, Event):
            self.recorded += 1
        elif isinstance(fact, Gap):
            (self.missing if fact.red else self.limits)[fact.text] = None
        elif isinstance(fact, ScopeRead) and fact.error:
            self.missing[fact.error] = None

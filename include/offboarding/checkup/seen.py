"""What passes while a source is read, counted; and what it says of its own limits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from include.offboarding.interfaces import Source
from include.offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Fact,
    Gap,
    IdentityKey,
    RequestCounts,
    ScopeRead,
    Standing,
)

SAMPLE = 3
"""Accounts to look at live, as a night does with leavers': rights that only this needs show by it."""


@dataclass(slots=True)
class SeenSource:
    """A source, itself a Source, that remembers what it told."""

    inner: Source
    standings: Counter[Standing] = field(default_factory=Counter[Standing])
    credentials: int = 0
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
        for fact in self.inner.collect():
            if isinstance(fact, Account):
                self._see(fact)
            self._hear(fact)
            yield fact

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Some people's accounts."""
        return self.inner.collect_for(keys, known)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Some accounts, live."""
        for fact in self.inner.detail(accounts):
            self._hear(fact)
            yield fact

    def look_closer(self) -> None:
        """Ask about a few accounts as a night asks about leavers'."""
        if self.sample:
            for _ in self.detail(self.sample):
                pass

    def _see(self, account: Account) -> None:
        self.standings[account.standing] += 1
        if len(self.sample) < SAMPLE and account.standing is not Standing.DEAD:
            self.sample.append(
                AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)
            )

    def _hear(self, fact: Fact) -> None:
        if isinstance(fact, Credential):
            self.credentials += 1
        elif isinstance(fact, Gap):
            (self.missing if fact.red else self.limits)[fact.text] = None
        elif isinstance(fact, ScopeRead) and fact.error:
            self.missing[fact.error] = None

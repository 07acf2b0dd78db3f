"""A source that tells what it was given: the far edge, where a test says what the world is like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from offboarding.model import AccountRef, Fact, IdentityKey, RequestCounts


@dataclass
class FactSource:
    """What the inventory tells, and what is told live."""

    inventory: Sequence[Fact]
    live: Sequence[Fact] = ()
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        yield from self.inventory

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        yield from self.inventory

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        yield from self.live

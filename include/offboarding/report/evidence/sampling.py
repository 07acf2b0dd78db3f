"""How much of a population an auditor may look at, and what: drawn so that anybody draws the same.

Sizes are those of 40 CFR 80.127(b), for 95 % confidence that no more than 10 % deviate where none of the sample does.
Of a large population that is 29, as of the AICPA's guide on audit sampling (table A-1: 5 % risk of overreliance, 10 %
tolerable, none expected), since 0.9 to the 29th is the first power of it below 0.05.
"""

import hashlib
import heapq
from collections.abc import Iterable, Sequence

STEPS = ((65, 29), (40, 25), (25, 20))
"""Above so many: so many."""
FEW = 19
"""Of 25 or fewer, or all of them."""


def size(population: int) -> int:
    """How many to look at."""
    return next((sample for above, sample in STEPS if population > above), min(population, FEW))


def rank(seed: str, population: str, control: str, item: str) -> str:
    """By which an item stands in line: a hash in hexadecimal digits, of these in lines."""
    return hashlib.sha256(f"{seed}\n{population}\n{control}\n{item}".encode()).hexdigest()


class Draw:
    """A population as it streams by; of its items only those that may be drawn are kept."""

    def __init__(self, seed: str, population: str, control: str = "") -> None:
        self.population, self.control = population, control
        self.amount = 0
        self._seed = seed
        self._first: list[tuple[str, str]] = []

    def add(self, items: Iterable[str]) -> None:
        """More of it."""
        for item in items:
            self.amount += 1
            self._first.append((rank(self._seed, self.population, self.control, item), item))
            if len(self._first) > 1000:
                self._first = heapq.nsmallest(STEPS[0][1], self._first)

    def drawn(self) -> Sequence[str]:
        """The sample, in its order."""
        return [item for _, item in heapq.nsmallest(size(self.amount), self._first)]

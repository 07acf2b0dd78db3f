"""How long and how often a service may be asked, as a user writes it for each that is asked over HTTP; and what of that
is spent.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from pydantic import Field

from offboarding.config.strict import Strict
from offboarding.model.errors import FatalError


class HttpBudget(Strict):
    """Of one read."""

    max_requests: int = Field(default=20_000, gt=0, le=10_000_000, description="Of one read.")
    max_wait_minutes: float = Field(
        default=60,
        ge=0,
        description="How long one read may wait, in all, where it says that it was asked too often.",
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")


OVERHEAD = "overhead"
"""What a request is for that is about nothing that is asked."""


class OneAccountBudgetError(FatalError):
    """What may be asked of one account is spent; of others it isn't."""


class RequestBudget:
    """What a read has asked and still may, and what about one account alone."""

    def __init__(self, most: int | None, spared_by: str) -> None:
        """`most`: of one read; None for any number. `spared_by`: what is to be done where that isn't enough."""
        self.asked = Counter[str]()
        self._most, self._spared_by = most, spared_by
        self._of_one: tuple[int, int] | None = None
        self.begin()

    def begin(self) -> None:
        """A read begins here."""
        self._left = self._most

    def spend(self, purpose: str, what: str) -> None:
        """One more. Raises FatalError where the read's requests are spent, OneAccountBudgetError for the account's.

        Being let in, and being told to ask again, are no account's.
        """
        if self._left is not None:
            if self._left <= 0:
                raise FatalError(f"{what}: {self._most} requests were made, and it isn't done. {self._spared_by}")
            self._left -= 1
        if self._of_one is not None and purpose != OVERHEAD:
            most, left = self._of_one
            if left <= 0:
                text = f"{most} requests were made of one account, and it isn't done. Raise max_requests_an_account"
                raise OneAccountBudgetError(f"{what}: {text}")
            self._of_one = most, left - 1
        self.asked[purpose] += 1

    def give_back(self) -> None:
        """The last one counts as nobody's: it was about more than one account may cost the others."""
        if self._left is not None:
            self._left += 1

    @contextmanager
    def of_one(self, most: int) -> Generator[None]:
        """Within, it's one account that is asked about: so many requests, and no more."""
        self._of_one = most, most
        try:
            yield
        finally:
            self._of_one = None

    @contextmanager
    def of_all(self) -> Generator[None]:
        """Within, a list is read that the others need as well: no one account pays for it."""
        before, self._of_one = self._of_one, None
        try:
            yield
        finally:
            self._of_one = before

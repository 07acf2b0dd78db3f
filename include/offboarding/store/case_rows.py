"""An account and its credentials in a case, as the block `seen` of queries/cases.sql reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from offboarding.model import Account, CredentialView


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAccount:
    """An account beside one of its credentials, None where it has none."""

    source: str
    source_kind: str
    account: Account
    in_bulk: bool
    """Made in a load, so that its age tells nothing."""
    observed_at: datetime
    fresh: bool
    """Whether a complete live read of this run saw the account."""
    credential: CredentialView | None
    owners: tuple[str, ...]
    """Who answers for the account, by what it says and by whom it's linked to."""


class AccountRow(Protocol):
    """A row of an account."""

    @property
    def seen(self) -> SeenAccount | None:
        """None where nobody's account is meant."""
        ...


def credentials(rows: Iterable[AccountRow]) -> tuple[CredentialView, ...]:
    """The credentials of one account's rows."""
    return tuple(row.seen.credential for row in rows if row.seen and row.seen.credential)

"""Accounts of a system of which nothing is known yet: they wait outside the database, and go straight into place.

Nothing can have gone, ended or changed there, so nothing is compared. What doesn't fit that after all (an account told
twice, a credential told elsewhere, another run that was quicker) is merged as everything else is: see `give_back`.
docs/decisions/0083-a-first-read-goes-straight-into-place.md
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from psycopg.rows import scalar_row

from offboarding.store.binary import bigint_array, date_array, jsonb
from offboarding.store.columns import ACCOUNT, CREDENTIAL
from offboarding.store.connect import Session
from offboarding.store.spool import Spool
from offboarding.store.sql import block, statements
from offboarding.store.staged_account import AccountKeys, StagedAccount, key_column

_COLUMNS = {
    "account": ("account_pk", "realm", *ACCOUNT, "keys", "digest", "first_seen_at", "observed_at"),
    "use_told": ("realm", "account_pks", "days", "observed_at"),
    "credential": ("account_pk", *CREDENTIAL, "observed_at"),
}


@dataclass(slots=True, kw_only=True)
class NewAccounts:
    """Those of one inventory. To be closed."""

    session: Session
    realm: str
    observed_at: datetime
    several_realms: bool = False
    """Not all are of `realm`."""
    _spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        self._spool = Spool(self.session, _COLUMNS)

    def add(self, waiting: Sequence[StagedAccount], digests: Sequence[bytes], keys: AccountKeys) -> None:
        """These accounts, with their credentials."""
        account, uses, credential = map(self._spool.row, _COLUMNS)
        at, days = self.observed_at, list[date | None]()
        pks = self._ids(len(waiting))
        for pk, staged, digest in zip(pks, waiting, digests, strict=True):
            column = jsonb(key_column(keys.rows(staged.account)))
            account((pk, staged.account.realm, *staged.columns, column, digest, at, at))
            # More isn't kept until it's known whose the account is.
            used_at = staged.account.last_used_at
            days.append(used_at and used_at.astimezone(UTC).date())
            for values in staged.credentials:
                credential((pk, *values, at))
        uses((self.realm, bigint_array(pks), date_array(days), at))
        self.several_realms = self.several_realms or any(staged.account.realm != self.realm for staged in waiting)

    def finish(self) -> None:
        """There are no more."""
        self._spool.finish()

    def placed(self) -> bool:
        """Put them where they stay. False where the table has one of these already, or one is told twice: none is."""
        return self._spool.placed(noted=("account",))

    def give_back(self) -> None:
        """Put them into a read's temporary tables, as if they had never waited here."""
        self.session.execute(block("new_accounts", "make_room"))
        for table in _COLUMNS:
            self._spool.place(table, into=f"new_{table}")
        for statement in statements("new_accounts", "give_back"):
            self.session.execute(statement)

    def close(self) -> None:
        """Nothing of it is left outside the database."""
        self._spool.close()

    def _ids(self, many: int) -> Sequence[int]:
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("new_accounts", "numbers"), {"many": many}).fetchall()

"""Accounts with their credentials on the way into the store.

What a read tells of an account, with the credentials that follow it, has a digest. Where the store says that this is to
the letter what the last one told, the account is ticked off, and nothing else of it is copied or compared. What such a
tick rests on stands beside `digest` in queries/sources.sql and in docs/decisions/0065-one-digest-an-account.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec
from psycopg.rows import scalar_row

from offboarding.model import Account, Credential
from offboarding.store.columns import ACCOUNT, CREDENTIAL
from offboarding.store.connect import Session
from offboarding.store.new_accounts import NewAccounts
from offboarding.store.sql import block
from offboarding.store.staged_account import (
    AccountKeys,
    StagedAccount,
    Values,
    account_values,
    credential_values,
    digests,
    key_column,
)
from offboarding.store.staging import Stage

ACCOUNT_COLUMNS = {
    "s_account": (*ACCOUNT, "last_used_at", "keys", "digest", "credentials"),
    "s_credential": ("account_native_id", *CREDENTIAL),
    "s_stray": ("native_id",),
}
"""Temporary tables of a read, with their columns in the order of staged rows."""
AT_ONCE = 5_000
"""Accounts that are asked about in one question."""
_Fact = TypeVar("_Fact")
_json = msgspec.json.Encoder()


@dataclass(slots=True, kw_only=True)
class AccountStage:
    """Accounts and credentials of one read, a few thousand accounts at a time."""

    session: Session
    stage: Stage
    keys: AccountKeys | None
    """None where no account is told."""
    exact: bool
    """A live look: the last use is kept as it is told."""
    of_realm: Callable[[str], None]
    """Told whenever accounts of another realm follow."""
    observed_at: datetime
    accounts: int = 0
    """How many were told."""
    credentials: int = 0
    new: NewAccounts | None = None
    """All of them, where nothing of their realm was known when the first came."""
    _waiting: list[StagedAccount] = field(default_factory=list[StagedAccount])
    _known: bool | None = None

    def others(self, facts: Iterable[_Fact | Account | Credential]) -> Iterator[_Fact]:
        """Take the accounts and credentials; what else there is passes.

        The credentials that come right after an account are its own. Where one doesn't, nothing is concluded from the
        digest.
        """
        waiting, realm, native_id, own = self._waiting, "", "", list[Values]()
        for fact in facts:
            if isinstance(fact, Credential):
                self.credentials += 1
                if fact.account_native_id == native_id and waiting:
                    own.append(credential_values(fact))
                else:
                    self.stage.add("s_credential", (fact.account_native_id, *credential_values(fact)))
                    self.stage.add("s_stray", (fact.account_native_id,))
            elif isinstance(fact, Account):
                self.accounts += 1
                if len(waiting) >= AT_ONCE:
                    self._flush()
                native_id, own = fact.native_id, list[Values]()
                waiting.append(StagedAccount(fact, account_values(fact), own))
            else:
                yield fact
                realm = ""
                continue
            if fact.realm != realm:
                realm = fact.realm
                self.of_realm(realm)

    def finish(self) -> None:
        """Whatever still waits."""
        self._flush()
        if self.new:
            self.new.finish()

    def _flush(self) -> None:
        waiting = list(self._waiting)
        self._waiting.clear()
        if not waiting:
            return
        assert self.keys is not None
        made = digests(waiting, self.keys.form)
        realm = waiting[0].account.realm
        if self._known is None and not self.exact and self._is_new(realm):
            self.new = NewAccounts(session=self.session, realm=realm, observed_at=self.observed_at)
        if self.new:
            self._known = False
            self.new.add(waiting, made, self.keys)
            return
        for number in self._others(waiting, made) if self._is_known(realm) else range(len(waiting)):
            staged = waiting[number]
            self._stage(staged, key_column(self.keys.rows(staged.account)), made[number])

    def _stage(self, staged: StagedAccount, keys: str, digest: bytes) -> None:
        credentials = staged.once()
        self.stage.add("s_account", (*staged.columns, staged.account.last_used_at, keys, digest, len(credentials)))
        for credential in credentials:
            self.stage.add("s_credential", (staged.account.native_id, *credential))

    def _is_new(self, realm: str) -> bool:
        """Whether nothing at all is known of the realm."""
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return not cursor.execute(block("sources", "knows_accounts"), {"realm": realm}).fetchone()

    def _is_known(self, realm: str) -> bool:
        """Whether anything can be ticked off in the realm; the first time there is nothing to compare with."""
        if self._known is None:
            with self.session.cursor(row_factory=scalar_row) as cursor:
                self._known = bool(cursor.execute(block("sources", "knows_digests"), {"realm": realm}).fetchone())
        return self._known

    def _others(self, waiting: Sequence[StagedAccount], made: Sequence[bytes]) -> Sequence[int]:
        """The numbers of those that don't stand in the store as they are told; the rest is ticked off there."""
        accounts = [staged.account for staged in waiting]
        values = {
            "realm": accounts[0].realm,
            "native_ids": _json.encode([account.native_id for account in accounts]).decode(),
            "last_used": _json.encode([account.last_used_at for account in accounts]).decode(),
            "digests": b"".join(made),
        }
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("sources", "tick_off"), values).fetchall()

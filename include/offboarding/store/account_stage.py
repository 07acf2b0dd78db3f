"""Accounts with their credentials on the way into the store.

What a read tells of an account, with the credentials that follow it, has a digest. Where the store says that this is to
the letter what the last one told, the account is ticked off, and nothing else of it is copied or compared. What such a
tick rests on stands beside `digest` in queries/sources.sql and in docs/decisions/0065-one-digest-an-account.md.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Protocol

import msgspec
from psycopg.rows import scalar_row

from include.offboarding.model import Account, AccountKey, Credential
from include.offboarding.store.connect import Session
from include.offboarding.store.sql import block
from include.offboarding.store.staging import Stage

ACCOUNT_COLUMNS = {
    "s_told": ("native_id", "digest", "last_used_at"),
    "s_account": (
        *("native_id", "label", "login", "display_name", "owner_labels", "created_at", "created_by", "standing"),
        *("standing_reason", "has_own_login", "password_set_at", "service_like", "privileged", "privileged_by"),
        *("last_used_at", "last_used_exact", "account_kind", "product", "keys", "digest", "credentials"),
    ),
    "s_credential": (
        *("account_native_id", "kind", "native_id", "label", "standing", "standing_reason", "can_reactivate"),
        *("effect", "fingerprint", "created_at", "last_used_at", "last_used_service", "last_used_region"),
        *("expires_at", "sessions_until"),
    ),
    "s_stray": ("native_id",),
}
"""Temporary tables of a read, with their columns in the order of staged rows."""
AT_ONCE = 5_000
"""Accounts that are asked about in one question."""

_encoder = msgspec.msgpack.Encoder()
_json = msgspec.json.Encoder()
# All but the last use, of which less is kept than is told, and which moves by itself; and the keys, beside.
_told: "attrgetter[tuple[object, ...]]" = attrgetter(
    *(f.name for f in fields(Account) if f.name not in ("last_used_at", "keys"))
)
_told_key: "attrgetter[tuple[object, ...]]" = attrgetter(*(f.name for f in fields(AccountKey)))
_told_credential: "attrgetter[tuple[object, ...]]" = attrgetter(*(f.name for f in fields(Credential)))


KeyRow = tuple[str, str, str, str, str, str, str]
"""Kind, value, loose, space, origin, name and raw of an identity key."""


class AccountKeys(Protocol):
    """Makes the keys of an account."""

    @property
    def form(self) -> bytes:
        """Digest of everything that a key's normal form rests on beside the account itself."""
        ...

    def rows(self, account: Account) -> Iterable[KeyRow]:
        """Each in its normal form."""
        ...


@dataclass(slots=True, kw_only=True)
class _Told:
    """An account, and the credentials that came right after it."""

    account: Account
    credentials: list[Credential] = field(default_factory=list[Credential])

    def digest(self, form: bytes) -> bytes:
        account, keys, credentials = self.account, self.account.keys, self.credentials
        # Values alone: each field's name with each of them is half of what would be encoded.
        told = _encoder.encode((_told(account), list(map(_told_key, keys)), list(map(_told_credential, credentials))))
        return hashlib.blake2b(told, digest_size=16, key=form).digest()

    def once(self) -> Sequence[Credential]:
        """Each credential once, should it be told twice."""
        if len(self.credentials) < 2:
            return self.credentials
        return tuple({(each.kind, each.native_id): each for each in self.credentials}.values())


@dataclass(slots=True, kw_only=True)
class AccountStage:
    """Accounts and credentials of one read, a few thousand accounts at a time."""

    session: Session
    stage: Stage
    keys: AccountKeys | None
    """None where no account is told."""
    exact: bool
    """A live look: the last use is kept as it is told."""
    accounts: int = 0
    """How many were told."""
    credentials: int = 0
    _waiting: list[_Told] = field(default_factory=list[_Told])
    _known: bool | None = None

    def add_account(self, account: Account) -> None:
        """One account; the credentials that follow are its own."""
        self.accounts += 1
        if len(self._waiting) >= AT_ONCE:
            self._flush()
        self._waiting.append(_Told(account=account))

    def add_credential(self, credential: Credential) -> None:
        """One credential. Where it doesn't come right after its account, nothing is concluded from the digest."""
        self.credentials += 1
        last = self._waiting[-1] if self._waiting else None
        if last is not None and last.account.native_id == credential.account_native_id:
            last.credentials.append(credential)
        else:
            self.stage.add("s_credential", _credential_row(credential))
            self.stage.add("s_stray", (credential.account_native_id,))

    def finish(self) -> None:
        """Whatever still waits."""
        self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        assert self.keys is not None
        form = self.keys.form
        digests = [told.digest(form) for told in waiting]
        known = self._is_known(waiting[0].account.realm)
        same = self._same(waiting, digests) if known else frozenset[tuple[object, ...]]()
        for told, digest in zip(waiting, digests, strict=True):
            if (told.account.native_id, digest) not in same:
                self._stage(told, self.keys.rows(told.account), digest)

    def _stage(self, told: _Told, rows: Iterable[KeyRow], digest: bytes) -> None:
        credentials = told.once()
        keys = _json.encode(_key_columns(rows)).decode()
        self.stage.add("s_account", (*_account_columns(told.account), keys, digest, len(credentials)))
        for credential in credentials:
            self.stage.add("s_credential", _credential_row(credential))

    def _is_known(self, realm: str) -> bool:
        """Whether anything at all is known of the realm; the first time there is nothing to compare with."""
        if self._known is None:
            with self.session.cursor(row_factory=scalar_row) as cursor:
                self._known = bool(cursor.execute(block("sources", "knows_digests"), {"realm": realm}).fetchone())
        return self._known

    def _same(self, waiting: Sequence[_Told], digests: Sequence[bytes]) -> frozenset[tuple[object, ...]]:
        """Native ids and digests of those that stand in the store as they are told; they are ticked off there."""
        for told, digest in zip(waiting, digests, strict=True):
            self.stage.add("s_told", (told.account.native_id, digest, told.account.last_used_at))
        self.stage.flush("s_told")
        values = {"realm": waiting[0].account.realm, "exact": self.exact}
        same = frozenset(self.session.execute(block("sources", "tick_off"), values).fetchall())
        self.session.execute(block("sources", "ask_anew"))
        return same


def _key_columns(rows: Iterable[KeyRow]) -> list[tuple[str, str, str, str, str, str]]:
    """Each key once, in an order of its own: the same keys always make the same column."""
    found = [(kind, value, loose, origin, name, raw) for kind, value, loose, _, origin, name, raw in rows]
    found.sort()
    # Of two that differ in how they are written, the first.
    return [key for number, key in enumerate(found) if not number or key[:5] != found[number - 1][:5]]


def _account_columns(a: Account) -> tuple[object, ...]:
    return (
        *(a.native_id, a.label, a.login, a.display_name, list(a.owner_labels) or None, a.created_at, a.created_by),
        *(a.standing, a.standing_reason, a.has_own_login, a.password_set_at, a.service_like, a.privileged),
        *(a.privileged_by, a.last_used_at, a.last_used_exact, a.kind, a.product),
    )


def _credential_row(c: Credential) -> tuple[object, ...]:
    return (
        *(c.account_native_id, c.kind, c.native_id, c.label, c.standing, c.standing_reason),
        *(c.can_reactivate, c.effect, c.fingerprint, c.created_at, c.last_used_at),
        *(c.last_used_service, c.last_used_region, c.expires_at, c.sessions_until),
    )

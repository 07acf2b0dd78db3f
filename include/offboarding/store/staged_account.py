"""An account as a read tells it, with the credentials that come right after it, and the digest of both."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter, itemgetter
from typing import Protocol

import msgspec

from offboarding.model import Account, AccountKey
from offboarding.store.binary import text_array
from offboarding.store.columns import ACCOUNT, CREDENTIAL

KeyRow = tuple[str, str, str, str, str, str]
"""Kind, value, loose, origin, name and raw of an account's identity key."""
Values = tuple[object, ...]

_OWNER_LABELS = ACCOUNT.index("owner_labels")

_encoder = msgspec.msgpack.Encoder()
_json = msgspec.json.Encoder()
_value = itemgetter(1)
account_values: "attrgetter[Values]" = attrgetter(*ACCOUNT)
_key_values: "attrgetter[Values]" = attrgetter(*(f.name for f in fields(AccountKey)))
credential_values: "attrgetter[Values]" = attrgetter(*CREDENTIAL)


class AccountKeys(Protocol):
    """Makes the keys of an account."""

    @property
    def form(self) -> bytes:
        """Digest of everything that a key's normal form rests on beside the account itself."""
        ...

    def rows(self, account: Account) -> list[KeyRow]:
        """Each in its normal form."""
        ...


@dataclass(slots=True)
class StagedAccount:
    """An account, and the credentials that came right after it, as values."""

    account: Account
    values: Values
    credentials: list[Values]

    @property
    def columns(self) -> Values:
        """The account's columns, as a row bears them on its way into the store."""
        values = self.values
        return (*values[:_OWNER_LABELS], text_array(self.account.owner_labels), *values[_OWNER_LABELS + 1 :])

    def once(self) -> Sequence[Values]:
        """Each credential once, should it be told twice."""
        if len(self.credentials) < 2:
            return self.credentials
        return tuple({each[:2]: each for each in self.credentials}.values())


def digests(accounts: Iterable[StagedAccount], form: bytes) -> list[bytes]:
    """Of each: equal where the same is told, and keys are made of it in the same way."""
    # Copied, since to take in the key is a third of the work.
    keyed = hashlib.blake2b(digest_size=16, key=form)
    return [_digest(keyed.copy(), each) for each in accounts]


def _digest(keyed: "hashlib.blake2b", staged: StagedAccount) -> bytes:
    # Values alone: each field's name with each of them is half of what would be encoded.
    keys = list(map(_key_values, staged.account.keys))
    keyed.update(_encoder.encode((staged.values, keys, staged.credentials)))
    return keyed.digest()


def key_column(rows: list[KeyRow]) -> str:
    """Each key once, in an order of its own: the same keys always make the same column. In JSON."""
    rows.sort()
    if len(set(map(_value, rows))) < len(rows):
        # Of two that differ in how they are written, the first.
        rows = [row for number, row in enumerate(rows) if not number or row[:5] != rows[number - 1][:5]]
    return _json.encode(rows).decode()

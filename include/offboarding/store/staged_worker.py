"""A worker as a read tells it, and the digest of that."""

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter, itemgetter
from typing import Protocol

import msgspec

from offboarding.model import EmploymentStatus, Worker
from offboarding.store.columns import LISTS

KeyRow = tuple[str, str, str, str, str, str]
"""Kind, value, loose, space, origin and raw of a worker's identity key."""
RANKS = list(EmploymentStatus)
"""Of a worker's records the one with the first of these is the one whose name people read."""

_encoder = msgspec.msgpack.Encoder()
_value = itemgetter(1)
employment_values: "attrgetter[tuple[object, ...]]" = attrgetter(*LISTS["employment"])
# All but where it stands in the feed.
_values: "attrgetter[tuple[object, ...]]" = attrgetter(*(f.name for f in fields(Worker) if f.name != "record"))


class WorkerForm(Protocol):
    """Makes what the store needs of a worker beside the record."""

    @property
    def form(self) -> bytes:
        """Digest of everything that these rest on beside the worker."""
        ...

    def uid(self, worker: Worker) -> bytes:
        """The person's, should the worker be new: a UUID's 16 bytes."""
        ...

    def rows(self, worker: Worker) -> list[KeyRow]:
        """Identity keys in their normal form."""
        ...


def digests(workers: Iterable[Worker], form: bytes) -> list[bytes]:
    """Of each: equal where the same is told, and keys are made of it in the same way."""
    keyed = hashlib.blake2b(digest_size=16, key=form)
    return [_digest(keyed.copy(), each) for each in workers]


def _digest(keyed: "hashlib.blake2b", worker: Worker) -> bytes:
    keyed.update(_encoder.encode(_values(worker)))
    return keyed.digest()


def is_tangled(worker: Worker) -> bool:
    """Whether one record tells two employments from the same day."""
    employments = worker.employments
    return len(employments) > 1 and len({each.start_on for each in employments}) < len(employments)


def once(rows: list[KeyRow]) -> Iterable[KeyRow]:
    """Each value once, should a record give it twice: as the present one rather than a former one."""
    if len(set(map(_value, rows))) == len(rows):
        return rows
    found: dict[tuple[str, str, str], KeyRow] = {}
    for row in rows:
        kind, value, _, space, origin, raw = row
        other = found.setdefault((kind, value, space), row)
        if other is not row and (origin, raw) < (other[4], other[5]):
            found[kind, value, space] = row
    return found.values()

"""Values that nobody writes by accident, and records that bear one of them, in each place where somebody may write."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, cast

from offboarding.model import Account, AccountKey, Credential, IdentityKeyKind, ScopedValue, Trust, Worker
from tests.support.office import CLOUD, access_key, login, user
from tests.support.small_company import WORKS, key, mail, number, worker

_drawn = random.Random(12)  # noqa: S311 - what can't be packed, and is the same each time
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def long_text(length: int) -> str:
    """What PostgreSQL can't make short enough for an index by packing it."""
    return "".join(_drawn.choices(LETTERS, k=length))


VALUES = {
    "nul": "kim\0@corp.example",
    "surrogate": "kim\ud800@corp.example",
    "8 KB": f"{long_text(8_192)}@corp.example",
    "4 KB of Korean": "".join(chr(0xAC00 + _drawn.randrange(11_000)) for _ in range(1_400)),
    "grows when it is folded": "\ufdfa" * 2_000,
    "digits": "9" * 5_000,
    "no moment": "2026-99-99 25:61 UTC",
    "the last moment": "9999-12-31 23:59 UTC",
    "control characters": "\x01\x1b[31m\u202e\u2028\r\n,\"'",
}
PREFIX = "hostile-"
"""Of worker ids and native ids of whoever bears one."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """Somebody who works here, with one such value in one place."""

    place: str
    worker: Worker
    account: Account | None = None
    credential: Credential | None = None
    trust: Trust | None = None


def records(value: str) -> Iterator[Hostile]:
    """One for each place."""
    places: tuple[Callable[[str], Iterator[Hostile]], ...] = (_workers, _accounts, _keys, _credentials)
    for place in places:
        yield from place(value)


def _works_here(name: str) -> Worker:
    return worker(f"{PREFIX}{name}", WORKS, mail=f"{name}@corp.example", logins=(f"login-{name}",), name="Park Jiwoo")


def _has_login(name: str) -> Account:
    return login(f"{PREFIX}{name}", number(f"{PREFIX}{name}"), mail(f"{name}@corp.example"), login=f"login-{name}")


def _workers(value: str) -> Iterator[Hostile]:
    scoped = (ScopedValue(value=value, source=None),)
    for name, told in {
        "name": value,
        "mail": value,
        "manager": value,
        "location": value,
        "former_mails": (value,),
        "previous_worker_ids": (value,),
        "logins": scoped,
        "directory_ids": scoped,
        "employments": (replace(WORKS, type=value),),
    }.items():
        place = f"worker.{name}"
        yield Hostile(place, replace(_works_here(place), **cast("Any", {name: told})), _has_login(place))
    yield Hostile("worker.worker_id", replace(_works_here("worker.worker_id"), worker_id=f"{PREFIX}{value}"))


def _accounts(value: str) -> Iterator[Hostile]:
    texts = [each.name for each in fields(Account) if each.type is str and each.name not in ("realm", "native_id")]
    for name in (*texts, "owner_labels", "native_id"):
        place = f"account.{name}"
        told = (value,) if name == "owner_labels" else f"{PREFIX}{value}" if name == "native_id" else value
        yield Hostile(place, _works_here(place), replace(_has_login(place), **cast("Any", {name: told})))


def _keys(value: str) -> Iterator[Hostile]:
    for kind in IdentityKeyKind:
        place = f"key.{kind}"
        made: AccountKey = key(kind, value)
        yield Hostile(place, _works_here(place), replace(_has_login(place), keys=(made, number(f"{PREFIX}{place}"))))


def _credentials(value: str) -> Iterator[Hostile]:
    texts = [each.name for each in fields(Credential) if each.type is str]
    for name in (each for each in texts if each not in ("realm", "account_native_id")):
        place = f"credential.{name}"
        owner = user(f"{PREFIX}{place}", number(f"{PREFIX}{place}"), realm=CLOUD)
        made = replace(access_key(f"AKIA{place}", owner), **cast("Any", {name: value}))
        yield Hostile(place, _works_here(place), owner, made)

"""An account of which a person must say whose it is, beside everybody that it may belong to."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from psycopg.rows import class_row

from offboarding.model import Standing
from offboarding.store.connect import Session
from offboarding.store.decisions import Decision, decisions_about
from offboarding.store.reading.link_views import Claim, claims
from offboarding.store.reading.timelines import CredentialSeen
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTold:
    """What its system tells of the account."""

    source: str
    label: str
    standing: Standing
    standing_reason: str
    observed_at: datetime
    created_at: datetime | None
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Something that the account bears, beside what rosters tell of one person."""

    kind: str
    name: str
    """Where it stands on the account: an attribute, a tag."""
    raw: str
    former: bool
    """It bears it no more."""
    person_uid: str
    told: list[str]
    """What rosters tell of the same kind."""
    same: bool
    """One of these is the same, in normal form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInQuestion:
    """All by which somebody says whose an account is."""

    account: AccountTold
    claims: Sequence[Claim]
    """Best first."""
    names: Mapping[str, str]
    """By person."""
    compared: Sequence[Compared]
    """By what the account bears, and within that by the best claim."""
    credentials: Sequence[CredentialSeen]
    decisions: Sequence[Decision]
    """Those that stand."""

    @property
    def seen(self) -> str:
        """A digest of all that speaks for or against anybody: another one where any of it is another.

        When it was read, and what was used when, isn't in it: that is new each night. Nor are decisions, of which
        several may be taken on one account: those that stand refuse by themselves what contradicts them.
        """
        account = (self.account.label, self.account.standing, self.account.gone)
        said = [asdict(each) for each in (*self.claims, *self.compared)]
        whole = json.dumps([account, said], sort_keys=True, default=str)
        return hashlib.sha256(whole.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PersonName:
    person_uid: str
    name: str


def in_question(session: Session, realm: str, native_id: str) -> AccountInQuestion | None:
    """All of it; None where its system never told of the account."""
    own: dict[str, object] = {"realm": realm, "native_id": native_id}
    with session.transaction():
        account = next(iter(_rows(session, AccountTold, "account_told", own)), None)
        if account is None:
            return None
        found = claims(session, realm, native_id)
        people = list(dict.fromkeys(each.person_uid for each in found))
        with session.cursor(row_factory=class_row(_PersonName)) as cursor:
            named = cursor.execute(block("reviews", "names"), {"people": people}).fetchall()
        return AccountInQuestion(
            account=account,
            claims=found,
            names={each.person_uid: each.name for each in named},
            compared=_rows(session, Compared, "compared", {**own, "people": people}),
            credentials=_rows(session, CredentialSeen, "credentials_of", own),
            decisions=[each for each in decisions_about(session, realm, native_id) if each.revoked_at is None],
        )


def _rows(session: Session, record: type[_Row], name: str, values: Mapping[str, object]) -> list[_Row]:
    with session.cursor(row_factory=record_row(record)) as cursor:
        return cursor.execute(block("reviews", name), values).fetchall()

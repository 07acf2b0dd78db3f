"""What a leaver's case holds beside linked accounts: roles to take on, keys accepted elsewhere, links that moved.

They are few beside the leavers themselves, and are held by person while the cases stream by.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from offboarding.model import KeyElsewhere, LinkDecision, MovedLink, Relation, TrustView
from offboarding.store.case_rows import SeenAccount, credentials
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class _TrustRow:
    person_uid: str
    account_realm: str
    account_native_id: str
    trust: TrustView


@dataclass(frozen=True, slots=True, kw_only=True)
class _ElsewhereRow:
    person_uid: str
    seen: SeenAccount
    active_holder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _MovedRow:
    person_uid: str
    relation: Relation
    linked_from: datetime
    linked_until: datetime
    evidence: tuple[str, ...]
    decision: LinkDecision
    seen: SeenAccount

    @property
    def of(self) -> tuple[str, str, str]:
        """Whose it was, and which."""
        return self.person_uid, self.seen.account.realm, self.seen.account.native_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """By person; trusts by person and the account (realm, native id)."""

    trusts: dict[tuple[str, str, str], list[TrustView]]
    keys_elsewhere: dict[str, list[KeyElsewhere]]
    moved: dict[str, list[MovedLink]]

    @property
    def persons(self) -> set[str]:
        """Uids of whoever has any of it."""
        return {person_uid for person_uid, _, _ in self.trusts} | self.keys_elsewhere.keys() | self.moved.keys()


def extras(session: Session, *, since: datetime, moved_days: int) -> Extras:
    """Everyone's. A link counts as moved that ended this many days before the departure, or later."""
    return Extras(
        trusts=_trusts(session, since),
        keys_elsewhere=_keys_elsewhere(session, since),
        moved=_moved(session, since, moved_days),
    )


def _trusts(session: Session, since: datetime) -> dict[tuple[str, str, str], list[TrustView]]:
    found: defaultdict[tuple[str, str, str], list[TrustView]] = defaultdict(list)
    with session.cursor(row_factory=record_row(_TrustRow)) as cursor:
        for row in cursor.execute(block("cases", "trusts"), {"since": since}):
            found[row.person_uid, row.account_realm, row.account_native_id].append(row.trust)
    return found


def _keys_elsewhere(session: Session, since: datetime) -> dict[str, list[KeyElsewhere]]:
    found: defaultdict[str, list[KeyElsewhere]] = defaultdict(list)
    with session.cursor(row_factory=record_row(_ElsewhereRow)) as cursor:
        for row in cursor.execute(block("cases", "keys_elsewhere"), {"since": since}):
            assert row.seen.credential is not None, "the key is one"
            elsewhere = KeyElsewhere(
                account=row.seen.account,
                source=row.seen.source,
                source_kind=row.seen.source_kind,
                key=row.seen.credential,
                active_holder=row.active_holder,
                owners=row.seen.owners,
            )
            found[row.person_uid].append(elsewhere)
    return found


def _moved(session: Session, since: datetime, moved_days: int) -> dict[str, list[MovedLink]]:
    found: defaultdict[str, list[MovedLink]] = defaultdict(list)
    with session.cursor(row_factory=record_row(_MovedRow)) as cursor:
        rows = cursor.execute(block("cases", "moved_links"), {"since": since, "moved_days": moved_days}).fetchall()
    for (person_uid, _, _), group in groupby(rows, key=lambda row: row.of):
        found[person_uid].append(_moved_link(list(group)))
    return found


def _moved_link(rows: list[_MovedRow]) -> MovedLink:
    first = rows[0]
    return MovedLink(
        account=first.seen.account,
        source=first.seen.source,
        source_kind=first.seen.source_kind,
        relation=first.relation,
        linked_from=first.linked_from,
        linked_until=first.linked_until,
        evidence=first.evidence,
        decision=first.decision,
        credentials=credentials(rows),
        observed_at=first.seen.observed_at,
        fresh=first.seen.fresh,
        owners=first.seen.owners,
    )

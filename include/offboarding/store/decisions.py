"""What people decided about whose an account is. A decision is final, sticks to the native id, and can be revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.config.spelling import nearest
from offboarding.model import LinkVerdict
from offboarding.model.errors import FatalError, NamedError
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision, standing or revoked."""

    decision_id: int
    verdict: LinkVerdict
    source: str
    realm: str
    native_id: str
    person_uid: str
    account_label: str
    id_space: str
    worker_id: str
    reason: str
    author: str
    decided_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFound:
    """An account that somebody named."""

    realm: str
    source: str
    native_id: str
    label: str
    login: str
    gone: bool
    """Its system has it no more."""
    rank: int
    """1 by its native id, 2 by its label, 3 by its login; 4 and 5 by those where it's gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RealmFound:
    realm: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _StandingDecision:
    decision_id: int
    person_uid: str
    verdict: LinkVerdict
    id_space: str
    worker_id: str


def account_called(session: Session, source: str, word: str) -> AccountFound:
    """The account of a source (by our name for it, or its realm) with this native id, label or login.

    Raises NamedError where there is none, with the nearest, or where several have that login.
    """
    realms = _realms_called(session, source)
    with session.cursor(row_factory=class_row(AccountFound)) as cursor:
        found = cursor.execute(block("decisions", "accounts_called"), {"realms": realms, "word": word}).fetchall()
    best = [account for account in found if account.rank == found[0].rank]
    if not best:
        text = f"{source} has no account {word}.{nearest(word, _words(session, 'account_words', realms))}"
        raise NamedError(text, logged=f"{source} has no account that is called so. Give its native id.")
    if len(best) > 1:
        several = ", ".join(f"{account.realm} {account.native_id}" for account in best)
        rest = f"Give the system's own id as SOURCE, or a native id: {several}"
        raise NamedError(
            f"{source} has several accounts {word}. {rest}", logged=f"{source} has several accounts called so. {rest}"
        )
    return best[0]


def account_of(session: Session, source: str, native_id: str) -> AccountFound | None:
    """The account of a source (by our name for it, or its realm) with this native id; None where that isn't one."""
    with session.cursor(row_factory=class_row(AccountFound)) as cursor:
        values = {"source": source, "native_id": native_id}
        found = cursor.execute(block("decisions", "accounts_of"), values).fetchall()
    return found[0] if len(found) == 1 else None


def decide(
    session: Session, account: AccountFound, person_uid: str, *, verdict: LinkVerdict, reason: str, author: str
) -> int:
    """Write down that the account is this person's (confirm), or isn't (reject). Returns the decision's number.

    An account is confirmed for one person at most. Raises FatalError where a decision that stands says otherwise.
    """
    with session.transaction():
        session.execute(block("decisions", "lock"))
        values = {"realm": account.realm, "native_id": account.native_id}
        with session.cursor(row_factory=record_row(_StandingDecision)) as cursor:
            standing = cursor.execute(block("decisions", "standing"), values).fetchall()
        for other in standing:
            _refuse(other, account, person_uid, verdict)
        values |= {"person_uid": person_uid, "verdict": verdict, "reason": reason, "author": author}
        (number,) = recorded.write(session, "link_decision", "decisions", "insert_decision", values, actor=author)
    return int(str(number))


def employed_holders(session: Session, realm: str, native_id: str) -> set[str]:
    """Who works here and holds an account: by the last correlation, or by a decision since."""
    with session.cursor(row_factory=scalar_row) as cursor:
        values = {"realm": realm, "native_id": native_id}
        return {str(uid) for uid in cursor.execute(block("decisions", "employed_holders"), values).fetchall()}


def decision_called(session: Session, decision_id: int) -> Decision:
    """One decision, standing or revoked. Raises FatalError where there is none."""
    for decision in decisions(session):
        if decision.decision_id == decision_id:
            return decision
    raise FatalError(f"there is no decision {decision_id}. See: python -m offboarding link list")


def revoke(session: Session, decision_id: int, *, author: str) -> Decision:
    """A decision no longer counts; it stays on record. Raises FatalError where there is none that stands."""
    with session.transaction():
        decision = decision_called(session, decision_id)
        if decision.revoked_at is not None:
            raise FatalError(f"decision {decision_id} was revoked by {decision.revoked_by} already")
        values = {"decision_id": decision_id, "author": author}
        recorded.write(session, "link_decision", "decisions", "revoke", values, actor=author)
    return decision


def decisions(session: Session) -> list[Decision]:
    """All of them, newest first, revoked ones too."""
    return _decisions(session, None, None)


def decisions_about(session: Session, realm: str, native_id: str) -> list[Decision]:
    """Those about one account, newest first, revoked ones too."""
    return _decisions(session, realm, native_id)


def _decisions(session: Session, realm: str | None, native_id: str | None) -> list[Decision]:
    with session.cursor(row_factory=record_row(Decision)) as cursor:
        return cursor.execute(block("decisions", "decisions"), {"realm": realm, "native_id": native_id}).fetchall()


def _refuse(other: _StandingDecision, account: AccountFound, person_uid: str, verdict: LinkVerdict) -> None:
    worker = f"{other.id_space}:{other.worker_id}"
    undo = f"python -m offboarding link revoke {other.decision_id}"
    if other.person_uid == person_uid:
        said = "confirmed" if other.verdict == LinkVerdict.CONFIRM else "rejected"
        hint = "" if other.verdict == verdict else f" Revoke that first: {undo}"
        raise FatalError(
            f"decision {other.decision_id} has {said} {account.native_id} for worker {worker} already.{hint}"
        )
    if verdict == other.verdict == LinkVerdict.CONFIRM:
        raise FatalError(
            f"{account.native_id} is confirmed as worker {worker}'s by decision {other.decision_id}, and an account is"
            f" one person's. Revoke that first: {undo}"
        )


def _realms_called(session: Session, source: str) -> list[str]:
    with session.cursor(row_factory=class_row(_RealmFound)) as cursor:
        found = cursor.execute(block("decisions", "realms_called"), {"word": source}).fetchall()
    if not found:
        raise FatalError(f"no source {source} has been read yet.{nearest(source, _words(session, 'realm_words', []))}")
    return [realm.realm for realm in found]


def _words(session: Session, name: str, realms: Sequence[str]) -> list[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(word) for word in cursor.execute(block("decisions", name), {"realms": list(realms)}).fetchall()]

"""What a SIEM knows leavers' accounts and credentials by, so that it sees a use of them when it happens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from offboarding.model import Basis, Standing, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block, statements

_DN = re.compile(r"[A-Za-z][A-Za-z0-9.-]*=.")
_ARN = re.compile(r"arn:[^:]+:")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


_EVER = 36_500
"""Days: of nobody who left longer ago is anything kept."""


class IdentifierKind(StrEnum):
    """What an identifier is, which says in which fields of a log it stands."""

    NATIVE_ID = "native_id"
    LOGIN = "login"
    MAIL = "mail"
    DN = "dn"
    ARN = "arn"
    ACCESS_KEY_ID = "access_key_id"
    CREDENTIAL_ID = "credential_id"
    SSH_FINGERPRINT = "ssh_fingerprint"
    THUMBPRINT = "thumbprint"
    LABEL = "label"
    """As the store has it; of these DNs and ARNs alone are listed, since others may be people's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverIdentifier:
    """A leaver's account or credential, by one of its identifiers."""

    id_space: str
    worker_id: str
    basis: Basis
    left_at: datetime
    certain_at: datetime
    """From then on a use is one after the departure, wherever they may be."""
    source: str
    source_kind: str
    realm: str
    account_native_id: str
    thing: SubjectKind
    native_id: str
    identifier_kind: IdentifierKind
    identifier: str
    gone_at: datetime | None
    standing: Standing
    shared: bool
    """Somebody who hasn't left may go by it, too: a use of it says nothing."""
    waits: bool
    """The guard doesn't let through yet that they left, or that it's theirs."""

    @property
    def is_mail(self) -> bool:
        """Whether it's a mail address, whatever the system uses it as."""
        return self.identifier_kind is IdentifierKind.MAIL or _MAIL.fullmatch(self.identifier) is not None


def leavers(session: Session, *, as_of: datetime, days: int | None, since: datetime) -> list[LeaverIdentifier]:
    """Of everybody who has left at a moment, and no more than so many days before it; in an order that stays.

    `since`: what wasn't read whole from then on isn't known to work.
    """
    values = {"as_of": as_of, "since_left": as_of - timedelta(days=min(days, _EVER)) if days is not None else None}
    with session.transaction():
        for statement in statements("leavers", "make_left"):
            session.execute(statement, values)
        with session.cursor(row_factory=record_row(LeaverIdentifier)) as cursor:
            found = cursor.execute(block("leavers", "leavers"), {"since": since}).fetchall()
        session.execute("drop table left_account")
    return [listed for each in found for listed in _by_form(each)]


def _by_form(each: LeaverIdentifier) -> Iterator[LeaverIdentifier]:
    if each.identifier_kind is not IdentifierKind.LABEL:
        yield each
    elif _ARN.match(each.identifier):
        yield replace(each, identifier_kind=IdentifierKind.ARN)
    elif _DN.match(each.identifier):
        yield replace(each, identifier_kind=IdentifierKind.DN)

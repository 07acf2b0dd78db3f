"""What the store knows from which custodians may be proposed: groups that guard keys, and whom policies let in."""

from dataclasses import dataclass

from psycopg.rows import class_row

from offboarding.store.connect import Session
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedGroup:
    """A group whose members are kept, since it guards keys."""

    source: str
    label: str
    native_id: str
    members: int
    """Now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportingPrincipal:
    """A principal that a policy or grant lets take a key away."""

    kind: str
    """account, group or role."""
    source: str
    """The name of whoever reads its realm; "" where nobody does."""
    principal: str
    action: str
    sure: bool
    """False: a condition decides that couldn't be evaluated."""
    reason: str


def guarded_groups(session: Session) -> list[GuardedGroup]:
    """Those with members, by source and label."""
    with session.cursor(row_factory=class_row(GuardedGroup)) as cursor:
        return cursor.execute(block("suggest", "guarded_groups")).fetchall()


def exporting_principals(session: Session, material: str) -> list[ExportingPrincipal]:
    """Of one key, each principal once."""
    with session.cursor(row_factory=class_row(ExportingPrincipal)) as cursor:
        return cursor.execute(block("suggest", "carriers"), {"material": material}).fetchall()

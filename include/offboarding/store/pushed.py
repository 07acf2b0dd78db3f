"""Users that an identity provider pushes: what is kept of them, by roster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Transaction
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from offboarding.model.pushing import NameTakenError, PushedRow, PushedState, PushedUser
from offboarding.store.connect import Session
from offboarding.store.sql import block

_PORTION = 100
"""Rows at a time of a read."""


def changes(session: Session) -> int:
    """Return how many changes were pushed, of every roster."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("pushed", "changes")).fetchone() or 0


def raise_changes(session: Session, kept: int) -> bool:
    """Raise the number of changes to `kept`. Return whether it was smaller."""
    return bool(session.execute(block("pushed", "raise_changes"), {"kept": kept}).fetchone())


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedUsersStore:
    """The users of one roster (interfaces.pushing.PushedUsers)."""

    session: Session
    roster: str

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Whole, or not at all."""
        return self.session.transaction()

    def find(self, user_id: UUID, *, for_change: bool) -> PushedUser | None:
        """One of them."""
        found = self._confirmed(self._users("find_for_change" if for_change else "find", {"user_id": user_id}))
        return found[0] if found else None

    def matching(
        self, *, user_id: UUID | None, user_name_key: str | None, external_id: str | None, most: int
    ) -> Sequence[PushedUser]:
        """Those that bear all that is given."""
        values = {"user_id": user_id, "user_name_key": user_name_key, "external_id": external_id, "most": most}
        return self._confirmed(self._users("matching", values))

    def page(self, offset: int, most: int) -> tuple[int, Sequence[PushedUser]]:
        """How many there are, and some of them."""
        with self.session.cursor(row_factory=scalar_row) as cursor:
            many = cursor.execute(block("pushed", "many"), {"roster": self.roster}).fetchone() or 0
        return many, self._users("page", {"offset": offset, "most": most})

    def add(self, user: PushedUser) -> None:
        """A new one."""
        self._write("add", user)

    def change(self, user: PushedUser) -> None:
        """One that is there."""
        self._write("change", user)

    def delete(self, user_id: UUID, at: datetime) -> bool:
        """Keep the worker's number alone, and what was told when."""
        values = {"roster": self.roster, "user_id": user_id, "at": at}
        with self.session.transaction():
            self.session.execute(block("pushed", "count_change"))
            return self.session.execute(block("pushed", "delete"), values).rowcount == 1

    def heard(self, at: datetime) -> None:
        """Note that somebody spoke to us."""
        self.session.execute(block("pushed", "heard"), {"roster": self.roster, "at": at})

    def state(self, since: datetime) -> PushedState:
        """How they stand."""
        with self.session.cursor(row_factory=class_row(PushedState)) as cursor:
            found = cursor.execute(block("pushed", "state"), {"roster": self.roster, "since": since}).fetchone()
        assert found is not None
        return found

    def attributes(self) -> frozenset[str]:
        """Which attributes anybody's record has."""
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return frozenset(cursor.execute(block("pushed", "attributes"), {"roster": self.roster}))

    def read(self) -> Iterator[PushedRow]:
        """Everybody; one statement sees one state of the table."""
        with (
            self.session.transaction(),
            self.session.cursor("pushed_users", row_factory=class_row(PushedRow)) as rows,
        ):
            rows.itersize = _PORTION
            rows.execute(block("pushed", "read"), {"roster": self.roster})
            yield from rows

    def _confirmed(self, found: list[PushedUser]) -> list[PushedUser]:
        """The same: whoever asks for a user has it, and sends what differs."""
        values = {"roster": self.roster, "user_ids": [each.user_id for each in found]}
        self.session.execute(block("pushed", "confirm"), values)
        return found

    def _users(self, name: str, values: Mapping[str, object]) -> list[PushedUser]:
        with self.session.cursor(row_factory=class_row(PushedUser)) as cursor:
            return cursor.execute(block("pushed", name), {"roster": self.roster, **values}).fetchall()

    def _write(self, name: str, user: PushedUser) -> None:
        values = {
            "roster": self.roster,
            "user_id": user.user_id,
            "user_name": user.user_name,
            "user_name_key": user.user_name_key,
            "external_id": user.external_id,
            "worker_id": user.worker_id,
            "active": user.active,
            "resource": Jsonb(user.resource),
            "created_at": user.created_at,
            "changed_at": user.changed_at,
        }
        try:
            with self.session.transaction():
                self.session.execute(block("pushed", name), values)
                self.session.execute(block("pushed", "count_change"))
        except UniqueViolation as error:
            raise NameTakenError from error

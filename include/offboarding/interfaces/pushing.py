"""What is pushed to us, and kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from offboarding.interfaces.connections import ConnectionFields
from offboarding.interfaces.settings import RosterSettings
from offboarding.model.pushing import PushedRow, PushedState, PushedUser


class PushedUsers(Protocol):
    """The users of one roster."""

    def transaction(self) -> AbstractContextManager[object]:
        """What happens within is done whole, or not at all."""
        ...

    def find(self, user_id: UUID, *, for_change: bool) -> PushedUser | None:
        """One of them; None where there is none. `for_change`: whoever else changes it waits."""
        ...

    def matching(
        self, *, user_id: UUID | None, user_name_key: str | None, external_id: str | None, most: int
    ) -> Sequence[PushedUser]:
        """Those that bear all that is given, in the order of ids."""
        ...

    def page(self, offset: int, most: int) -> tuple[int, Sequence[PushedUser]]:
        """How many there are, and some of them, in the order of ids."""
        ...

    def add(self, user: PushedUser) -> None:
        """A new one. Raises NameTakenError."""
        ...

    def change(self, user: PushedUser) -> None:
        """One that is there, as it is from now on. Raises NameTakenError."""
        ...

    def delete(self, user_id: UUID, at: datetime) -> bool:
        """Keep the worker's number alone, and what was told when. Returns whether it was there."""
        ...

    def heard(self, at: datetime) -> None:
        """Note that somebody spoke to us."""
        ...

    def state(self, since: datetime) -> PushedState:
        """How they stand."""
        ...

    def attributes(self) -> frozenset[str]:
        """Which attributes anybody's record has, set or not; those of an extension as `SCHEMA:attribute`."""
        ...

    def read(self) -> Iterator[PushedRow]:
        """Everybody, in the order of ids, a portion's memory at a time."""
        ...


PushedBy = Callable[[str], AbstractContextManager[PushedUsers]]
"""By a roster's name, its users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """Who may push, and where that is kept."""

    rosters: Sequence[tuple[RosterSettings, ConnectionFields]]
    """Of one kind."""
    users: PushedBy

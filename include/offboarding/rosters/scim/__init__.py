"""Kind `scim`: whoever an identity provider has pushed to us by SCIM 2.0 (RFC 7643, RFC 7644).

A push tells of one user, and nothing tells that all were pushed: a read is never proved complete. `active: false` says
that somebody is no longer assigned, and no day: they are on the list of who works here no more, as in any roster of
coverage active. docs/decisions/0180-inactive-is-off-the-list.md
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.interfaces.pushing import PushedUsers
from offboarding.model import Coverage, HrStatus, LeftOut, Problem, RosterSummary, Worker, counted
from offboarding.model.errors import FatalError
from offboarding.model.pushing import PushedRow, PushedState, Resource
from offboarding.net.destinations import Destination
from offboarding.rosters._records.columns import Layout, MissingColumnsError, layout
from offboarding.rosters._records.durations import told
from offboarding.rosters._records.table import TableRead, UnlikelyTableError
from offboarding.rosters.scim.inactive import OffTheList, lists_active
from offboarding.rosters.scim.paths import ACTIVE, ENTERPRISE, AttributePath
from offboarding.rosters.scim.proposing import propose
from offboarding.rosters.scim.settings import ScimSettings
from offboarding.rosters.scim.tokens import digests

__all__ = ["ScimRoster", "Settings", "build", "destinations", "propose"]

Settings = ScimSettings
_MANAGER = f"{ENTERPRISE}:manager"
_SYNC = timedelta(hours=1)
"""So long ago a change is no longer part of a sync that goes on."""
_LEAST_SYNC, _SYNC_PERCENT = 5, 5
"""More than both, came or deleted within that, are one. Few companies hire or lose so many within an hour at night."""
_HOW = "In the identity provider, see that provisioning runs, and have it push everybody again"


def destinations(settings: ScimSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Nowhere: who pushes comes to us."""
    del settings, connection
    yield from ()


def build(settings: ScimSettings, connection: ConnectionFields, context: ReadContext) -> "ScimRoster":
    """The ready roster. Raises ConfigError where its connection would let nobody push."""
    digests(connection, f"rosters.{settings.name}")
    return ScimRoster(settings, context)


class ScimRoster:
    """A roster in what has been pushed."""

    def __init__(self, settings: ScimSettings, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._paths = settings.paths()
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None
        self._contradicted = 0

    def read(self) -> Iterator[Worker]:
        """Yield everybody who is listed and can be read, a portion's memory at a time.

        Raises IncompleteReadError where nobody is, or an attribute was asked of nobody yet.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        own = self._reading()
        table = TableRead(own, self._context, origin := f"users pushed to {own.name}")
        with self._users() as users:
            state = users.state(self._context.as_of - _SYNC)
            for doubt in self._doubts(state, origin):
                table.problems.add(doubt)
            if (
                not (state.active if lists_active(self._settings) else state.users)
                and own.coverage is not Coverage.LEAVERS
            ):
                raise table.incomplete(_nobody(state), _HOW)
            if state.users:
                yield from self._workers(own, users, table)
        self.problems, self.left_out = table.problems.all(), self._told(table.spoiled.left_out())
        self.summary = RosterSummary(origin=origin, proved=False, dated_at=None, rows=table.count)

    def _users(self) -> AbstractContextManager[PushedUsers]:
        if self._context.pushed is None:
            raise FatalError(f"rosters.{self._settings.name}: what was pushed lies in a store, and there is none.")
        return self._context.pushed(self._settings.name)

    def _told(self, left_out: LeftOut) -> LeftOut:
        """The same, and whoever HR says has left, and is active all the same: HR's word counts."""
        if not self._contradicted:
            return left_out
        problem = Problem(
            record=f"users pushed to {self._settings.name}",
            text=f"{counted(self._contradicted, 'user')} of the status left told as active: they count as having left",
            fix="Take them off the app, or mend their status.",
        )
        return replace(left_out, problems=(*left_out.problems, problem))

    def _reading(self) -> ScimSettings:
        """The settings by which records are read: of who is inactive, and bears a day all the same, the day counts."""
        own = self._settings
        if own.coverage is not Coverage.ACTIVE or "status" in own.columns:
            return own
        words = {"true": HrStatus.ACTIVE, "": HrStatus.ACTIVE, "false": HrStatus.LEFT}
        return own.model_copy(update={"columns": {**own.columns, "status": ACTIVE}, "statuses": words})

    def _workers(self, own: ScimSettings, users: PushedUsers, table: TableRead) -> Iterator[Worker]:
        paths = own.paths()
        there = users.attributes() | {ACTIVE}
        current: list[PushedRow] = []
        try:
            names = [name for name, path in paths.items() if path.place in there]
            where = layout(own.columns, names, own.list_separator)
            rows = self._rows(users, where, paths, current)
            for worker in table.workers(where, rows, lambda _, cells: self._label(current[-1].user_id, cells)):
                former = (*worker.previous_worker_ids, *current[-1].former_worker_ids)
                yield replace(worker, previous_worker_ids=former) if current[-1].former_worker_ids else worker
        except MissingColumnsError as error:
            fix = "Since it stands in columns, no user has been pushed: have the identity provider push everybody again"
            raise table.incomplete(str(error), fix) from error
        except UnlikelyTableError as error:
            fix = "Map it in the identity provider, or mend columns, date_format or mail_domains of the roster"
            raise table.incomplete(error.text, error.fix or fix) from error

    def _rows(
        self, users: PushedUsers, where: Layout, paths: Mapping[str, AttributePath], current: list[PushedRow]
    ) -> Iterator[Sequence[str]]:
        """Values in the header's order."""
        off = OffTheList(self._settings, self._context)
        self._contradicted = 0
        for row in users.read():
            if off(row):
                continue
            self._contradicted += off.contradicts(row)
            current[:] = [row]
            yield [self._cell(row, paths[name]) for name in where.header]

    def _cell(self, row: PushedRow, path: AttributePath) -> str:
        if path.is_active:
            return "" if row.active is None else str(row.active).lower()
        if path.place == _MANAGER:
            return self._manager(row.manager, path.value(row.resource))
        return path.value(row.resource)

    def _manager(self, record: Resource | None, text: str) -> str:
        """The manager's number: of a user of ours whose id is told, else what is told, unless that is an id."""
        number = self._settings.columns["worker_id"]
        if record is not None and isinstance(number, str):
            return self._paths[number].value(record)
        return "" if _is_id(text) else text

    def _label(self, user_id: UUID, cells: Mapping[str, str]) -> str:
        worker_id = cells.get("worker_id", "").strip()
        return f"{self._settings.name} user {user_id}" + (f", worker {worker_id}" if worker_id else "")

    def _doubts(self, state: PushedState, origin: str) -> Iterator[Problem]:
        """What keeps the users from being all: nobody's absence is taken for leaving then."""
        own, as_of = self._settings, self._context.as_of
        if state.heard_at is not None and as_of - state.heard_at > own.max_quiet:
            since = f"{state.heard_at:%Y-%m-%d}, and max_quiet is {told(own.max_quiet)}"
            text = f"nothing was heard from the identity provider since {since}"
            yield Problem(record=origin, text=text, fix=f"{_HOW}; if so few change there, raise max_quiet.")
        if state.restored_at is not None and state.unconfirmed:
            text = (
                f"the store was restored from a backup, which was noticed on {state.restored_at:%Y-%m-%d}:"
                f" {state.unconfirmed} of {counted(state.users, 'user')} have not been pushed again. Who left after the"
                " backup is unknown"
            )
            fix = f"{_HOW}. Delete by SCIM whoever the identity provider no longer has."
            yield Problem(record=origin, text=text, fix=fix)
        # Employments of one worker are told apart by their first days, and may be a user each.
        if state.doubled and "start" not in own.columns:
            text = f"{counted(state.doubled, 'number')} borne by two users or more, who are active"
            yield Problem(record=origin, text=text, fix="In the identity provider, give each the number of their own.")
        moved = state.came + state.went
        if moved > max(_LEAST_SYNC, state.users * _SYNC_PERCENT / 100):
            text = (
                f"{counted(state.came, 'user')} came and {state.went} were deleted within the last hour, of"
                f" {state.users}: a sync is under way"
            )
            yield Problem(record=origin, text=text, fix="Nothing is to be done: the next night reads it again.")


def _nobody(state: PushedState) -> str:
    if state.users:
        return f"none of {counted(state.users, 'user')} is active any more: was the app taken from everybody"
    return "every user was deleted" if state.deleted else "nobody has been pushed yet"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

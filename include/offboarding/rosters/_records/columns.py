"""Our names for columns, and where they stand in a feed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from offboarding.model import Coverage
from offboarding.rosters._records.words import choice, composed, hint, listed

NAMES = (
    "worker_id",
    "previous_worker_ids",
    "name",
    "mail",
    "former_mail",
    "login",
    "manager",
    "location",
    "type",
    "status",
    "start",
    "last_working_day",
    "end",
)
"""What a feed may tell of a worker."""
SCOPED = ("login", "directory_id")
"""What a feed may tell for one source: `login:corp-ldap`."""
DAYS = ("start", "last_working_day", "end")
"""The columns that hold days."""


class MissingColumnsError(Exception):
    """The feed lacks columns, or has one twice. Never leaves the roster: it becomes an IncompleteReadError."""


def is_name(name: str) -> bool:
    """Whether it is one of ours."""
    scope, _, source = name.partition(":")
    return name in NAMES or (scope in SCOPED and bool(source))


def checked_name(name: str) -> str:
    """The name, if it is one of ours. Raises ValueError with the nearest that is."""
    if is_name(name):
        return name
    source = name.partition(":")[2]
    scoped = tuple(f"{known}:{source or '<source>'}" for known in SCOPED)
    raise ValueError(f"{name} is no column we know.{choice(name, (*NAMES, *scoped))}")


def missing(names: Iterable[str], coverage: Coverage) -> str:
    """The sentence that says which column can't be done without; "" where all are there."""
    given = set(names)
    if "worker_id" not in given:
        return "worker_id is missing: say which column holds HR's number of the worker"
    if "status" not in given and coverage is Coverage.FULL:
        return (
            "status is missing: a roster of coverage full tells by it who left "
            "(only active and leavers rosters do without one)"
        )
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where our columns stand in a feed."""

    positions: Mapping[str, int]
    """Our name -> index of the field."""
    headers: Mapping[str, str]
    """Our name -> the feed's name."""
    width: int
    """Fields in the header."""

    def cells(self, fields: Sequence[str]) -> dict[str, str]:
        """A record's fields by our names."""
        return {name: fields[position] for name, position in self.positions.items()}


def layout(columns: Mapping[str, str], header: Sequence[str]) -> Layout:
    """Find each column of ours in a header. Raises MissingColumnsError that names those which are there."""
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(header):
        places.setdefault(composed(cell), []).append(index)
    positions = {name: _position(name, column, places) for name, column in columns.items()}
    return Layout(positions=positions, headers=dict(columns), width=len(header))


def _position(name: str, column: str, places: Mapping[str, Sequence[int]]) -> int:
    found = places.get(composed(column), ())
    if not found:
        near = hint(composed(column), places)
        raise MissingColumnsError(
            f'there is no column "{column}" for {name}.{near} There are {listed(filter(None, places))}'
        )
    if len(found) > 1:
        raise MissingColumnsError(f'the column "{column}" for {name} stands {len(found)} times')
    return found[0]

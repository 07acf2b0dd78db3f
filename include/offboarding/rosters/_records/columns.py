"""Our names for columns, and where they stand in a feed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
LISTS = ("previous_worker_ids", "former_mail")
"""The columns that may hold several values, divided by `list_separator`."""
JOINED = ("name", *LISTS)
"""What may stand in several columns of a feed."""

ColumnNames = Mapping[str, str | tuple[str, ...]]
"""Our name -> the feed's name of the column, or of each, in the order in which they are put together."""


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


def check_joined(columns: ColumnNames) -> None:
    """Raise ValueError where several columns are named for what stands in one."""
    for name, headers in columns.items():
        if isinstance(headers, tuple) and name not in JOINED:
            raise ValueError(f"{name} stands in one column; only {', '.join(JOINED)} may be put together of several")


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
class JoinedColumns:
    """Columns that make one value."""

    between: str
    """What stands between the parts; blank ones are left out."""
    positions: tuple[int, ...]
    """In the order in which they are put together."""

    def value(self, fields: Sequence[str]) -> str:
        """Of a record."""
        parts = (fields[position].strip() for position in self.positions)
        return self.between.join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where our columns stand in a feed."""

    positions: Mapping[str, int]
    """Our name -> index of the field."""
    joined: Mapping[str, JoinedColumns] = field(default_factory=dict[str, JoinedColumns])
    """The same for those of several fields."""
    headers: Mapping[str, str]
    """Our name -> the feed's name."""
    header: Sequence[str]
    """The header's fields."""

    @property
    def width(self) -> int:
        """Fields in the header."""
        return len(self.header)

    def cells(self, fields: Sequence[str]) -> dict[str, str]:
        """A record's fields by our names."""
        cells = {name: fields[position] for name, position in self.positions.items()}
        for name, joined in self.joined.items():
            cells[name] = joined.value(fields)
        return cells

    def indexes(self) -> Iterator[int]:
        """Of each field that is read."""
        yield from self.positions.values()
        for joined in self.joined.values():
            yield from joined.positions


def layout(columns: ColumnNames, header: Sequence[str], list_separator: str = ";") -> Layout:
    """Find each column of ours in a header. Raises MissingColumnsError that names those which are there.

    `list_separator` is put between the columns of a list.
    """
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(header):
        places.setdefault(composed(cell), []).append(index)
    positions: dict[str, int] = {}
    joined: dict[str, JoinedColumns] = {}
    for name, headers in columns.items():
        if isinstance(headers, str):
            positions[name] = _position(name, headers, places)
        else:
            between = list_separator if name in LISTS else " "
            found = tuple(_position(name, column, places) for column in headers)
            joined[name] = JoinedColumns(between=between, positions=found)
    return Layout(positions=positions, joined=joined, headers=shown_headers(columns), header=tuple(header))


def shown_headers(columns: ColumnNames) -> dict[str, str]:
    """Our name -> the feed's, as people read it."""
    return {name: headers if isinstance(headers, str) else ", ".join(headers) for name, headers in columns.items()}


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

"""Rows that become records by the names of their columns, records within records too."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from psycopg import Cursor
from psycopg.rows import RowFactory, RowMaker

from offboarding.model.errors import UnreadableRowError

_Record = TypeVar("_Record")
_Tree = dict[str, "_Tree | int"]
"""Field -> the number of its column, or the same of the record that it holds."""


def record_row(record: type[_Record]) -> RowFactory[_Record]:
    """A row factory: `account__label` is the field `label` of the record in the field `account`.

    A record within is None where the first of its columns is null. Texts become the enums that fields are of; a value
    of another type than its field's raises UnreadableRowError.
    """

    def make(cursor: Cursor[Any]) -> RowMaker[_Record]:
        tree = _tree([column.name for column in cursor.description or ()])
        return lambda values: _record(_values(tree, values), record)

    return make


def _record(values: dict[str, object], record: type[_Record]) -> _Record:
    try:
        return msgspec.convert(values, record)
    except msgspec.ValidationError as error:
        # Its last word is the field; what stands there may be anything.
        field = str(error).rpartition(" at ")[2]
        raise UnreadableRowError(f"a row of the store is no {record.__name__}, at {field}") from None


def _tree(names: Sequence[str]) -> _Tree:
    tree: _Tree = {}
    for number, name in enumerate(names):
        *path, field = name.split("__")
        here = tree
        for part in path:
            within = here.setdefault(part, {})
            assert isinstance(within, dict), f"{name}: {part} is a column, too"
            here = within
        here[field] = number
    return tree


def _values(tree: _Tree, values: Sequence[object]) -> dict[str, object]:
    return {name: values[of] if isinstance(of, int) else _within(of, values) for name, of in tree.items()}


def _within(tree: _Tree, values: Sequence[object]) -> dict[str, object] | None:
    within = _values(tree, values)
    return None if next(iter(within.values())) is None else within

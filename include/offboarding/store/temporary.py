"""Temporary tables: which a file makes, and which before which. The SQL itself tells it, by what it makes and reads."""

import functools
import re
from collections.abc import Mapping
from graphlib import TopologicalSorter

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import blocks, statements

_MADE = re.compile(rb"^create temp table (?:if not exists )?(\w+)", re.MULTILINE)
_COMMENT = re.compile(rb"--.*")
_THERE = "select relname::text from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'"


def forget(session: Session, *files: str) -> None:
    """Those of an earlier look, of all that these files make."""
    for name in (name for file in files for name in _makers(file)):
        session.execute(b"drop table if exists pg_temp." + name.encode())


def make(session: Session, file: str, values: Mapping[str, object], *names: str) -> None:
    """These tables (none named: all of the file), each after those that it reads; what is there already stays."""
    makers, needs = _makers(file), _needs(file)
    with session.cursor(row_factory=scalar_row) as cursor:
        there = set(cursor.execute(_THERE).fetchall())
    wanted = _with_needs(needs, names or tuple(makers), there)
    for block in dict.fromkeys(makers[name] for name in TopologicalSorter(wanted).static_order()):
        for statement in statements(file, block):
            session.execute(statement, values)


@functools.cache
def _makers(file: str) -> Mapping[str, str]:
    """Table -> the block that makes it."""
    return {made[1].decode(): name for name, body in blocks(file).items() for made in _MADE.finditer(body)}


@functools.cache
def _needs(file: str) -> Mapping[str, frozenset[str]]:
    """Table -> those of the same file that it's made of."""
    makers = _makers(file)
    words = {table: set(re.findall(r"\w+", _text(file, block))) for table, block in makers.items()}
    return {table: frozenset(makers.keys() & words[table] - {table}) for table in makers}


def _text(file: str, block: str) -> str:
    return _COMMENT.sub(b"", blocks(file)[block]).decode()


def _with_needs(needs: Mapping[str, frozenset[str]], names: tuple[str, ...], there: set[object]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in there:
            found[name] = {need for need in needs[name] if need not in there}
            waiting += sorted(found[name])
    return found

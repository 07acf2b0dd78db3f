"""Temporary tables: which a file makes, and which before which. The SQL itself tells it, by what it makes and reads."""

import functools
import re
from collections.abc import Collection, Iterable, Mapping
from graphlib import TopologicalSorter

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import blocks, statements

_MADE = re.compile(rb"^create temp table (?:if not exists )?(\w+)", re.MULTILINE)
_COMMENT = re.compile(rb"--.*")
_OF_SESSION = """
from pg_class where relnamespace = pg_my_temp_schema() and relname = any(%s::name[]) and relkind = 'r'
"""
_THERE = f"select relname::text {_OF_SESSION}"
_WRITTEN = f"select relname::text, pg_relation_size(oid) > 0 {_OF_SESSION}"


def forget(session: Session, *files: str) -> None:
    """Those of an earlier look, of all that these files make."""
    tables = ", ".join(f"pg_temp.{name}" for file in files for name in _makers(file))
    session.execute(f"drop table if exists {tables}".encode())


def emptied(session: Session, file: str, block: str) -> None:
    """The tables of one block, without a row: an earlier use in the same session has left them, or they're made now.

    What nothing was written to is left as it is: most reads tell of few things, and each table that is emptied gets
    files anew.
    """
    made = [name for name, maker in _makers(file).items() if maker == block]
    there = {str(name): was_written for name, was_written in session.execute(_WRITTEN, [made]).fetchall()}
    if len(there) < len(made):
        session.execute(blocks(file)[block])
    elif written := ", ".join(f"pg_temp.{name}" for name, was_written in there.items() if was_written):
        session.execute(f"truncate {written} restart identity".encode())


def make(session: Session, file: str, values: Mapping[str, object], *names: str) -> None:
    """These tables (none named: all of the file), each after those that it reads; what is there already stays."""
    makers = _makers(file)
    there = _there(session, makers)
    wanted = [makers[name] for name in names or makers if name not in there]
    for block in TopologicalSorter(before(file, wanted, there)).static_order():
        for statement in statements(file, block):
            session.execute(statement, values)


def before(file: str, wanted: Iterable[str], there: Collection[object] = ()) -> Mapping[str, Collection[str]]:
    """Each block that is needed, and the blocks that come before it. `there`: tables that were made before."""
    makers, reads = _makers(file), _reads(file)
    found: dict[str, list[str]] = {}
    waiting = list(wanted)
    while waiting:
        block = waiting.pop(0)
        if block not in found:
            found[block] = sorted({makers[name] for name in reads[block] if name not in there})
            waiting += found[block]
    return found


def _there(session: Session, names: Iterable[str]) -> set[object]:
    """Which of these tables there are. By their names: there are some six hundred others to look through."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(_THERE, [list(names)]).fetchall())


@functools.cache
def _makers(file: str) -> Mapping[str, str]:
    """Table -> the block that makes it."""
    return {made[1].decode(): name for name, body in blocks(file).items() for made in _MADE.finditer(body)}


@functools.cache
def _reads(file: str) -> Mapping[str, frozenset[str]]:
    """Block that makes tables -> those of the file that it's made of."""
    makers = _makers(file)
    words = {block: set(re.findall(r"\w+", _text(file, block))) for block in makers.values()}
    return {block: frozenset(name for name in makers.keys() & words[block] if makers[name] != block) for block in words}


def _text(file: str, block: str) -> str:
    return _COMMENT.sub(b"", blocks(file)[block]).decode()

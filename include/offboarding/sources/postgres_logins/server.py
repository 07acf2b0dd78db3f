"""One look at a server: what it is, its pg_hba.conf, who is in a session, and its roles.

Everything but the lines and the sessions is one state of the catalogs, so that a role that is dropped meanwhile is
there or not, and never half. That state is older than the sessions: whoever got in just before a role or a line was
shut is seen in one. Rights: docs/permissions/postgres.md.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import TupleRow

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError
from offboarding.net.postgres import SessionTerms, cursor, in_the_clear, session
from offboarding.sources.postgres_logins.hba import (
    HbaFile,
    HbaLine,
    HbaNames,
    groups_of,
    patterns_of,
    role_like_a_word,
)
from offboarding.sources.postgres_logins.roles import OF_CLOUDS, Group, RolePowers, RoleRow, gives

RIGHTS = "docs/permissions/postgres.md"
OLDEST = 130000
LINES = "execute on function pg_catalog.pg_hba_file_rules()"
"""The one right that not everybody has."""
_IF_WRONG = "See whether this is a PostgreSQL of version 13 or newer, and not something that speaks like one"

Asked = Callable[[], None]


class MissingRightError(FatalError):
    """The login is in, and may not read what everybody may read."""


class _NameLoader(Loader):
    """A name as text: shared catalogs hold names in whichever encoding a database had that made them."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An open session on it, and what holds for all of its roles."""

    begin: str
    """What begins each sentence on it."""
    system: str
    """Its system identifier."""
    version: str
    reader: str
    """The role that reads."""
    in_the_clear: bool
    lines: HbaFile | None
    """None where they couldn't be read."""
    patterns: tuple[str, ...]
    """The regular expressions in them that stand for roles."""
    lines_problem: str
    """Why, with what to do: a clause; "" where they could."""
    groups: Mapping[int, Group]
    in_session: frozenset[int]
    """Oids of roles that have a session open."""
    opened: psycopg.Connection[TupleRow]
    asked: Asked

    def roles(self, as_of: datetime, *, comments: bool = False, oids: Sequence[int] | None = None) -> Iterator[RoleRow]:
        """Every role, or those of these oids that there are; a portion's memory at a time."""
        parameters = {
            "groups": list(self.groups),
            "patterns": list(self.patterns),
            "as_of": as_of,
            "comments": comments,
            "oids": None if oids is None else list(oids),
        }
        self.asked()
        with cursor(self.opened, _text("roles"), parameters) as rows, _in_sentences(self.begin):
            for oid, name, logs_in, *powers, limit, valid_until, ended, groups, patterns, comment in rows:
                yield RoleRow(
                    oid=oid,
                    name=name,
                    logs_in=logs_in,
                    powers=RolePowers(*powers),
                    limit=limit,
                    valid_until=valid_until,
                    ended=ended,
                    groups=tuple(self.groups[each] for each in groups),
                    patterns=frozenset(patterns),
                    comment=comment,
                )


def terms(where: str, seconds: float) -> SessionTerms:
    """How the server is asked."""
    return SessionTerms(
        where=where,
        timeout=timedelta(seconds=seconds),
        if_slow="Raise statement_seconds, or see what keeps the server busy",
        if_refused=f"See {RIGHTS}",
        if_wrong=_IF_WRONG,
    )


@contextmanager
def looked_at(
    connection: ConnectionFields, terms: SessionTerms, asked: Asked, privileged: Sequence[str] = ()
) -> Generator[Server]:
    """The server, and its state for as long as the block runs; `asked` is called for each question.

    Raises as `net.postgres.session`, and FatalError where a right is missing that everybody has, where it's older than
    we know, or a standby: its lines and its sessions are its own, and not those of the server that people write to.
    """
    begin = f"{terms.where}: {connection.conn_id}"
    with session(connection, terms) as opened:
        for kind in ("name", "text"):
            opened.adapters.register_loader(kind, _NameLoader)
        with _in_sentences(begin):
            server = _look(opened, connection, begin, asked, privileged)
        yield server


def _look(
    opened: psycopg.Connection[TupleRow],
    connection: ConnectionFields,
    begin: str,
    asked: Asked,
    privileged: Sequence[str],
) -> Server:
    def ask(query: str) -> list[TupleRow]:
        asked()
        return opened.execute(_text(query)).fetchall()

    may = dict(ask("rights"))
    _refuse_missing(begin, connection, [right for right, held in may.items() if not held and right != LINES])
    ((system, number, standby, reader, version),) = ask("cluster")
    if number < OLDEST:
        raise FatalError(f"{begin}: PostgreSQL {version} is older than 13, and unknown to us. Upgrade it.")
    if standby:
        raise FatalError(
            f"{begin}: this is a standby, whose pg_hba.conf and sessions are its own. Let the connection lead to "
            "the server that takes writes (target_session_attrs in its extra: read-write)."
        )
    lines, problem = _lines(ask) if may[LINES] else (None, _not_granted(connection))
    groups = _of_note(opened, asked, groups_of(lines or ()), privileged)
    databases = ask("databases")
    names = HbaNames(
        version=number,
        roles=frozenset(group.name for group in groups if role_like_a_word(group.name)),
        databases=frozenset(name for name, takes in databases if takes),
        closed=frozenset(name for name, takes in databases if not takes),
    )
    return Server(
        begin=begin,
        system=system,
        version=version,
        reader=reader,
        in_the_clear=in_the_clear(opened),
        lines=None if lines is None else HbaFile(lines, names),
        patterns=patterns_of(lines or (), names),
        lines_problem=problem,
        groups={group.oid: group for group in groups},
        in_session=frozenset(oid for (oid,) in ask("sessions")),
        opened=opened,
        asked=asked,
    )


@contextmanager
def _in_sentences(begin: str) -> Generator[None]:
    """What an answer of another form than the catalogs' fails as; psycopg's own errors are `session`'s."""
    try:
        yield
    except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError) as error:
        said = f"what answers there tells its catalogs in a form of its own ({type(error).__name__})"
        raise FatalError(f"{begin}: {said}. {_IF_WRONG}.") from error


def _refuse_missing(begin: str, connection: ConnectionFields, missing: Sequence[str]) -> None:
    if missing:
        grants = " ".join(f"grant {right} to {_identifier(connection.login)};" for right in missing)
        raise MissingRightError(
            f"{begin}: what everybody may read was taken from this login. As a superuser, in the database "
            f"{connection.schema or connection.login}: {grants} ({RIGHTS})"
        )


def _not_granted(connection: ConnectionFields) -> str:
    return (
        "pg_hba.conf, which decides by what a role may log in, can't be read: as a superuser, in the database "
        f"{connection.schema or connection.login}: grant {LINES} to {_identifier(connection.login)}; ({RIGHTS})"
    )


def _lines(ask: Callable[[str], list[TupleRow]]) -> tuple[tuple[HbaLine, ...] | None, str]:
    rows = ask("lines")
    broken = [str(number) for number, *_, error in rows if error]
    if broken:
        return None, (
            f"pg_hba.conf has mistakes (line {', '.join(broken[:5])}), so that what the server goes by is another "
            "state of it: mend them and reload"
        )
    return tuple(
        HbaLine(
            number=number,
            type=kind,
            databases=tuple(databases),
            users=tuple(users),
            address=address,
            netmask=netmask,
            method=method,
        )
        for number, kind, databases, users, address, netmask, method, _ in rows
    ), ""


def _of_note(
    opened: psycopg.Connection[TupleRow], asked: Asked, in_lines: frozenset[str], privileged: Sequence[str]
) -> list[Group]:
    """Groups that lines name, that make somebody privileged, or by which a cloud lets people in."""
    asked()
    with cursor(opened, _text("groups")) as rows:
        groups = (
            Group(oid=oid, name=name, gives=gives(name, privileged, RolePowers(*powers))) for oid, name, *powers in rows
        )
        return [
            group
            for group in groups
            if group.gives or group.name in in_lines or group.name in OF_CLOUDS or role_like_a_word(group.name)
        ]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@cache
def _text(name: str) -> bytes:
    return resources.files(__package__ or "").joinpath(f"{name}.sql").read_bytes()

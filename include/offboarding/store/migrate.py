"""Numbered migrations: the only truth about the schema."""

import functools
import hashlib
from importlib.resources import files

from psycopg import sql

from offboarding.model.errors import FatalError
from offboarding.store.session import Session

FIRST = 100
"""The number of the first: the whole schema."""
_LOCK = 7_310_001
_MAY_CHANGE = """
select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create') from pg_namespace where nspname = %s
"""


def migrate(session: Session, schema: str) -> None:
    """Apply what is missing, in order, each in one transaction; one migrator at a time.

    Raises FatalError where the database was made before version 1.0 or is newer than this code, a migration was changed
    after it ran or is unknown, or the schema is another role's.
    """
    if _is_current(session):
        return
    _raise_where_anothers(session, schema)
    with session.transaction():
        session.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        # `if not exists` asks for the right to create even where the schema is there already.
        if not _exists(session, schema):
            session.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        session.execute(
            "create table if not exists schema_migration (version integer primary key, checksum text not null,"
            " applied_at timestamptz not null default now())"
        )
        applied = _applied(session)
        for version, text in migrations().items():
            if version not in applied:
                session.execute(text.encode())
                session.execute(
                    "insert into schema_migration (version, checksum) values (%s, %s)", (version, checksum(text))
                )


@functools.cache
def migrations() -> dict[int, str]:
    """Number -> text, in order."""
    folder = files(__package__ or "") / "migrations"
    found = {int(file.name[:4]): file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".sql")}
    return dict(sorted(found.items()))


@functools.cache
def checksum(text: str) -> str:
    """Of a migration's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _raise_where_anothers(session: Session, schema: str) -> None:
    """Where a role may do nothing in a schema, the search path goes by it, and tables would be made that don't stay."""
    found = session.execute(_MAY_CHANGE, (schema,)).fetchone()
    if found and not found[0]:
        raise FatalError(
            f"store: {session.info.user} may not change the schema {schema}, which isn't at this code's version. The"
            " checker's own role owns it, and comes first (docs/permissions/postgres.md)."
        )


def _exists(session: Session, schema: str) -> bool:
    found = session.execute("select exists (select from pg_namespace where nspname = %s)", (schema,)).fetchone()
    return bool(found and found[0])


def _is_current(session: Session) -> bool:
    found = session.execute("select to_regclass('schema_migration') is not null").fetchone()
    if not found or not found[0]:
        return False
    applied, known = _applied(session), migrations()
    if max(applied, default=0) > max(known):
        raise FatalError(
            f"store: its schema is at {max(applied)}, this code knows {max(known)}. Run the newer release of the code."
        )
    for version, mark in sorted(applied.items()):
        if version < FIRST:
            raise FatalError(
                f"store: made before version 1.0 (its schema is at {version}), and can't be used any more. Begin a new"
                ' one in another database. What becomes of open tickets and decisions: docs/operations.md, "Upgrades".'
            )
        if version not in known:
            raise FatalError(
                f"store: migration {version} ran, which this code doesn't have. Run the code that it belongs to."
            )
        if mark != checksum(known[version]):
            raise FatalError(f"store: migration {version:04d} was changed after it ran. Restore the file.")
    return len(applied) == len(known)


def _applied(session: Session) -> dict[int, str]:
    rows = session.execute("select version, checksum from schema_migration").fetchall()
    return {int(str(version)): str(mark) for version, mark in rows}

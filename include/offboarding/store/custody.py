"""Who may have held which key, decided set by set: temporary tables that cases are made of."""

from collections.abc import Iterator, Mapping, Sequence

from include.offboarding.store.connect import Session
from include.offboarding.store.sql import statements

_STEPS = (
    *("make_leaver", "make_named_principal", "make_moment", "make_account_holder", "make_guarding", "make_reach"),
    *("make_key_name", "make_granted", "make_way", "make_entry_key", "make_custody_span", "make_event_person"),
    *("make_deed_done", "make_key_age", "make_custody_held", "make_custody_access", "make_custody_use"),
    "make_custody_holder",
)
_TABLES = (
    *("leaver", "moment", "account_holder", "named_principal", "guarding", "reach", "key_name", "granted", "way"),
    *("entry_key", "custody_span", "event_person", "deed_done", "key_age", "custody_held", "custody_access"),
    *("custody_use", "custody_holder"),
)


def join_custody(session: Session, values: Mapping[str, object], *, besides: Sequence[bytes] = ()) -> None:
    """Make `custody_held`, `custody_access`, `custody_use` and `custody_holder` of everyone who has left.

    `values`: as_of, since (what a read that began then or later told is fresh), zone (of days in sentences) and
    reserved (logins that say nothing). Needs an open transaction for one picture of it all. `besides`: statements
    that put others into `leaver`, to ask of them as if they had left.
    """
    drop_tables(session, _TABLES)
    # These tables are read once or twice: a sample of 3,000 rows does, and ten times that took a tenth of the time.
    session.execute("set local default_statistics_target = 10")
    run_steps(session, "custody", _STEPS[:1], values)
    for statement in besides:
        session.execute(statement, values)
    run_steps(session, "custody", _STEPS[1:], values)


def drop_tables(session: Session, names: Sequence[str]) -> None:
    """Temporary ones of an earlier look."""
    for name in names:
        session.execute(b"drop table if exists pg_temp." + name.encode())


def run_steps(session: Session, file: str, steps: Sequence[str], values: Mapping[str, object]) -> None:
    """Blocks of a file, one after the other."""
    for statement in _statements(file, steps):
        session.execute(statement, values)


def _statements(file: str, steps: Sequence[str]) -> Iterator[bytes]:
    for step in steps:
        yield from statements(file, step)

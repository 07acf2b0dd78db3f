"""A session's staging tables, from one read to its next."""

from offboarding.store import temporary
from offboarding.store.connect import Session
from tests.support.database import undone
from tests.support.night import rows_of


def test_what_was_written_is_gone_and_the_rest_is_left_as_it_is(lasting_store: Session) -> None:
    with undone(lasting_store) as session:
        temporary.emptied(session, "rosters", "stage_tables")
        begun = files_of(session, "s_worker", "s_worker_key")
        session.execute("insert into s_worker (worker_id) values ('1042'), ('1043')")
        session.execute("delete from s_worker where worker_id = '1042'")

        temporary.emptied(session, "rosters", "stage_tables")

        assert rows_of(session, "select worker_id from s_worker") == []
        assert files_of(session, "s_worker_key") == begun[1:]
        session.execute("insert into s_worker (worker_id) values ('1044')")
        assert rows_of(session, "select ord from s_worker") == [(1,)]


def files_of(session: Session, *tables: str) -> list[object]:
    """By whose numbers PostgreSQL finds these tables' rows."""
    return [rows_of(session, "select pg_relation_filenode(%s::regclass)", f"pg_temp.{table}") for table in tables]

"""The schema comes to the newest migration whole, once, whoever opens the store; or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from offboarding.model.errors import FatalError
from offboarding.store import embedded, migrate
from offboarding.store.connect import connected, opened, prepare
from offboarding.store.sql import block
from tests.support.database import cloned

MANY = 8
"""Workers that begin at once after an upgrade."""


@pytest.fixture
def bare(store_server: embedded.EmbeddedServer) -> Iterator[dict[str, str | int]]:
    """A database in which there is nothing of ours."""
    with cloned(store_server, "template0") as name:
        yield store_server.connection_kwargs(dbname=name)


def numbers(parameters: dict[str, str | int]) -> list[int]:
    with connected(parameters) as session:
        if session.execute("select to_regclass('offboarding.schema_migration')").fetchone() == (None,):
            return []
        rows = session.execute("select version from offboarding.schema_migration order by version").fetchall()
    return [int(str(number)) for (number,) in rows]


def newer(monkeypatch: pytest.MonkeyPatch, text: str = "") -> None:
    """The code of a release that has one migration more."""
    known = migrate.migrations()
    more = {**known, max(known) + 1: f"create table later ();{text}"}
    monkeypatch.setattr(migrate, "migrations", lambda: more)


@pytest.mark.parametrize("upgraded", [False, True], ids=["of nothing", "of an older release"])
def test_many_who_come_at_once_migrate_once(
    bare: dict[str, str | int], monkeypatch: pytest.MonkeyPatch, upgraded: bool
) -> None:
    if upgraded:
        with opened(bare):
            pass
        newer(monkeypatch)
    together = Barrier(MANY)

    def come(_: int) -> None:
        with connected(bare) as session:
            together.wait(30)
            prepare(session)

    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(come, range(MANY)))

    assert numbers(bare) == list(migrate.migrations())


def test_one_that_is_broken_off_leaves_nothing_half_done(
    bare: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended by an administrator, or with its machine, in the middle of the last of several."""
    with monkeypatch.context() as patch:
        newer(patch, "select pg_terminate_backend(pg_backend_pid());")
        with pytest.raises(psycopg.OperationalError), opened(bare):
            pass

    assert numbers(bare) == []
    with opened(bare) as session:
        assert numbers(bare) == list(migrate.migrations())
        session.execute(block("trial", "linked_by_source"))


def test_code_that_is_older_than_the_store_says_so_and_changes_nothing(
    bare: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = max(migrate.migrations())
    with monkeypatch.context() as patch:
        newer(patch)
        newest = max(migrate.migrations())
        with opened(bare):
            pass

    with pytest.raises(FatalError) as refused, opened(bare):
        pass

    said = f"store: its schema is at {newest}, this code knows {known}."
    assert str(refused.value).startswith(said)
    assert numbers(bare)[-1] == newest


def test_a_migration_that_was_edited_after_it_ran_is_refused(
    bare: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(bare):
        pass
    first, text = next(iter(migrate.migrations().items()))
    monkeypatch.setattr(migrate, "migrations", lambda: {first: f"{text}\n-- mended"})

    with pytest.raises(FatalError, match=f"migration {first:04d} was changed after it ran"), opened(bare):
        pass


@pytest.mark.parametrize(
    ("ran", "said"), [(80, "made before version 1.0 (its schema is at 80)"), (101, "migration 101 ran")]
)
def test_a_store_of_a_schema_that_this_code_does_not_have_is_refused(
    bare: dict[str, str | int], monkeypatch: pytest.MonkeyPatch, ran: int, said: str
) -> None:
    with opened(bare) as session:
        session.execute("insert into schema_migration (version, checksum) values (%s, 'another')", (ran,))
    first, text = next(iter(migrate.migrations().items()))
    monkeypatch.setattr(migrate, "migrations", lambda: {first: text, 102: "create table later ()"})

    with pytest.raises(FatalError) as refused, opened(bare):
        pass

    assert said in str(refused.value)
    assert numbers(bare) == sorted([first, ran])

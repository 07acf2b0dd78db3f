"""docs/permissions/postgres.md, run word for word: the store, its readers, HR's database, logins, backup, restore."""

import re
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from offboarding.config import loading
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account, Gap
from offboarding.model.errors import FatalError
from offboarding.rosters.postgres import Settings, build
from offboarding.sources import postgres_logins
from offboarding.store import embedded, migrate, reading, runs
from offboarding.store.cluster import binaries
from offboarding.store.connect import connected, opened, prepare
from offboarding.store.events import broken_at
from offboarding.store.restores import RESTORED
from offboarding.store.trial import trial
from tests.support import filled
from tests.support.memory import Folder

PAGE = (loading.project_folder() / "docs/permissions/postgres.md").read_text("utf-8")
ADMINISTRATOR, BY_HAND, READER_GRANTS, READER_ROLE, HR, LOGINS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
ROLES = ("offboarding_checker", "offboarding_reader", "offboarding_hr", "offboarding_logins")


@pytest.fixture(scope="module")
def strict_server(in_memory: Folder) -> Iterator[embedded.EmbeddedServer]:
    """A server that asks these roles for passwords."""
    with embedded.server(in_memory("strict"), durable=False) as server:
        rules = server.data / "pg_hba.conf"
        asks = "".join(f"local all {role} scram-sha-256\n" for role in ROLES)
        rules.write_text(asks + rules.read_text(encoding="utf-8"), encoding="utf-8")
        with server.connect(autocommit=True) as owner:
            owner.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def server(strict_server: embedded.EmbeddedServer) -> Iterator[embedded.EmbeddedServer]:
    """The same, without what an earlier test made."""
    yield strict_server
    with strict_server.connect(dbname="postgres", autocommit=True) as owner:
        for database in ("offboarding_store", "restored", "hr"):
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        for role in ROLES:
            if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                owner.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(role)))


def run(
    server: embedded.EmbeddedServer, statements: str, *, dbname: str = "postgres", user: str = "", acting: str = ""
) -> None:
    """As psql would: a statement at a time, \\connect included. `acting`: by the server's owner, in another's name."""
    first, *others = re.split(r"^\\connect ", statements, flags=re.MULTILINE)
    for database, _, text in [(dbname, "", first), *(other.partition("\n") for other in others)]:
        with as_role(server, user, database) if user else administrator(server, database) as session:
            if acting:
                session.execute(sql.SQL("set session authorization {}").format(sql.Identifier(acting)))
            for statement in filter(str.strip, text.split(";\n")):
                session.execute(statement.encode())


@contextmanager
def administrator(server: embedded.EmbeddedServer, dbname: str) -> Generator[psycopg.Connection[TupleRow]]:
    with server.connect(dbname=dbname, autocommit=True) as session:
        yield session


@contextmanager
def as_role(server: embedded.EmbeddedServer, role: str, dbname: str) -> Generator[psycopg.Connection[TupleRow]]:
    with psycopg.connect(**parameters(server, role, dbname), autocommit=True) as session:  # pyrefly: ignore[bad-argument-type]
        yield session


def parameters(server: embedded.EmbeddedServer, role: str, dbname: str = "offboarding_store") -> dict[str, str | int]:
    (password,) = set(re.findall(rf"create role {role} login password '([^']*)'", PAGE))
    return {"host": server.host, "port": 5432, "user": role, "password": password, "dbname": dbname}


@pytest.fixture
def master(server: embedded.EmbeddedServer) -> Iterator[str]:
    """Whom a managed server gives to its customers: no superuser."""
    role = sql.Identifier("master")
    with administrator(server, "postgres") as owner:
        owner.execute(sql.SQL("create role {} createrole createdb").format(role))
        yield "master"
        owner.execute("drop database if exists offboarding_store with (force)")
        for each in ROLES:
            owner.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(each)))
        owner.execute(sql.SQL("drop role {}").format(role))


@pytest.mark.parametrize("statements", [ADMINISTRATOR, BY_HAND], ids=["with create", "the schema made by hand"])
def test_a_night_runs_with_the_checkers_rights(server: embedded.EmbeddedServer, master: str, statements: str) -> None:
    run(server, statements, acting=master)

    with opened(parameters(server, "offboarding_checker")) as session:
        filled.spend_night(session)

        assert reading.findings(session)


def test_a_trial_runs_with_the_checkers_rights(server: embedded.EmbeddedServer) -> None:
    run(server, ADMINISTRATOR)

    with trial(parameters(server, "offboarding_checker")) as session:
        filled.spend_night(session)


def test_without_that_right_a_trial_says_so(server: embedded.EmbeddedServer) -> None:
    run(server, BY_HAND)

    with (
        pytest.raises(FatalError, match="Grant create on the database"),
        trial(parameters(server, "offboarding_checker")),
    ):
        pass


@pytest.mark.parametrize(
    ("done", "said"),
    [
        pytest.param(
            "revoke temporary on database offboarding_store from offboarding_checker",
            'permission denied to create temporary tables in database "offboarding_store"',
            id="no temporary tables",
        ),
        pytest.param(
            "drop schema offboarding", "permission denied for database offboarding_store", id="no schema and no create"
        ),
        pytest.param(
            "alter schema offboarding owner to offboarding",
            "offboarding_checker may not change the schema offboarding",
            id="a schema of somebody else's",
        ),
    ],
)
def test_a_right_that_is_missing_is_said_in_a_sentence(server: embedded.EmbeddedServer, done: str, said: str) -> None:
    run(server, BY_HAND)
    run(server, done, dbname="offboarding_store")

    with (
        pytest.raises(FatalError, match=re.escape(said) + r".*docs/permissions/postgres\.md"),
        opened(parameters(server, "offboarding_checker")) as session,
    ):
        filled.spend_night(session)


def test_in_a_schema_of_somebody_elses_nothing_is_made_that_does_not_stay(server: embedded.EmbeddedServer) -> None:
    """Where the role may do nothing in it, the search path's next is the session's own."""
    run(server, BY_HAND)
    run(server, "alter schema offboarding owner to offboarding", dbname="offboarding_store")

    with connected(parameters(server, "offboarding_checker")) as session:
        with pytest.raises(FatalError):
            prepare(session)
        assert session.execute("select to_regclass('pg_temp.schema_migration')").fetchone() == (None,)


def test_what_a_role_is_bound_to_ends_no_night(server: embedded.EmbeddedServer) -> None:
    """As managed servers have it for everybody: a night's statements are long, and silent while systems are asked."""
    run(server, ADMINISTRATOR)
    bounds = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout")
    for bound in (*bounds, "transaction_timeout"):
        run(server, f"alter role offboarding_checker set {bound} = '200ms'")

    with opened(parameters(server, "offboarding_checker")) as session:
        with session.transaction():
            session.execute("select pg_sleep(0.3)")
            time.sleep(0.3)
        time.sleep(0.3)
        filled.spend_night(session)


def test_a_reader_of_a_store_that_is_yet_to_be_migrated_says_so(
    server: embedded.EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, ADMINISTRATOR)
    run(server, READER_ROLE)
    with opened(parameters(server, "offboarding_checker")):
        pass
    run(server, READER_GRANTS, dbname="offboarding_store", user="offboarding_checker")
    newer = {**migrate.migrations(), 9999: "create table later ()"}
    monkeypatch.setattr(migrate, "migrations", lambda: newer)

    with (
        pytest.raises(FatalError, match="offboarding_reader may not change the schema offboarding"),
        opened(parameters(server, "offboarding_reader")),
    ):
        pass


def test_a_reader_reads_and_changes_nothing(server: embedded.EmbeddedServer) -> None:
    run(server, ADMINISTRATOR)
    run(server, READER_ROLE)
    with opened(parameters(server, "offboarding_checker")) as session:
        filled.spend_night(session)
    run(server, READER_GRANTS, dbname="offboarding_store", user="offboarding_checker")

    with opened(parameters(server, "offboarding_reader")) as session:
        assert reading.runs(session)
        assert reading.findings(session)
        assert reading.links(session)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("delete from finding_event")


def test_hr_is_read_through_its_view_alone(server: embedded.EmbeddedServer) -> None:
    with server.connect(dbname="postgres", autocommit=True) as owner:
        owner.execute("create database hr")
    with server.connect(dbname="hr", autocommit=True) as owner:
        owner.execute(
            "create table employees (person_no text, full_name text, work_mail text, state text, last_day date,"
            " salary int)"
        )
        owner.execute("insert into employees values ('7', 'Kim Minjun', 'mj@corp.example', 'left', '2026-11-13', 1)")
    run(server, HR)
    told = parameters(server, "offboarding_hr", "hr")
    connection = ConnectionFields(
        conn_id="hr_db",
        host=str(told["host"]),
        port=5432,
        login=str(told["user"]),
        password=str(told["password"]),
        schema="hr",
    )
    settings = Settings.model_validate(
        {
            "name": "hr",
            "kind": "postgres",
            "connection": "hr_db",
            "coverage": "full",
            "query": "select * from feeds.people",
        }
    )

    roster = build(settings, connection, ReadContext(as_of=filled.AS_OF, default_zone="Asia/Seoul"))

    assert [worker.worker_id for worker in roster.read()] == ["7"]
    with as_role(server, "offboarding_hr", "hr") as session:
        for forbidden in ("select salary from employees", "create table mine (n int)"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                session.execute(forbidden.encode())


def test_everything_can_be_compared_once_more(server: embedded.EmbeddedServer) -> None:
    """The statements of docs/operations.md, as the checker's role types them."""
    run(server, ADMINISTRATOR)
    checker = parameters(server, "offboarding_checker")
    with opened(checker) as session:
        filled.spend_night(session)
    page = (loading.project_folder() / "docs/operations.md").read_text("utf-8")
    (statements,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)

    run(server, statements, dbname="offboarding_store", user="offboarding_checker")

    with opened(checker) as session:
        assert session.execute("select count(*) from account where digest is not null").fetchone() == (0,)
        assert session.execute("select count(*) from worker where digest is not null").fetchone() == (0,)


def test_what_was_dumped_can_be_restored_and_goes_on(server: embedded.EmbeddedServer, tmp_path: Path) -> None:
    """The commands of docs/operations.md, as they stand there; on the new server nobody knows who could read."""
    run(server, ADMINISTRATOR)
    run(server, READER_ROLE)
    checker = parameters(server, "offboarding_checker")
    with opened(checker) as session:
        filled.spend_night(session)
        before = reading.findings(session)
    run(server, READER_GRANTS, dbname="offboarding_store", user="offboarding_checker")
    page = (loading.project_folder() / "docs/operations.md").read_text("utf-8")
    dump, restore = (re.findall(rf"^{program} .*$", page, re.MULTILINE) for program in ("pg_dump", "pg_restore"))
    environment = {
        "PATH": str(binaries()),
        "PGHOST": server.host,
        "PGUSER": str(checker["user"]),
        "PGPASSWORD": str(checker["password"]),
    }

    subprocess.run(["/bin/sh", "-ec", *dump], env=environment, cwd=tmp_path, check=True)
    with administrator(server, "postgres") as owner:
        owner.execute("drop database offboarding_store with (force)")
        owner.execute("drop role offboarding_reader")
        owner.execute("create database offboarding_store")
        owner.execute("grant connect, temporary, create on database offboarding_store to offboarding_checker")
    subprocess.run(["/bin/sh", "-ec", *restore], env=environment, cwd=tmp_path, check=True)

    with opened(checker) as session:
        assert broken_at(session) is None
        assert reading.findings(session) == before
        after = filled.spend_night(session, caller="the night after")
        assert RESTORED in reading.night(session, after.run_id).record_troubles
        runs.close_run(session, after.run_id, red=[RESTORED], waiting=0)
        again = filled.spend_night(session, caller="the night after that")
        assert RESTORED not in reading.night(session, again.run_id).record_troubles
        assert {finding.finding_key for finding in reading.findings(session)} == {f.finding_key for f in before}


def test_the_reader_of_logins_reads_them_by_its_statements(server: embedded.EmbeddedServer) -> None:
    run(server, LOGINS)
    told = parameters(server, "offboarding_logins", "postgres")
    connection = ConnectionFields(
        conn_id="logins_db",
        host=str(told["host"]),
        port=5432,
        login=str(told["user"]),
        password=str(told["password"]),
        schema="postgres",
    )
    given = {"name": "db", "kind": "postgres_logins", "connection": "logins_db", "cluster": "shop"}
    settings = postgres_logins.Settings.model_validate(given)
    context = ReadContext(as_of=filled.AS_OF, default_zone="Asia/Seoul")

    facts = list(postgres_logins.build(settings, connection, "", context).collect())

    assert [fact.text for fact in facts if isinstance(fact, Gap) and fact.red] == []
    assert "offboarding_logins" in {fact.login for fact in facts if isinstance(fact, Account)}

"""What is said of a PostgreSQL server's logins, beside what the server itself does with them."""

import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg.rows import TupleRow

from offboarding.model import Account, AccountRef, Gap, IdentityKeyKind, IdentityKeyOrigin, ScopeRead, Standing
from offboarding.model.errors import RetriableError
from offboarding.sources import postgres_logins
from offboarding.sources.postgres_logins.hba import HbaRole
from offboarding.sources.postgres_logins.server import looked_at, terms
from offboarding.store import embedded
from offboarding.wiring.forms import connection_types
from tests.contract.source_contract import of, refs
from tests.systems.postgres_logins.logins import (
    AS_OF,
    BY_PASSWORD,
    LINES,
    LoginServer,
    login_host,
    login_server,
    nowhere,
)

pytestmark = pytest.mark.slow

__all__ = ["login_host", "login_server"]  # fixtures

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
PAST = "valid until '2020-01-01'"


def gets_in(server: LoginServer, login: str, **more: str) -> bool:
    """Whether the server lets somebody in who knows the password, once it has read its rules."""
    try:
        fields = {"host": server.connection.host, "port": server.connection.port, "dbname": server.connection.schema}
        psycopg.connect(**fields, user=login, password="theirs", **more).close()  # pyrefly: ignore[bad-argument-type]
    except psycopg.OperationalError:
        return False
    return True


def soon(server: LoginServer, login: str, expected: bool) -> bool:
    """The same, once what was written is what the server goes by."""
    end = time.monotonic() + 5
    while time.monotonic() < end and gets_in(server, login) is not expected:
        time.sleep(0.05)
    return gets_in(server, login)


@pytest.mark.parametrize(
    ("attributes", "rules", "standing", "says", "enters"),
    [
        pytest.param("login", BY_PASSWORD, WORKS, "LOGIN, by line", True, id="a password"),
        pytest.param("login valid until 'infinity'", BY_PASSWORD, WORKS, "LOGIN, by line", True, id="for ever"),
        pytest.param("nologin", BY_PASSWORD, DEAD, "NOLOGIN", False, id="nologin"),
        pytest.param(f"login {PAST}", BY_PASSWORD, DEAD, "asks it for a password alone", False, id="ended"),
        pytest.param(f"login {PAST}", "local all all trust", WORKS, "(trust)", True, id="ended, and nobody asks"),
        pytest.param(f"login {PAST}", "local all all peer", UNKNOWN, "(peer)", False, id="ended, another decides"),
        pytest.param(
            f"login {PAST}", 'local all "/^ali" trust\n' + BY_PASSWORD, WORKS, "(trust)", True, id="an expression"
        ),
        pytest.param(
            "login", "local all all peer", UNKNOWN, "others decide who gets in", False, id="the system's word"
        ),
        pytest.param("login", "local all all reject", DEAD, "no line of pg_hba.conf", False, id="refused"),
        pytest.param("login", "local all bob trust", DEAD, "no line of pg_hba.conf", False, id="no line"),
        pytest.param("login connection limit 0", BY_PASSWORD, DEAD, "CONNECTION LIMIT 0", False, id="limit 0"),
        pytest.param("login superuser connection limit 0", BY_PASSWORD, WORKS, "LOGIN", True, id="no limit for these"),
        pytest.param(
            "login replication connection limit 0", BY_PASSWORD, UNKNOWN, "replication", False, id="replication"
        ),
        pytest.param(
            "login in role staff", "local all +staff reject\n" + BY_PASSWORD, DEAD, "host", False, id="a group"
        ),
    ],
)
def test_it_says_what_the_server_does(
    login_server: LoginServer, attributes: str, rules: str, standing: Standing, says: str, enters: bool
) -> None:
    server = login_server
    server.do("create role staff nologin")
    server.do(f"create role alice password 'theirs' {attributes}")
    if "+staff" in rules:
        rules = rules.replace("host all all 0.0.0.0/0 scram-sha-256\n", "")
        says = "no line of pg_hba.conf"
    server.rules(rules)

    told, reason = server.standing("alice")

    assert told is standing
    assert says in reason
    assert soon(server, "alice", enters) is enters


def test_a_limit_of_0_lets_replication_in(login_server: LoginServer) -> None:
    login_server.do("create role alice login replication connection limit 0 password 'theirs'")
    login_server.rules("local replication all trust\n" + BY_PASSWORD)

    assert login_server.standing("alice")[0] is UNKNOWN
    end = time.monotonic() + 5
    while not gets_in(login_server, "alice", replication="true") and time.monotonic() < end:
        time.sleep(0.05)
    assert gets_in(login_server, "alice", replication="true")


def test_a_role_called_all_makes_everybodys_line_doubtful(login_server: LoginServer) -> None:
    login_server.people("alice")
    login_server.rules('local all "all" trust')
    assert login_server.standing("alice")[0] is WORKS

    login_server.do('create role "all" nologin')

    assert login_server.standing("alice") == (
        UNKNOWN,
        "LOGIN; whether line 3 of pg_hba.conf (trust) is for it can't be told",
    )
    assert not soon(login_server, "alice", expected=False)


@pytest.mark.parametrize("takes", ["true", "false"])
def test_a_database_called_all_makes_lines_for_every_one_doubtful(login_server: LoginServer, takes: str) -> None:
    login_server.people("alice")
    login_server.do('create database "all"')
    try:
        login_server.do(f'alter database "all" allow_connections {takes}')
        login_server.rules('local "all" all reject\nlocal all all trust')

        assert login_server.standing("alice") == (
            UNKNOWN,
            "LOGIN; whether line 4 of pg_hba.conf (trust) is for it can't be told",
        )
        assert soon(login_server, "alice", expected=True)
    finally:
        login_server.do('drop database "all"')


def test_who_is_refused_at_each_database_is_out(login_server: LoginServer) -> None:
    login_server.people("alice")
    found = login_server.owner.execute("select datname from pg_database where datallowconn").fetchall()
    login_server.rules("\n".join([*(f"local {name} alice reject" for (name,) in found), BY_PASSWORD.split("\n")[1]]))

    assert login_server.standing("alice") == (DEAD, "LOGIN, but no line of pg_hba.conf lets it in")
    assert not soon(login_server, "alice", expected=False)


@contextmanager
def session_of(server: LoginServer, login: str) -> Generator[None]:
    fields = {"host": server.connection.host, "port": server.connection.port, "dbname": server.connection.schema}
    with psycopg.connect(**fields, user=login, password="theirs"):
        yield


def test_a_shut_role_goes_on_until_its_session_has_ended(login_server: LoginServer) -> None:
    login_server.people("alice")
    assert soon(login_server, "alice", expected=True)

    with session_of(login_server, "alice"):
        login_server.do("alter role alice nologin")

        assert login_server.standing("alice") == (
            WORKS,
            "NOLOGIN, but a session of it is still open, and goes on until it's ended",
        )

    end = time.monotonic() + 5
    while login_server.standing("alice")[0] is not DEAD and time.monotonic() < end:
        time.sleep(0.05)
    assert login_server.standing("alice") == (DEAD, "NOLOGIN")


@pytest.mark.parametrize("question", [3, 6, 7])
def test_who_gets_in_before_they_are_shut_is_never_told_as_out(login_server: LoginServer, question: int) -> None:
    """Just before the lines are read, the sessions, or the roles."""
    login_server.people("alice")
    assert soon(login_server, "alice", expected=True)
    asked: list[int] = []
    sessions = ExitStack()

    def between() -> None:
        asked.append(len(asked))
        if len(asked) == question:
            sessions.enter_context(session_of(login_server, "alice"))
            login_server.do("alter role alice nologin")
            login_server.rules("local all all reject")

    with sessions, looked_at(login_server.connection, terms("here", 60), between) as server:
        (alice,) = (role for role in server.roles(AS_OF) if role.name == "alice")
        role = HbaRole(name="alice", groups=frozenset(), patterns=frozenset(), replicates=False)
        ways = server.lines and server.lines.ways(role)

        assert len(asked) == 7
        assert alice.oid in server.in_session or (alice.logs_in and ways)


def test_without_the_right_to_see_the_rules_nothing_is_guessed(login_server: LoginServer) -> None:
    login_server.people("alice", "bob")
    login_server.do(f"alter role bob {PAST}")
    login_server.do("create role carl nologin")
    login_server.take(f"execute on function {LINES}")

    facts = list(login_server.source().collect())

    told = {account.login: account for account in of(Account, facts)}
    assert [told[name].standing for name in ("alice", "bob", "carl")] == [UNKNOWN, UNKNOWN, DEAD]
    assert "couldn't be read; its password ended 2020-01-01" in told["bob"].standing_reason
    (gap,) = [fact for fact in of(Gap, facts) if fact.red]
    assert 'in the database offboarding: grant execute on function pg_catalog.pg_hba_file_rules() to "' in gap.text
    assert [scope.error for scope in of(ScopeRead, facts)] == [""]


def test_a_file_with_mistakes_is_not_what_the_server_goes_by(login_server: LoginServer) -> None:
    login_server.people("alice")
    login_server.rules("local all all reject\nlocal all all sesame")

    facts = list(login_server.source().collect())

    (gap,) = [fact for fact in of(Gap, facts) if fact.red]
    assert "pg_hba.conf has mistakes (line 4)" in gap.text
    assert login_server.standing("alice")[0] is UNKNOWN


def test_a_cloud_s_own_login_is_the_cloud_s(login_server: LoginServer) -> None:
    login_server.do("create role rds_iam nologin")
    login_server.do("create role iam_people nologin in role rds_iam")
    login_server.do(f"create role alice login in role iam_people {PAST}")

    assert login_server.standing("alice") == (UNKNOWN, "LOGIN; by rds_iam the cloud decides whether it gets in")


@pytest.mark.parametrize(
    ("statement", "by"),
    [
        ("create role alice login", ""),
        ("create role alice login superuser", "SUPERUSER"),
        ("create role alice login createrole", "CREATEROLE"),
        ("create role alice login replication", "REPLICATION"),
        ("create role alice login bypassrls", "BYPASSRLS"),
        ("create role alice login in role pg_monitor", ""),
        ("create role alice login in role pg_execute_server_program", "pg_execute_server_program"),
        (
            "create role top superuser; create role mid in role top; create role alice login in role mid",
            "top (SUPERUSER)",
        ),
        ("create role mid in role pg_read_all_data; create role alice login noinherit in role mid", "pg_read_all_data"),
    ],
)
def test_who_is_privileged_and_by_what(login_server: LoginServer, statement: str, by: str) -> None:
    login_server.owner.execute(statement.encode())

    alice = login_server.accounts()["alice"]

    assert (alice.privileged, alice.privileged_by) == (bool(by), by)


def test_a_comment_names_an_owner_where_its_form_is_declared(login_server: LoginServer) -> None:
    login_server.people("svc-shop", "alice")
    login_server.do("comment on role {} is 'Shop, nightly\nOwner: kim@corp.example'", "svc-shop")

    silent = login_server.accounts()["svc-shop"]
    told = login_server.accounts(owner_comment="owner: {mail}")

    assert [key.kind for key in silent.keys] == [IdentityKeyKind.LOGIN]
    owner = told["svc-shop"].keys[1]
    assert (owner.kind, owner.value) == (IdentityKeyKind.MAIL, "kim@corp.example")
    assert (owner.origin, told["svc-shop"].service_like) == (IdentityKeyOrigin.OWNER, True)
    assert len(told["alice"].keys) == 1


HOSTILE = ('a"b', "a'b", "a\nb", "a\u202eb", "é" * 31, "%s", "{}", "a,b", "'; drop role bob; --")


def test_whatever_a_role_is_called_it_is_told(login_server: LoginServer) -> None:
    login_server.people(*HOSTILE)

    told = login_server.accounts()
    again = list(login_server.source().detail(refs(iter(told.values()))))

    assert set(HOSTILE) <= set(told)
    assert {account.login for account in of(Account, again)} == set(told)
    assert {told[name].standing for name in HOSTILE} == {WORKS}


@pytest.fixture
def legacy(login_server: LoginServer) -> Generator[psycopg.Connection[TupleRow]]:
    """The owner in a database that knows of no encoding."""
    login_server.do("create database legacy template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'")
    fields = {"host": login_server.connection.host, "port": login_server.connection.port, "user": embedded.NAME}
    with psycopg.connect(**fields, dbname="legacy", autocommit=True, client_encoding="SQL_ASCII") as owner:
        yield owner
    login_server.do("drop database legacy with (force)")


@pytest.mark.parametrize("database", ["legacy", embedded.NAME])
def test_a_name_in_another_encoding_costs_nothing(
    login_server: LoginServer, legacy: psycopg.Connection[TupleRow], database: str
) -> None:
    """All databases share the roles, named in the encoding of whichever made them."""
    legacy.execute(b"create role \"caf\xe9\" login password 'theirs'")
    login_server.people("alice")
    try:
        source = login_server.source(replace(login_server.connection, schema=database))
        assert {"caf\\xe9", "alice"} <= {account.login for account in of(Account, source.collect())}
    finally:
        legacy.execute(b'drop role "caf\xe9"')


def test_a_role_that_is_dropped_meanwhile_spoils_nothing(login_server: LoginServer) -> None:
    login_server.owner.execute(
        b"do $$ begin for n in 1..1200 loop execute format('create role many%s login', n); end loop; end $$"
    )
    facts = login_server.source().collect()
    first = next(fact for fact in facts if isinstance(fact, Account))

    login_server.do("drop role many1200")
    rest = of(Account, facts)

    assert {"many1", "many1200"} <= {account.login for account in (first, *rest)}
    assert "many1200" not in login_server.accounts()


def test_another_server_says_nothing_of_this_one_s_roles(login_server: LoginServer) -> None:
    login_server.people("alice")
    (alice,) = refs(login_server.source().collect(), "alice")
    elsewhere = AccountRef(realm=alice.realm, native_id=f"1{alice.native_id}", label="alice", login="alice")

    facts = list(login_server.source().detail([elsewhere]))

    (scope,) = of(ScopeRead, facts)
    assert (scope.scope, of(Account, facts)) == (elsewhere.native_id, [])
    assert "this is another server than the account was seen on" in scope.error


def test_a_server_that_is_busy_is_asked_again(login_server: LoginServer) -> None:
    login_server.do("begin")
    login_server.do("lock table pg_catalog.pg_auth_members in access exclusive mode")
    try:
        with pytest.raises(RetriableError, match="Raise statement_seconds"):
            list(login_server.source(statement_seconds=0.3).collect())
    finally:
        login_server.do("rollback")


def test_the_reader_is_the_checker_s_own(login_server: LoginServer) -> None:
    assert [name for name, account in login_server.accounts().items() if account.is_reader] == ["offboarding_reader"]


def test_what_airflow_s_test_says(login_server: LoginServer) -> None:
    greet = connection_types()["offboarding_postgres_logins"].greet

    assert greet(login_server.connection).endswith("answers; its pg_hba.conf can be read.")
    login_server.take(f"execute on function {LINES}")
    assert "grant execute on function pg_catalog.pg_hba_file_rules()" in greet(login_server.connection)


class Agreeing:
    """A person who takes what is proposed."""

    def choose(
        self,
        key: str,
        question: str,
        options: Sequence[str] = (),
        *,
        proposed: str | None = None,
        confirm: bool = False,
    ) -> str:
        del key, question, options, confirm
        assert proposed
        return proposed


def test_a_first_configuration_names_the_server_and_the_right_that_is_missing(login_server: LoginServer) -> None:
    good = postgres_logins.propose("pg_main", login_server.connection, Agreeing())
    login_server.take(f"execute on function {LINES}")
    lacking = postgres_logins.propose("pg_main", login_server.connection, Agreeing())
    away = postgres_logins.propose("pg_main", nowhere(login_server), Agreeing())

    given = {"name": "pg-main", "kind": "postgres_logins", "connection": "pg_main"}
    for proposal in (good, lacking, away):
        assert postgres_logins.Settings.model_validate(given | dict(proposal.settings)).cluster
    assert (good.warnings, "127.0.0.1" in str(away.settings)) == ((), True)
    assert "grant execute on function pg_catalog.pg_hba_file_rules()" in lacking.warnings[0]
    assert "run doctor" in away.notes[0]

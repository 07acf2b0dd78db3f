"""What is said of a MySQL server's accounts, beside what the server itself does with them."""

from dataclasses import replace
from pathlib import Path

import pymysql
import pytest

from offboarding.model import Account, AccountAction, Gap, Remedy, Standing, Subject, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources.mariadb_logins.remedy import REMEDIES
from offboarding.sources.mariadb_logins.server import MissingGrantError
from offboarding.wiring.forms import connection_types
from tests.contract.source_contract import of, refs
from tests.support.unpacked import MYSQL
from tests.systems.mariadb_logins.mariadb import PASSWORD, READER
from tests.systems.mariadb_logins.mysql import SYSTEM, MySql, mysql, mysql_running, page_grants

pytestmark = pytest.mark.databases

__all__ = ["mysql", "mysql_running"]  # fixtures

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN


def gets_in(server: MySql, login: str, password: str = "theirs") -> bool:  # noqa: S107 - of a server that lives for one test
    try:
        server.enter(login, password).close()
    except pymysql.MySQLError:
        return False
    return True


@pytest.mark.parametrize(
    ("made", "standing", "says", "enters"),
    [
        pytest.param("identified by 'theirs'", WORKS, "not locked, by caching_sha2_password", True, id="a password"),
        pytest.param("identified with sha256_password by 'theirs'", WORKS, "by sha256_password", True, id="an older"),
        pytest.param("identified by 'theirs' account lock", DEAD, "account_locked", False, id="locked"),
        pytest.param("identified with mysql_no_login", DEAD, "mysql_no_login", False, id="no login"),
        pytest.param("identified with auth_socket", UNKNOWN, "by auth_socket others", False, id="the system's word"),
        pytest.param(
            "identified by 'theirs' and identified with auth_socket",
            UNKNOWN,
            "by auth_socket beside caching_sha2_password others decide",
            False,
            id="a second factor",
        ),
    ],
)
def test_it_says_what_the_server_does(mysql: MySql, made: str, standing: Standing, says: str, enters: bool) -> None:
    mysql.do(f"create user alice@'%' {made}")

    told, reason = mysql.standing("'alice'@'%'")

    assert told is standing
    assert says in reason
    assert gets_in(mysql, "alice") is enters


def test_an_expired_password_still_sets_another(mysql: MySql) -> None:
    mysql.do("create user alice@'%' identified by 'theirs' password expire")

    told, _ = mysql.standing("'alice'@'%'")
    typed = ["--connect-expired-password", "-ualice", "-ptheirs", "-e", "alter user user() identified by 'new'"]
    MYSQL.run(["mysql", "-S", str(mysql.running.socket), *typed])

    assert told is WORKS
    assert gets_in(mysql, "alice", "new")


def test_an_account_whose_plugin_is_not_loaded_lets_nobody_in(mysql: MySql) -> None:
    """As those that an upgrade leaves: MySQL 9 has no mysql_native_password."""
    mysql.people("alice")
    mysql.do("update mysql.user set plugin = 'mysql_native_password' where user = 'alice'")
    mysql.do("flush privileges")

    assert mysql.standing("'alice'@'%'") == (DEAD, "mysql_native_password isn't loaded")
    assert not gets_in(mysql, "alice")


def test_an_old_password_that_was_kept_works_and_is_told(mysql: MySql) -> None:
    mysql.people("alice")
    mysql.do("alter user alice@'%' identified by 'new' retain current password")

    alice = mysql.accounts()["'alice'@'%'"]

    assert gets_in(mysql, "alice", "theirs")
    assert gets_in(mysql, "alice", "new")
    assert alice.standing_reason == "not locked, by caching_sha2_password, and by an old password that was kept"
    assert (alice.standing, alice.password_set_at) == (WORKS, None)
    mysql.do("alter user alice@'%' discard old password")
    again = mysql.accounts()["'alice'@'%'"]
    assert not gets_in(mysql, "alice", "theirs")
    assert "old" not in again.standing_reason
    assert again.password_set_at is not None


def test_a_lock_shuts_both_passwords(mysql: MySql) -> None:
    mysql.people("alice")
    mysql.do("alter user alice@'%' identified by 'new' retain current password")
    mysql.do("alter user alice@'%' account lock")

    assert mysql.standing("'alice'@'%'") == (DEAD, "account_locked")
    assert not gets_in(mysql, "alice", "theirs")
    assert not gets_in(mysql, "alice", "new")


def test_two_hosts_are_two_accounts_and_a_session_could_be_of_either(mysql: MySql) -> None:
    mysql.people("bob")
    mysql.do("create user bob@'10.%' identified by 'theirs' account lock")
    before = mysql.accounts()
    session = mysql.enter("bob")

    told = mysql.accounts()

    assert (before["'bob'@'%'"].standing, before["'bob'@'10.%'"].standing) == (WORKS, DEAD)
    assert (told["'bob'@'%'"].standing, told["'bob'@'10.%'"].standing) == (WORKS, UNKNOWN)
    session.close()


def test_a_locked_account_goes_on_until_its_session_has_ended(mysql: MySql) -> None:
    mysql.people("alice")
    session = mysql.enter("alice")
    mysql.do("alter user alice@'%' account lock")

    assert mysql.standing("'alice'@'%'") == (
        WORKS,
        "account_locked, but a session of it is still open, and goes on until it's ended",
    )
    session.close()


@pytest.mark.parametrize(
    ("grant", "by"),
    [
        ("grant select on *.* to alice@'%'", ""),
        ("grant all on shop.* to alice@'%'", ""),
        ("grant super on *.* to alice@'%'", "SUPER"),
        ("grant create user on *.* to alice@'%'", "CREATE USER"),
        ("grant select on *.* to alice@'%' with grant option", "GRANT OPTION"),
        ("grant role_admin on *.* to alice@'%'", "ROLE_ADMIN"),
        ("grant set_any_definer on *.* to alice@'%'", "SET_ANY_DEFINER"),
        ("grant system_variables_admin on *.* to alice@'%'", "SYSTEM_VARIABLES_ADMIN"),
        (
            "create role low; create role top; grant file on *.* to top; grant top to low; grant low to alice@'%'",
            "FILE",
        ),
        (
            "create role 'top'@'10.%'; grant file on *.* to top@'10.%'; set global mandatory_roles = 'x,`top`@`10.%`'",
            "FILE",
        ),
        ("create role top; grant file on *.* to top; set global mandatory_roles = 'top'", "FILE"),
        ("create role low; create role top; grant file on *.* to top; set global mandatory_roles = 'low'", ""),
    ],
)
def test_who_is_privileged_and_by_what(mysql: MySql, grant: str, by: str) -> None:
    mysql.people("alice")
    for statement in grant.split("; "):
        mysql.do(statement)

    alice = mysql.accounts()["'alice'@'%'"]

    assert (alice.privileged, alice.privileged_by) == (bool(by), by)


def test_a_role_is_an_account_that_lets_nobody_in(mysql: MySql) -> None:
    mysql.do("create role readers")

    assert mysql.standing("'readers'@'%'") == (DEAD, "account_locked")


HOSTILE = ("a'b", 'a"b', "a`b", "a\\b", "a\nb", "a\u202eb", "é" * 31, "%s", "a@b", "'; drop user bob; --")


def test_whatever_an_account_is_called_it_is_told(mysql: MySql) -> None:
    mysql.people(*HOSTILE)
    mysql.do("create user ''@'%' identified by 'theirs'")

    told = mysql.accounts()
    again = list(mysql.source().detail(refs(iter(told.values()))))

    assert {*HOSTILE, ""} <= {account.login for account in told.values()}
    assert len({account.native_id for account in told.values()}) == len(told)
    assert {account.login for account in of(Account, again)} == {account.login for account in told.values()}


@pytest.mark.parametrize("login", ["alice", "a'b\\"])
def test_what_a_ticket_says_is_typed(mysql: MySql, login: str, tmp_path: Path) -> None:
    (tmp_path / ".my.cnf").write_text("[client]\nuser=root\n")
    mysql.people(login)
    mysql.do("alter user %s@'%%' identified by 'new' retain current password", login)
    (account,) = (each for each in mysql.accounts().values() if each.login == login)
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=account.native_id, label=account.label, account_label="")
    action = AccountAction(remedy=Remedy.DISABLE, kind="mariadb_logins", account=account, subject=subject)
    steps = [step.partition("\n")[2] for step in REMEDIES[Remedy.DISABLE](action)]
    lock, sessions, discard, unlock = steps
    session = mysql.enter(login)

    MYSQL.run(["sh", "-c", lock], HOME=str(tmp_path))
    assert not gets_in(mysql, login)
    assert not gets_in(mysql, login, "new")
    assert str(session.thread_id()) in MYSQL.run(["sh", "-c", sessions], HOME=str(tmp_path))
    MYSQL.run(["sh", "-c", discard], HOME=str(tmp_path))
    MYSQL.run(["sh", "-c", unlock], HOME=str(tmp_path))
    assert gets_in(mysql, login, "new")
    assert not gets_in(mysql, login)

    session.close()
    traces = REMEDIES[Remedy.KEEP_TRACES](action)[0].partition("\n")[2]
    assert "GRANT USAGE ON *.*" in MYSQL.run(["sh", "-c", traces], HOME=str(tmp_path))


def test_where_no_old_password_is_kept_nothing_is_said_of_one(mysql: MySql) -> None:
    mysql.people("alice")
    account = mysql.accounts()["'alice'@'%'"]
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=account.native_id, label=account.label, account_label="")
    action = AccountAction(remedy=Remedy.DISABLE, kind="mariadb_logins", account=account, subject=subject)

    steps = REMEDIES[Remedy.DISABLE](action)

    assert len(steps) == 3
    assert "\nmysql " in steps[0]


@pytest.mark.parametrize("number", range(3))
def test_each_grant_of_the_page_is_needed(mysql: MySql, number: int) -> None:
    mysql.take(page_grants()[number].removeprefix("grant ").partition(" to ")[0])

    with pytest.raises(MissingGrantError, match=r"Grant what is missing: docs/permissions/mariadb\.md\.$"):
        list(mysql.source().collect())


def test_without_the_right_to_see_sessions_nothing_is_guessed(mysql: MySql) -> None:
    mysql.people("alice", "bob")
    mysql.do("alter user alice@'%' account lock")
    mysql.take("process on *.*")

    told = mysql.accounts()

    assert (told["'alice'@'%'"].standing, told["'bob'@'%'"].standing) == (UNKNOWN, WORKS)
    (gap,) = [gap for gap in of(Gap, mysql.source().collect()) if gap.red]
    assert f"grant process on *.* to the account that reads, {READER}@localhost" in gap.text


def test_the_reader_sees_no_hash_of_a_password_in_use(mysql: MySql) -> None:
    fields = mysql.connection
    with (
        pymysql.connect(unix_socket=fields.host, user=READER, password=PASSWORD.encode()) as reader,
        reader.cursor() as cursor,
        pytest.raises(pymysql.MySQLError, match="authentication_string"),
    ):
        cursor.execute("select authentication_string from mysql.user")


def test_a_certificate_is_verified(mysql: MySql) -> None:
    over_network = replace(mysql.connection, host="127.0.0.1", port=mysql.running.port)
    trusted = replace(over_network, extra={"ca_certs_file": str(mysql.running.authority)})

    with pytest.raises(FatalError, match=r"certificate verify failed.*Mend the certificate"):
        list(mysql.source(over_network).collect())
    assert list(mysql.source(trusted).collect())


def test_the_reader_is_the_checker_s_own(mysql: MySql) -> None:
    told = mysql.accounts()

    assert [account.login for account in told.values() if account.is_reader] == [READER]
    assert {account.login for account in told.values()} == set(SYSTEM)


def test_what_airflow_s_test_says(mysql: MySql) -> None:
    said = connection_types()["offboarding_mariadb_logins"].greet(mysql.connection)

    assert said.startswith("The login is taken. MySQL ")
    assert said.endswith("shows 5 accounts; others' sessions can be seen.")

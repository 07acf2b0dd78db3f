"""What is said of a MariaDB server's accounts, beside what the server itself does with them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest

from offboarding.interfaces import Chooser
from offboarding.model import Account, AccountAction, Gap, Remedy, Standing, Subject, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources import mariadb_logins
from offboarding.sources.mariadb_logins.remedy import REMEDIES
from offboarding.sources.mariadb_logins.server import looked_at
from offboarding.wiring.forms import connection_types
from tests.contract.source_contract import of, refs
from tests.support.unpacked import DATABASES
from tests.systems.mariadb_logins.mariadb import READER, MariaDb, mariadb, mariadb_running

pytestmark = pytest.mark.databases

__all__ = ["mariadb", "mariadb_running"]  # fixtures

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN


def gets_in(server: MariaDb, login: str) -> bool:
    try:
        server.enter(login).close()
    except pymysql.MySQLError:
        return False
    return True


def soon(seen: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not seen() and time.monotonic() < end:
        time.sleep(0.05)
    return seen()


@pytest.mark.parametrize(
    ("made", "standing", "says", "enters"),
    [
        pytest.param("identified by 'theirs'", WORKS, "by mysql_native_password", True, id="a password"),
        pytest.param("identified by 'theirs' password expire", WORKS, "not locked", True, id="an expired one"),
        pytest.param("identified by 'theirs' account lock", DEAD, "account_locked", False, id="locked"),
        pytest.param(
            "identified via mysql_native_password using 'invalid'", DEAD, "no password fits", False, id="none fits"
        ),
        pytest.param(
            "identified via mysql_native_password using 'invalid' or unix_socket",
            UNKNOWN,
            "by unix_socket others decide",
            False,
            id="the system's word beside it",
        ),
        pytest.param("identified via unix_socket", UNKNOWN, "by unix_socket others", False, id="the system's word"),
        pytest.param(
            "identified via unix_socket or mysql_native_password using password('theirs')",
            WORKS,
            "by mysql_native_password",
            True,
            id="a password beside it",
        ),
        pytest.param(
            "identified by 'theirs' with max_user_connections -1", DEAD, "MAX_USER_CONNECTIONS -1", False, id="shut out"
        ),
    ],
)
def test_it_says_what_the_server_does(mariadb: MariaDb, made: str, standing: Standing, says: str, enters: bool) -> None:
    mariadb.do(f"create user alice@'%' {made}")

    told, reason = mariadb.standing("'alice'@'%'")

    assert told is standing
    assert says in reason
    assert gets_in(mariadb, "alice") is enters


def test_who_administers_connections_is_shut_out_as_well(mariadb: MariaDb) -> None:
    mariadb.do("create user alice@'%' identified by 'theirs' with max_user_connections -1")
    mariadb.do("grant super, connection admin on *.* to alice@'%'")

    assert mariadb.standing("'alice'@'%'") == (DEAD, "MAX_USER_CONNECTIONS -1")
    assert not gets_in(mariadb, "alice")


def test_two_hosts_are_two_accounts(mariadb: MariaDb) -> None:
    mariadb.people("bob")
    mariadb.do("create user bob@'10.%' identified by 'theirs' account lock")

    told = mariadb.accounts()

    assert (told["'bob'@'%'"].standing, told["'bob'@'10.%'"].standing) == (WORKS, DEAD)
    assert {told[name].login for name in ("'bob'@'%'", "'bob'@'10.%'")} == {"bob"}


def test_a_locked_account_goes_on_until_its_session_has_ended(mariadb: MariaDb) -> None:
    mariadb.people("alice")
    session = mariadb.enter("alice")
    mariadb.do("alter user alice@'%' account lock")

    assert mariadb.standing("'alice'@'%'") == (
        WORKS,
        "account_locked, but a session of it is still open, and goes on until it's ended",
    )

    session.close()
    assert soon(lambda: mariadb.standing("'alice'@'%'") == (DEAD, "account_locked"))


def test_sessions_of_names_that_differ_in_case_alone_are_each_one_s(mariadb: MariaDb) -> None:
    mariadb.people("bob", "Bob")
    sessions = [mariadb.enter("bob"), mariadb.enter("Bob")]
    mariadb.do("alter user bob@'%' account lock")
    mariadb.do("alter user Bob@'%' account lock")

    told = mariadb.accounts()

    assert (told["'bob'@'%'"].standing, told["'Bob'@'%'"].standing) == (WORKS, WORKS)
    for session in sessions:
        session.close()


def test_who_gets_in_before_the_lock_is_never_told_as_out(mariadb: MariaDb) -> None:
    """Between the last two questions she gets in, and is locked."""
    mariadb.people("alice")
    asked: list[int] = []
    sessions: list[object] = []

    def between() -> None:
        asked.append(len(asked))
        if len(asked) == 3:
            sessions.append(mariadb.enter("alice"))
            mariadb.do("alter user alice@'%' account lock")

    with looked_at(mariadb.connection, "here", 60, between) as server:
        (alice,) = (each for each in server.accounts() if each.user == "alice")

    assert len(sessions) == 1
    assert alice.in_session or not alice.locked


def test_a_day_that_is_none_costs_itself(mariadb: MariaDb) -> None:
    mariadb.people("alice")
    mariadb.do(
        "update mysql.global_priv set priv = json_set(priv, '$.password_last_changed', 99999999999999)"
        " where user = 'alice'"
    )

    alice = mariadb.accounts()["'alice'@'%'"]

    assert (alice.standing, alice.password_set_at) == (WORKS, None)


def test_whose_of_two_accounts_a_session_is_cannot_be_told(mariadb: MariaDb) -> None:
    mariadb.people("bob")
    mariadb.do("create user bob@'10.%' identified by 'theirs' account lock")
    session = mariadb.enter("bob")

    told = mariadb.accounts()

    assert (told["'bob'@'%'"].standing, told["'bob'@'10.%'"].standing) == (WORKS, UNKNOWN)
    assert told["'bob'@'10.%'"].standing_reason == (
        "account_locked; whether a session of it is still open can't be told"
    )
    session.close()
    assert soon(lambda: mariadb.standing("'bob'@'10.%'")[0] is DEAD)


def test_without_the_right_to_see_sessions_nothing_is_guessed(mariadb: MariaDb) -> None:
    mariadb.people("alice", "bob")
    mariadb.do("alter user alice@'%' account lock")
    mariadb.take("process on *.*")

    facts = list(mariadb.source().collect())

    told = {account.login: account.standing for account in of(Account, facts)}
    assert (told["alice"], told["bob"]) == (UNKNOWN, WORKS)
    (gap,) = [fact for fact in of(Gap, facts) if fact.red]
    assert f"grant process on *.* to the account that reads, {READER}@localhost" in gap.text


@pytest.mark.parametrize(
    ("grant", "by"),
    [
        ("grant select on *.* to alice@'%'", ""),
        ("grant all on shop.* to alice@'%'", ""),
        ("grant super on *.* to alice@'%'", "SUPER"),
        ("grant create user on *.* to alice@'%'", "CREATE USER"),
        ("grant file on *.* to alice@'%'", "FILE"),
        (
            "create role low; create role top; grant super on *.* to top; grant top to low; grant low to alice@'%'",
            "SUPER",
        ),
    ],
)
def test_who_is_privileged_and_by_what(mariadb: MariaDb, grant: str, by: str) -> None:
    mariadb.people("alice")
    for statement in grant.split("; "):
        mariadb.do(statement)

    told = mariadb.accounts()

    assert (told["'alice'@'%'"].privileged, told["'alice'@'%'"].privileged_by) == (bool(by), by)
    assert not {"low", "top"} & {account.login for account in told.values()}


HOSTILE = ("a'b", 'a"b', "a`b", "a\\b", "a\nb", "a\u202eb", "é" * 31, "%s", "a@b", "'; drop user bob; --")


def test_whatever_an_account_is_called_it_is_told(mariadb: MariaDb) -> None:
    mariadb.people(*HOSTILE)
    mariadb.do("create user ''@'%' identified by 'theirs'")

    told = mariadb.accounts()
    again = list(mariadb.source().detail(refs(iter(told.values()))))

    assert {*HOSTILE, ""} <= {account.login for account in told.values()}
    assert len({account.native_id for account in told.values()}) == len(told)
    assert {account.login for account in of(Account, again)} == {account.login for account in told.values()}


@pytest.mark.parametrize("login", ["alice", "a'b\\"])
def test_what_a_ticket_says_is_typed(mariadb: MariaDb, login: str, tmp_path: Path) -> None:
    (tmp_path / ".my.cnf").write_text(f"[client]\nssl-ca={mariadb.running.authority}\n")
    mariadb.people(login)
    (account,) = (each for each in mariadb.accounts().values() if each.login == login)
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=account.native_id, label=account.label, account_label="")
    action = AccountAction(remedy=Remedy.DISABLE, kind="mariadb_logins", account=account, subject=subject)
    lock, sessions, unlock = (step.partition("\n")[2] for step in REMEDIES[Remedy.DISABLE](action))
    session = mariadb.enter(login)

    DATABASES.run(["sh", "-c", lock], HOME=str(tmp_path))
    assert not gets_in(mariadb, login)
    assert str(session.thread_id()) in DATABASES.run(["sh", "-c", sessions], HOME=str(tmp_path))
    DATABASES.run(["sh", "-c", unlock], HOME=str(tmp_path))
    assert gets_in(mariadb, login)

    session.close()
    traces = REMEDIES[Remedy.KEEP_TRACES](action)[0].partition("\n")[2]
    assert "GRANT USAGE ON *.*" in DATABASES.run(["sh", "-c", traces], HOME=str(tmp_path))


def test_a_certificate_that_nobody_vouches_for_is_refused(mariadb: MariaDb) -> None:
    over_network = replace(mariadb.connection, host="127.0.0.1", port=mariadb.running.port)

    with pytest.raises(FatalError, match=r"certificate verify failed.*Mend the certificate"):
        list(mariadb.source(over_network).collect())


def test_a_certificate_of_an_authority_that_is_named_is_taken(mariadb: MariaDb) -> None:
    extra = {"ca_certs_file": str(mariadb.running.authority)}
    over_network = replace(mariadb.connection, host="127.0.0.1", port=mariadb.running.port, extra=extra)

    facts = list(mariadb.source(over_network).collect())

    assert READER in {account.login for account in of(Account, facts)}
    assert not [gap for gap in of(Gap, facts) if "TLS" in gap.text]


def test_the_reader_is_the_checker_s_own(mariadb: MariaDb) -> None:
    assert [account.login for account in mariadb.accounts().values() if account.is_reader] == [READER]


def test_what_airflow_s_test_says(mariadb: MariaDb) -> None:
    said = connection_types()["offboarding_mariadb_logins"].greet(mariadb.connection)

    assert said.startswith("The login is taken. ")
    assert "MariaDB" in said
    assert said.endswith("shows 3 accounts; others' sessions can be seen.")


class Agreeing(Chooser):
    """A person who takes what is proposed."""

    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        del key, question, options
        assert more["proposed"]
        return more["proposed"]


def test_a_first_configuration_names_the_server_and_the_right_that_is_missing(mariadb: MariaDb) -> None:
    over_network = replace(mariadb.connection, host="db1.corp.example", port=1)
    good = mariadb_logins.propose("shop_db", mariadb.connection, Agreeing())
    away = mariadb_logins.propose("shop_db", over_network, Agreeing())
    mariadb.take("process on *.*")
    unseen = mariadb_logins.propose("shop_db", mariadb.connection, Agreeing())
    mariadb.take(mariadb.accounts_right)
    lacking = mariadb_logins.propose("shop_db", mariadb.connection, Agreeing())

    given = {"name": "shop-db", "kind": "mariadb_logins", "connection": "shop_db"}
    for proposal in (good, away, unseen, lacking):
        assert mariadb_logins.Settings.model_validate(given | dict(proposal.settings)).cluster
    assert (good.warnings, "MariaDB" in good.notes[0]) == ((), True)
    assert (away.settings["cluster"], "run doctor" in away.notes[0]) == ("db1.corp.example", True)
    assert "grant process on *.*" in unseen.warnings[0]
    assert "`global_priv`. Grant what is missing" in lacking.warnings[0]

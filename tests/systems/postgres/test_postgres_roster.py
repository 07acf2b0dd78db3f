import socket
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from offboarding.interfaces import ConnectionFields, ReadContext, Roster
from offboarding.model import Coverage
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.postgres import SessionTerms, session
from offboarding.rosters import postgres
from offboarding.store.connect import Session
from tests.contract.roster_contract import Publish, RosterContract, Streams, failure_of, row
from tests.support.feed import Feed
from tests.systems.postgres.conftest import Build
from tests.systems.postgres.hr_database import PASSWORD, HrDatabase

NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


class TestContract(Streams, RosterContract):
    """A query does what every roster must."""


def _failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, PASSWORD)


def test_nobody_leaves_by_one_row_whose_other_cannot_be_read(publish: Publish, store: Session) -> None:
    roster = publish(
        [
            row("1", status="left", start="2015-01-01", end="2026-01-31"),
            row("1", status="actve", start="2026-02-01"),
            row("2", status="left", start="2015-01-01", end="2026-01-31"),
        ]
    )
    feed = Feed(session=store)
    feed.read(10, *roster.read(), left_out=roster.left_out)

    assert feed.left() == {"2": "actual"}


# --- what a query may give --------------------------------------------------------------------------------------------


def test_without_columns_the_query_bears_our_names(build: Build) -> None:
    roster = build("SELECT 1042 AS worker_id, 'active' AS status, 'mjkim' AS \"login:corp-ldap\"")
    (worker,) = roster.read()
    assert worker.worker_id == "1042"
    assert [(login.value, login.source) for login in worker.logins] == [("mjkim", "corp-ldap")]
    assert worker.record == "hr_db row 1, worker 1042"


def test_with_columns_what_they_do_not_map_is_found_by_our_name_or_not_read(build: Build) -> None:
    roster = build(
        "SELECT 1 AS nr, 'active' AS status, 'x' AS mail, 'Kim' AS name, ARRAY['a'] AS other",
        columns={"worker_id": "nr", "former_mail": "mail"},
    )
    (worker,) = roster.read()
    assert worker.worker_id == "1"
    assert worker.name == "Kim"
    assert worker.former_mails == ("x",)
    assert worker.mail == "", "a column that columns maps is what they say"


@pytest.mark.parametrize(
    ("value", "day"),
    (
        ("date '2026-11-13'", date(2026, 11, 13)),
        ("timestamp '2026-11-13 23:59:59.5'", date(2026, 11, 13)),
        ("timestamptz '2026-11-13 00:00:00+09'", date(2026, 11, 13)),
        ("timestamptz '2026-11-13 20:00:00.25+00'", date(2026, 11, 14)),
        ("'13.11.2026'::text", date(2026, 11, 13)),
        ("'13.11.2026'::char(14)", date(2026, 11, 13)),
        ("NULL::date", None),
        ("date 'infinity'", None),
        ("timestamptz 'infinity'", None),
        ("date '9999-12-31'", None),
        ("timestamptz '9999-12-31 20:00:00+00'", None),
    ),
)
def test_days_of_every_type(build: Build, value: str, day: date | None) -> None:
    roster = build(f"SELECT 'a' AS worker_id, 'left' AS status, {value} AS last_working_day", date_format="%d.%m.%Y")
    (worker,) = roster.read()
    assert worker.employments[0].last_working_on == day


def test_a_moment_is_a_day_in_the_workers_own_zone(build: Build) -> None:
    roster = build(
        "SELECT 'a' AS worker_id, 'left' AS status, 'Seattle' AS location, timestamptz '2026-11-14 02:00+00' AS end",
        zones={"Seattle": "America/Los_Angeles"},
    )
    (worker,) = roster.read()
    assert worker.employments[0].end_on == date(2026, 11, 13)


@pytest.mark.parametrize("value", ("date '0044-03-15 BC'", "date '12026-01-01'", "timestamptz '0001-01-01 00:00+00'"))
def test_a_day_outside_the_calendar_costs_its_row_alone(build: Build, value: str) -> None:
    zones = {"Seattle": "America/Los_Angeles"}
    roster = build(
        f"SELECT 'a' AS worker_id, 'left' AS status, 'Seattle' AS location, {value} AS end "
        "UNION ALL SELECT 'b', 'left', '', NULL",
        zones=zones,
    )
    assert [worker.worker_id for worker in roster.read()] == ["b"]
    assert [problem.record for problem in roster.left_out.problems] == ['hr_db row 1, worker a, column "end"']


def test_a_problem_names_row_worker_and_column(publish: Publish) -> None:
    roster = publish([row("1"), row("2", status="left", end="2026-02-31")])
    list(roster.read())
    assert [str(problem) for problem in roster.left_out.problems] == [
        (
            'hr_db row 2, worker 2, column "end": "2026-02-31" is no date (format %Y-%m-%d). '
            "The row is left out, and what was known of this worker stands. Mend the row, or set date_format of "
            "roster hr."
        )
    ]


def test_a_read_to_its_end_is_proved(publish: Publish) -> None:
    roster = publish([row("1")])
    list(roster.read())
    assert roster.summary is not None
    assert roster.summary.origin == "query over hr_db"
    assert roster.summary.proved
    assert roster.summary.dated_at is None


@pytest.mark.parametrize(
    ("query", "text"),
    (
        (
            "SELECT 1 AS worker_id, 'left' AS status, now() AS last_workng_day",
            "last_workng_day is no column we know. Did you mean last_working_day?",
        ),
        ("SELECT 'left' AS status", "worker_id is missing: say which column holds HR's number"),
        ("SELECT 1 AS worker_id", "status is missing: a roster of coverage full tells by it who left"),
        ("SELECT 1 AS worker_id, 'left' AS status, 'x' AS status", 'the column "status" for status stands 2 times'),
        (
            "SELECT 1 AS worker_id, 'left' AS status, ARRAY['2'] AS previous_worker_ids",
            'the column "previous_worker_ids" is an array',
        ),
    ),
)
def test_columns_that_do_not_fit_cost_the_read(build: Build, query: str, text: str) -> None:
    error = _failure(build(query))
    assert isinstance(error, IncompleteReadError)
    assert str(error).startswith(f"rosters.hr: query over hr_db: {text}")


def test_an_array_is_told_how_to_be_written(build: Build) -> None:
    error = _failure(build("SELECT 1 AS worker_id, 'left' AS status, ARRAY['2'] AS previous_worker_ids"))
    assert str(error).endswith("Write array_to_string(previous_worker_ids, ';') in the query.")


# --- the server -------------------------------------------------------------------------------------------------------


def test_a_server_that_does_not_answer_may_be_tried_again(build: Build, hr_database: HrDatabase) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = replace(hr_database.connection, host="127.0.0.1", port=closed.getsockname()[1])
        error = _failure(build("SELECT 1", connection=away))
    assert isinstance(error, RetriableError)
    assert "Connection refused" in str(error)
    assert str(error).endswith("See whether the server runs and can be reached from here.")


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"password": "wrong " + PASSWORD}, "password authentication failed"),
        ({"password": ""}, "no password supplied"),
        ({"login": "nobody_here"}, "authentication failed"),
        ({"schema": "nowhere"}, 'database "nowhere" does not exist'),
        ({"extra": {"sslmode": "verify-ful"}}, 'invalid sslmode value: "verify-ful"'),
    ),
)
def test_a_server_that_refuses_us_is_fatal(
    build: Build, hr_database: HrDatabase, change: dict[str, Any], said: str
) -> None:
    error = _failure(build("SELECT 1", connection=replace(hr_database.connection, **change)))
    assert isinstance(error, FatalError)
    assert str(error).startswith("rosters.hr: hr_db: ")
    assert said in str(error)
    assert "Mend the connection" in str(error)


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"host": ""}, "rosters.hr: connection hr_db has no host. "),
        ({"extra": {"sslmod": "require"}}, "which is no parameter we pass on. Did you mean sslmode?"),
    ),
)
def test_a_connection_that_can_not_be_meant_is_refused(
    build: Build, hr_database: HrDatabase, change: dict[str, Any], said: str
) -> None:
    error = _failure(build("SELECT 1", connection=replace(hr_database.connection, **change)))
    assert isinstance(error, ConfigError)
    assert said in str(error)


def test_a_connection_that_nobody_made_is_refused() -> None:
    settings = postgres.Settings.model_validate(
        {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "full", "query": "SELECT 1"}
    )
    context = ReadContext(as_of=NIGHT, default_zone="Asia/Seoul")
    with pytest.raises(ConfigError, match=r"^rosters\.hr: there is no connection hr_db\."):
        postgres.build(settings, None, context)


def test_building_asks_nobody() -> None:
    settings = postgres.Settings.model_validate(
        {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "full", "query": "SELECT 1"}
    )
    nowhere = ConnectionFields(conn_id="hr_db", host="nowhere.invalid")
    roster = postgres.build(settings, nowhere, ReadContext(as_of=NIGHT, default_zone="Asia/Seoul"))
    assert list(roster.problems) == []


@pytest.mark.parametrize(
    "query",
    (
        "UPDATE worker SET status = 'left' RETURNING worker_id, status",
        "WITH gone AS (DELETE FROM worker RETURNING *) SELECT * FROM gone",
        "SELECT worker_id, status FROM worker; COMMIT; DELETE FROM worker",
        "SELECT worker_id, status FROM worker WHERE nextval('worker_position_seq') > 0",
    ),
)
def test_nothing_can_be_written(build: Build, publish: Publish, hr_database: HrDatabase, query: str) -> None:
    publish([row("1")])
    hr_database.owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
    hr_database.owner.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")
    error = _failure(build(query))
    assert type(error) is FatalError
    assert hr_database.owner.execute("SELECT count(*), min(status) FROM worker").fetchone() == (1, "active")


@pytest.mark.parametrize(
    ("query", "kind", "said"),
    (
        ("SELEC 1", FatalError, 'syntax error at or near "SELEC" (SQLSTATE 42601). Mend query of the roster.'),
        ("SELECT nr FROM worker", FatalError, 'column "nr" does not exist (SQLSTATE 42703). Mend query of the roster.'),
        ("SELECT * FROM nobody", FatalError, 'relation "nobody" does not exist (SQLSTATE 42P01). Mend query'),
        ("SELECT * FROM secret", FatalError, "permission denied for table secret. Grant the connection's user select"),
        (
            "SELECT pg_sleep(9) AS worker_id, 'left' AS status",
            RetriableError,
            "canceling statement due to statement timeout. Raise statement_timeout",
        ),
        (
            "SELECT 1 / (3 - n) AS worker_id, 'left' AS status FROM generate_series(1, 5) n",
            IncompleteReadError,
            "division by zero. Nothing was concluded from this read; what is known stands, marked stale. Mend the data",
        ),
    ),
)
def test_what_the_server_says_is_told_with_what_to_do(
    build: Build, publish: Publish, hr_database: HrDatabase, query: str, kind: type[OffboardingError], said: str
) -> None:
    publish([row("1")])
    hr_database.owner.execute("CREATE TABLE secret ()")
    error = _failure(build(query, statement_timeout=0.3))
    assert type(error) is kind
    assert str(error).startswith(f"rosters.hr: hr_db: {said}")


def test_a_server_that_breaks_off_concludes_nothing(publish: Publish, hr_database: HrDatabase) -> None:
    roster = publish([row(str(number)) for number in range(5000)])
    workers = roster.read()
    next(workers)
    hr_database.owner.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'offboarding'"
    )
    with pytest.raises(RetriableError, match=r"^rosters\.hr: hr_db: "):
        list(workers)
    assert roster.summary is None


def test_no_session_is_left_behind(publish: Publish, hr_database: HrDatabase) -> None:
    roster = publish([row(str(number)) for number in range(5000)])
    list(roster.read())
    given_up = roster.read()
    next(given_up)
    assert isinstance(given_up, Generator)
    given_up.close()
    left = hr_database.owner.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'offboarding' AND state <> 'idle'"
    ).fetchone()
    assert left == (0,)


def test_bytes_that_are_no_text_cost_their_value(build: Build, legacy: ConnectionFields) -> None:
    roster = build(
        r"SELECT '1' AS worker_id, 'active' AS status, E'\xb1\xe8' AS name, 'kim@corp.example' AS mail,"
        " 'a' AS \"login:앱\""
        r" UNION ALL SELECT '2', E'\xb1\xe8', '이', '', '' UNION ALL SELECT '3', 'active', '박', '', ''",
        connection=legacy,
    )
    assert [(each.worker_id, each.name, each.mail) for each in roster.read()] == [
        ("1", "", "kim@corp.example"),
        ("3", "박", ""),
    ]
    assert (list(roster.problems), list(roster.left_out.workers), list(roster.left_out.records)) == ([], ["1"], ["2"])
    assert [f"{each.record}: {each.text}" for each in roster.left_out.problems] == [
        'hr_db row 2, worker 2, column "status": the value is not utf-8',
        'hr_db row 1, worker 1, column "name": the value is not utf-8',
    ]


def test_a_number_that_is_no_text_costs_the_read(build: Build, legacy: ConnectionFields) -> None:
    error = _failure(build(r"SELECT E'\xb1\xe8' AS worker_id, 'left' AS status", connection=legacy))
    assert isinstance(error, IncompleteReadError)
    assert "none of 1 rows can be read" in str(error)
    assert "the value is not utf-8" in str(error)


@pytest.fixture
def legacy(hr_database: HrDatabase) -> Iterator[ConnectionFields]:
    """A database that knows of no encoding."""
    owner = hr_database.owner
    owner.execute("CREATE DATABASE legacy TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'")
    yield replace(hr_database.connection, schema="legacy")
    owner.execute("DROP DATABASE legacy WITH (FORCE)")


def test_what_is_read_in_the_clear_is_loud(
    build: Build, hr_database: HrDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT 1 AS worker_id, 'left' AS status"
    with capture_logs() as quiet:
        list(build(query).read())
    monkeypatch.setattr("offboarding.net.postgres.is_local", lambda _: False)
    with capture_logs() as loud:
        list(build(query).read())
    assert quiet == []
    assert [(line["log_level"], line["roster"]) for line in loud] == [("warning", "hr")]


def test_locations_without_a_zone_are_counted(publish: Publish) -> None:
    roster = publish([row("1", location="Atlantis"), row("2", location="Seoul"), row("3", location="")])
    with capture_logs() as logs:
        list(roster.read())
    assert [(line["event"], line["roster"], line["rows"]) for line in logs] == [
        ("locations without a time zone", "hr", 1)
    ]


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_defaults() -> None:
    settings = postgres.Settings.model_validate(
        {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "leavers", "query": "SELECT 1"}
    )
    assert settings.columns == {}
    assert settings.statement_timeout == timedelta(minutes=10)
    assert settings.coverage is Coverage.LEAVERS


@pytest.mark.parametrize("lacking", ("connection", "query"))
def test_what_is_needed(lacking: str) -> None:
    given = {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "full", "query": "SELECT 1"}
    del given[lacking]
    with pytest.raises(ValidationError) as caught:
        postgres.Settings.model_validate(given)
    assert [(mistake["loc"], mistake["type"]) for mistake in caught.value.errors()] == [((lacking,), "missing")]


# --- what a table as a whole can't be ---------------------------------------------------------------------------------


def _workers(**cells: str) -> list[dict[str, str]]:
    return [row(str(number)) | {"mail": f"w{number}@corp.example", "name": "Kim"} | cells for number in range(1, 7)]


def test_swapped_columns_cost_the_read(publish: Publish) -> None:
    text = str(_failure(publish(_workers(mail="Kim", name="kim@corp.example"))))
    assert (
        'the column "name" for name holds mail addresses in 6 of 6 rows looked at: columns are swapped. Nothing was'
        in text
    )
    assert text.startswith("rosters.hr: query over hr_db: ")


def test_rows_of_which_none_can_be_read_cost_the_read(publish: Publish) -> None:
    text = str(_failure(publish(_workers(status="gone"))))
    assert "none of 6 rows can be read; the first: hr_db row 1, worker 1, column " in text
    assert "the value is no status we know. Nothing was concluded" in text


def test_another_companys_mails_cost_the_read(publish: Publish) -> None:
    text = str(_failure(publish(_workers(), mail_domains=["ours.example"])))
    assert "none of 6 mail addresses is at ours.example: the feed is another company's. Nothing was" in text


def test_what_a_server_says_as_a_session_breaks_is_logged_by_no_driver(
    hr_database: HrDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    terms = SessionTerms(where="x", timeout=timedelta(seconds=9), if_slow="", if_refused="", if_wrong="")

    def broken() -> None:
        with session(hr_database.connection, terms) as opened:
            hr_database.owner.execute("select pg_terminate_backend(%s, 5000)", (opened.info.backend_pid,))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()

    assert [record.name for record in caplog.records if record.name.startswith("psycopg")] == []

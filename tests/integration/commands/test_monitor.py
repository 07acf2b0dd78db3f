"""runs --newest-within: silence must not read as clean."""

import json
from datetime import timedelta

import pytest

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type, connected, reported_night
from tests.support import filled


@pytest.fixture
def watching(typed: Type, store_parameters: dict[str, str | int], monkeypatch: pytest.MonkeyPatch) -> Type:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    return typed


def test_a_night_that_ended_lately_is_no_alarm(watching: Type, night: Session) -> None:
    assert watching("runs", "--newest-within", "26h").code == 0


def test_a_red_one_is_none_either_since_it_is_told_otherwise(watching: Type, night: Session) -> None:
    night.execute("update run set status = 'red'")

    assert watching("runs", "--newest-within", "26h").code == 0


def test_one_that_is_longer_ago_is(watching: Type, night: Session) -> None:
    night.execute("update run set finished_at = now() - interval '27 hours'")

    done = watching("runs", "--newest-within", "26h")

    assert done.code == 1
    assert "No night has ended for 27 hours, since run 1" in done.err
    assert watching("runs", "--newest-within", "2d").code == 0


def test_one_that_ended_later_than_now_is(watching: Type, night: Session) -> None:
    """A clock that was set back would read as clean until it comes there again."""
    night.execute("update run set finished_at = now() + interval '2 days'")

    done = watching("runs", "--newest-within", "26h")

    assert done.code == 1
    assert "which hasn't come: a clock was set back" in done.err


def test_one_that_was_withdrawn_is_no_night(watching: Type, store: Session) -> None:
    run_id = reported_night(store)

    done = watching("runs", "withdraw", str(run_id), "--reason", "as_of was a day late", "--author", "lee")

    assert (done.code, f"Run {run_id} " in done.out) == (0, True), done.err
    assert "none: the next one is the first" in done.out
    assert watching("runs", "--newest-within", "26h").err == "No night has ever run to its end.\n"
    assert "withdrawn" in watching("runs").out
    assert watching("runs", "withdraw", "99", "--reason", "r", "--author", "lee").code == 1


def test_none_at_all_is(watching: Type) -> None:
    done = watching("runs", "--newest-within", "26h")

    assert (done.code, done.err) == (1, "No night has ever run to its end.\n")


def test_one_that_began_and_never_ended_is(watching: Type, store: Session) -> None:
    filled.spend_night(store)

    assert watching("runs", "--newest-within", "26h").code == 1


def test_neither_a_release_nor_a_departures_check_is_a_night(watching: Type, night: Session) -> None:
    night.execute("update run set kind = 'release'")

    assert watching("runs", "--newest-within", "26h").code == 1


def test_programs_get_the_run(watching: Type, night: Session) -> None:
    reported_night(night, caller="the next", later=timedelta(days=1))

    done = watching("runs", "--newest-within", "26h", "--format", "jsonl")

    assert [line["run_id"] for line in done.lines] == [2]


def test_a_store_that_cannot_be_reached_is_an_alarm_too(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "login": "offboarding"}
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", json.dumps(nowhere))

    assert typed("runs", "--newest-within", "26h").code == 3


@pytest.mark.parametrize("word", ["26", "h", "-1h", "0h", "soon"])
def test_what_is_no_time_is_no_command(watching: Type, word: str) -> None:
    done = watching("runs", f"--newest-within={word}")

    assert done.code == 2
    assert "26h, 2d or 90m" in done.err

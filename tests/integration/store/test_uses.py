"""When accounts were last used: what a first read tells waits until correlation knows whose they are."""

import itertools
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest import mock

from offboarding.config.settings import Settings
from offboarding.model import Account
from offboarding.runs import pipeline
from offboarding.store.connect import Session, opened
from offboarding.store.correlation import linking
from offboarding.store.purge import purge
from offboarding.store.rows import Run
from tests.support import oracle
from tests.support.night import read_rosters, read_sources, rows_of, settings_of, spend_night
from tests.support.small_company import LEAVER, NIGHT, STAFF, account, company, hr, ldap, number

USED = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
DAY = USED.replace(hour=0, minute=0)
KEPT = "select native_id, keep_use, last_used_at from account_use join account using (account_pk) order by 1"
ACCOUNTS = (account("gone", number("1042")), account("here", number("1043")), account("job"))
WAITING = "select from pg_locks where not granted and relation = 'account'::regclass"
runs = itertools.count()


def used(*accounts: Account) -> list[Account]:
    return [replace(each, last_used_at=USED) for each in accounts]


def told(*sources: oracle.SourceRead, day: int = 0) -> oracle.Company:
    return replace(company(hr(LEAVER, STAFF), *sources), as_of=NIGHT + timedelta(days=day))


def night(session: Session, *sources: oracle.SourceRead, day: int = 0) -> None:
    spend_night(session, told(*sources, day=day), caller=f"uses {next(runs)}")


def begun(session: Session, source: oracle.SourceRead) -> tuple[Settings, Run]:
    settings = settings_of(told(source))
    return settings, pipeline.open_run(session, settings, caller=f"uses {next(runs)}", as_of=NIGHT)


def read(session: Session, source: oracle.SourceRead) -> None:
    """Read it, and no more."""
    read_sources(session, *begun(session, source), (source,))


def read_beside(parameters: Mapping[str, str | int], source: oracle.SourceRead) -> None:
    with opened(parameters) as session:
        read(session, source)


def test_a_first_night_keeps_of_what_was_told_only_what_is_needed(store: Session) -> None:
    night(store, ldap(*used(*ACCOUNTS), account("never used")))

    assert rows_of(store, KEPT) == [("gone", "exact", DAY), ("job", "day", DAY), ("never used", "day", None)]
    assert not rows_of(store, "select from use_told")


def test_until_then_it_lies_by_the_day_too(store: Session) -> None:
    read(store, ldap(*used(*ACCOUNTS), account("never used")))

    assert rows_of(store, "select days from use_told") == [([DAY.date()] * 3 + [None],)]
    assert not rows_of(store, KEPT)


def test_a_day_is_one_in_utc(store: Session) -> None:
    late = USED.astimezone(timezone(timedelta(hours=9)))
    assert late.date() > USED.date()

    night(store, ldap(replace(account("job"), last_used_at=late)))

    assert rows_of(store, KEPT) == [("job", "day", DAY)]


def test_of_a_system_that_is_no_longer_looked_at_the_day_stays(store: Session) -> None:
    read(store, ldap(*used(replace(account("old"), realm="d2")), name="old"))

    night(store, ldap(*used(*ACCOUNTS)))

    assert ("old", "day", DAY) in rows_of(store, KEPT)
    assert not rows_of(store, "select from use_told")


def test_what_is_told_while_a_correlation_runs_waits_for_the_next(
    store: Session, store_parameters: Mapping[str, str | int]
) -> None:
    new = ldap(*used(replace(account("new"), realm="d2")), name="new")
    night(store, ldap(*ACCOUNTS), new)
    store.execute("delete from account where realm = 'd2'")
    find = linking.find_focus

    def meanwhile(*given: Any, everything: bool) -> bool:
        found = find(*given, everything=everything)
        with opened(store_parameters) as other:
            read(other, new)
        return found

    with mock.patch.object(linking, "find_focus", meanwhile):
        night(store, ldap(*ACCOUNTS), day=1)
    assert len(rows_of(store, "select from use_told")) == 1

    night(store, ldap(*ACCOUNTS), new, day=2)
    assert ("new", "day", DAY) in rows_of(store, KEPT)


def test_a_second_read_during_the_first_correlation_waits_for_it(
    store: Session, store_parameters: Mapping[str, str | int]
) -> None:
    source = ldap(*used(*ACCOUNTS))
    read(store, source)
    begin = linking.focus.begin
    reading = threading.Thread(target=read_beside, args=(store_parameters, source))

    def meanwhile(session: Session) -> None:
        begin(session)
        reading.start()
        while not rows_of(session, WAITING):
            time.sleep(0.01)

    settings, run = begun(store, source)
    read_rosters(store, settings, run, told().rosters)
    with mock.patch.object(linking.focus, "begin", meanwhile):
        pipeline.correlate(store, settings, run)
    reading.join()

    assert rows_of(store, KEPT) == [("gone", "exact", USED), ("job", "day", DAY)]


def test_what_waits_of_long_ago_is_forgotten_with_everything_else(store: Session) -> None:
    read(store, ldap(*used(*ACCOUNTS)))

    purge(store, datetime.now(UTC) + timedelta(days=1), keep=False)

    assert not rows_of(store, "select from use_told")

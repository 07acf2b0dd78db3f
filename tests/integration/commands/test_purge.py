"""purge, over a store after a night on a real PostgreSQL."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg import sql

from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from offboarding.store.purge import Purged, purge
from tests.integration.commands.conftest import Type, connected
from tests.support import filled
from tests.unit.test_config import GOOD

NOTICES, WORDS = "reasons of notices", "reasons of words on departures"
LONG_AFTER = filled.AS_OF + timedelta(days=500)
PERSONAL = ("Jordan Doe", "Sam Poe", "jdoe@corp.example", "spoe@corp.example")


def forget_feed(store: Session) -> None:
    """HR no longer lists those who left."""
    store.execute("update worker set missing_since = now() where worker_id in ('E1042', 'E1043') and roster = 'hr'")


def close_everything(store: Session, at: datetime = filled.AS_OF) -> None:
    store.execute("update finding set state = 'resolved', resolved_at = %s, resolution = 'seen gone'", (at,))


def remove_accounts(store: Session, at: datetime = filled.AS_OF) -> None:
    store.execute("update account set gone_at = %s", (at,))
    store.execute("update link set valid_to = %s where valid_to is null", (at,))


def dump(store: Session) -> str:
    """Every row of every table, as text."""
    tables = store.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace order by 1"
    ).fetchall()
    return "\n".join(
        str(row)
        for (table,) in tables
        for row in store.execute(sql.SQL("select * from {}").format(sql.Identifier(str(table)))).fetchall()
    )


def personal_in(store: Session) -> list[str]:
    text = dump(store)
    return [word for word in PERSONAL if word in text]


def done(store: Session, *, keep: bool = False, at: datetime = LONG_AFTER) -> Purged:
    return purge(store, at - timedelta(days=400), keep=keep)


def test_a_leaver_of_whom_nothing_is_left_is_forgotten(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)
    night.execute("update finding set location = 'Pier 3', owners = '{spoe@corp.example}' where person_uid is not null")
    said = "select from finding where made_of <> '{}' and person_uid is not null"
    assert night.execute(said).fetchall() != []

    purged = done(night)

    assert purged.reasons.persons == 2
    assert personal_in(night) == []
    assert "Pier 3" not in dump(night)
    assert night.execute(said).fetchall() == []
    assert "klee@corp.example" in dump(night), "who works here stays"


def test_what_recognises_an_account_that_comes_back_stays(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)

    done(night)

    kept = night.execute(
        "select distinct k.kind from worker_key k join worker w using (worker_pk) where w.worker_id = 'E1042'"
        " and w.roster = 'hr' order by 1"
    ).fetchall()
    assert kept == [("login",), ("number",)]


def test_the_record_of_findings_holds(night: Session) -> None:
    before = night.execute("select seq, hash from finding_event order by seq").fetchall()
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)

    done(night)

    assert night.execute("select seq, hash from finding_event order by seq").fetchall() == before
    assert before
    assert broken_at(night) is None


def test_whoever_has_an_open_finding_is_kept_whole(night: Session) -> None:
    forget_feed(night)
    remove_accounts(night)

    purged = done(night)

    assert purged.reasons.with_finding == 2
    assert personal_in(night) == list(PERSONAL)


def test_a_finding_that_was_closed_since_keeps_its_person(night: Session) -> None:
    forget_feed(night)
    close_everything(night, at=LONG_AFTER - timedelta(days=10))
    remove_accounts(night)

    assert done(night).reasons.with_finding == 2


def test_whom_the_feed_still_tells_it_would_tell_again(night: Session) -> None:
    close_everything(night)
    remove_accounts(night)

    purged = done(night)

    assert purged.reasons.still_told == 2
    assert {"Jordan Doe", "jdoe@corp.example"} <= set(personal_in(night))


def said_of(store: Session, worker_id: str) -> None:
    """A notice, a word on a departure and an alert of the night, each with a reason that names somebody."""
    store.execute(
        "insert into notice (notice_id, person_uid, left_at, zone, reason, author, warn_at, ended_at, ended_by,"
        " ended_for) select 'n-00000a', person_uid, %(at)s, 'UTC', 'Jordan Doe asked', 'kim', %(at)s, %(at)s, 'kim',"
        " 'Jordan Doe stays' from worker where worker_id = %(worker)s and roster = 'hr'",
        {"at": filled.AS_OF, "worker": worker_id},
    )
    store.execute(
        "insert into departure_word (person_uid, basis, left_at, verdict, reason, author)"
        " select person_uid, 'planned', %(at)s, 'confirm', 'Jordan Doe told me', 'kim'"
        " from worker where worker_id = %(worker)s and roster = 'hr'",
        {"at": filled.AS_OF, "worker": worker_id},
    )
    store.execute(
        "insert into alert (alert_key, subject, body, created_at) values ('a', 'Past due', 'Jordan Doe', %s)",
        (filled.AS_OF,),
    )


def test_reasons_of_what_was_said_of_them_go_with_them(night: Session) -> None:
    said_of(night, "E1042")
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)

    rows = done(night).rows

    assert (rows[NOTICES], rows[WORDS], rows["what people were told at once"]) == (1, 1, 1)
    assert personal_in(night) == []
    assert night.execute("select author, ended_by, reason from notice").fetchall() == [("kim", "kim", "")]


def test_reasons_of_what_was_said_of_somebody_who_is_kept_stay(night: Session) -> None:
    said_of(night, "E1042")
    forget_feed(night)
    remove_accounts(night)

    rows = done(night).rows

    assert (rows[NOTICES], rows[WORDS]) == (0, 0)


def test_the_reason_of_an_exception_goes_once_the_file_no_longer_has_it(night: Session) -> None:
    for row, (origin, valid_to) in enumerate((("file", None), ("file", filled.AS_OF), ("person", None))):
        night.execute(
            "insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason,"
            " approver, expires_at, valid_from, valid_to, origin)"
            " values ('exception', null, null, null, null, null, null, %s, 'orphan', 'for Jordan Doe', 'lee', %s, %s,"
            " %s, %s)",
            (f"a{row}", filled.AS_OF, filled.AS_OF, valid_to, origin),
        )

    done(night)

    reasons = night.execute("select account, reason from exception order by account").fetchall()
    assert reasons == [("a0", "for Jordan Doe"), ("a1", ""), ("a2", "")]


def test_the_reason_of_a_decision_on_an_exception_goes_with_that_of_the_exception(night: Session) -> None:
    with night.transaction(), recorded.followed(night, actor="lee"):
        for account, valid_to in (("a0", None), ("a1", filled.AS_OF)):
            night.execute(
                "with e as (insert into exception (kind, source, account, reason, approver, expires_at, valid_from,"
                " valid_to, needs_decision) values ('exception', 'aws', %s, 'r', 'a', %s, %s, %s, true)"
                " returning exception_id) insert into exception_decision (exception_id, author, reason)"
                " select exception_id, 'lee', 'for Jordan Doe' from e",
                (account, filled.AS_OF, filled.AS_OF, valid_to),
            )

    done(night)

    reasons = night.execute(
        "select account, d.reason from exception_decision d join exception using (exception_id) order by account"
    ).fetchall()
    assert reasons == [("a0", "for Jordan Doe"), ("a1", "")]
    assert recorded.troubles(night) == []


def test_while_an_account_is_left_the_mail_that_proves_it_stays_and_the_name_goes(night: Session) -> None:
    forget_feed(night)
    close_everything(night)

    purged = done(night)

    assert purged.reasons.with_account == 2
    assert personal_in(night) == ["jdoe@corp.example", "spoe@corp.example"]


def test_whoever_left_lately_is_kept(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)

    purged = done(night, at=filled.AS_OF + timedelta(days=300))

    assert purged.reasons.persons == 0
    assert not any(purged.rows.values())


def test_showing_it_changes_nothing(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)
    before = dump(night)

    shown = done(night, keep=True)

    assert dump(night) == before
    assert shown == done(night), "and shows what is done then"


def test_a_second_time_nothing_is_left(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)
    done(night)

    assert not any(done(night).rows.values())


def test_whom_hr_tells_again_is_known_again(night: Session) -> None:
    forget_feed(night)
    close_everything(night)
    remove_accounts(night)
    done(night)

    filled.spend_night(night, caller="after", later=timedelta(days=1))

    assert personal_in(night) == list(PERSONAL)
    assert broken_at(night) is None


class TestCommand:
    @pytest.fixture
    def purging(
        self,
        night: Session,
        configured: Path,
        typed: Type,
        store_parameters: Mapping[str, str | int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> Type:
        """Over that store, with everyone of those who left long gone by today."""
        forget_feed(night)
        close_everything(night, at=datetime(2020, 2, 1, tzinfo=UTC))
        remove_accounts(night, at=datetime(2020, 2, 1, tzinfo=UTC))
        night.execute("update departure set left_at = '2020-01-01'")
        told: dict[str, Any] = {key: value for key, value in GOOD.items() if key != "store"}
        configured.write_text(yaml.safe_dump(told), encoding="utf-8")
        monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
        return typed

    def test_it_shows_first(self, purging: Type, night: Session) -> None:
        shown = purging("purge")

        assert shown.code == 0, shown.err
        assert "Would be forgotten" in shown.out
        assert "purge --yes" in shown.err
        assert personal_in(night) == list(PERSONAL)

    def test_told_to_it_does_it_and_says_that_the_record_holds(self, purging: Type, night: Session) -> None:
        forgotten = purging("purge", "--yes")

        assert forgotten.code == 0, forgotten.err
        assert "2 people left before that." in forgotten.out
        assert "The record of findings holds" in forgotten.out
        assert personal_in(night) == []
        assert not [word for word in PERSONAL if word in forgotten.out]

    def test_a_record_that_somebody_changed_is_told(self, purging: Type, night: Session) -> None:
        night.execute("update finding_event set text = 'nothing to see' where seq = 1")

        forgotten = purging("purge", "--yes")

        assert forgotten.code == 1
        assert "doesn't hold at event 1" in forgotten.err

"""Each run keeps what the register says, dated by the run's own moment; what was taken out stays as evidence."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from offboarding.config.settings import Settings
from offboarding.custody.register import Register
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.rows import changed, versions

KEY: dict[str, Any] = {
    "name": "login-key",
    "kind": "signing_key",
    "places": [{"material": "ref:login/1"}],
    "custodians": [{"team": "auth"}, {"worker": "hr:E1042", "until": date(2026, 6, 30)}],
}
TEAMS = {"auth": [{"worker": "hr:E1044", "since": date(2026, 1, 1)}]}


def with_keys(*keys: dict[str, Any]) -> Settings:
    return filled.settings().with_register(Register.model_validate({"teams": TEAMS, "keys": list(keys)}))


def opened(session: Session, settings: Settings, night: int) -> None:
    as_of = filled.AS_OF + timedelta(days=night)
    pipeline.open_run(session, settings, caller=f"night {night}", as_of=as_of)


def custodians(session: Session) -> list[tuple[Any, ...]]:
    return session.execute(
        "select holder, team, since, until, valid_from, valid_to from custodian order by holder"
    ).fetchall()


def test_a_run_keeps_what_the_register_says(store: Session) -> None:
    opened(store, with_keys(KEY), 0)

    assert custodians(store) == [
        ("e1042", "", None, datetime(2026, 6, 30, 15, tzinfo=UTC), filled.AS_OF, None),
        ("e1044", "auth", datetime(2025, 12, 31, 15, tzinfo=UTC), None, filled.AS_OF, None),
    ]
    assert store.execute("select name, reader, place from registered_place").fetchall() == [
        ("login-key", "", "ref:login/1")
    ]


def test_whoever_is_taken_out_stays_with_the_night_that_no_longer_named_them(store: Session) -> None:
    opened(store, with_keys(KEY), 0)

    opened(store, with_keys({**KEY, "custodians": [{"team": "auth"}]}), 1)
    opened(store, with_keys(), 2)

    ends = [(row[0], row[-1]) for row in custodians(store)]
    assert ends == [("e1042", filled.AS_OF + timedelta(days=1)), ("e1044", filled.AS_OF + timedelta(days=2))]


def test_the_same_register_again_writes_nothing(store: Session) -> None:
    opened(store, with_keys(KEY), 0)
    before = versions(store)

    opened(store, with_keys(KEY), 1)

    assert not {"custodian", "registered_key", "registered_place"} & changed(before, versions(store)).keys()

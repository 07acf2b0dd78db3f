"""A night that isn't done in time: who is told, and when nobody is."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.definitions.deadline import DeadlineReference

from offboarding import wiring
from offboarding.model.errors import ConfigError, RetriableError
from offboarding.runs import pipeline
from offboarding_airflow import late
from tests.support.alerts import HeardNotifier
from tests.support.source_tree import PROJECT

NIGHT = {
    "dag_id": "offboarding_nightly",
    "dag_run_id": "scheduled__2026-11-25T16:30:00+00:00",
    "logical_date": "2026-11-25T16:30:00Z",
}
MAIL = {"name": "soc-mail", "kind": "smtp", "connection": "smtp", "to": ["soc@corp.example"]}
SENTENCE = (
    "The night of 2026-11-26 01:30 KST isn't done by 06:00: see which task doesn't come to its end, and clear it; where"
    " none has begun, see to Airflow's scheduler and workers: "
)


CONFIGURED = {
    "company": {"time_zone": "Asia/Seoul"},
    "policy": {"nightly": "30 1 * * *", "nightly_done_by": "06:00"},
    "notifiers": [MAIL],
}
"""As far as it's asked for: nothing else of the file is there, which is a mistake."""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], object]:
    """Writes the configuration."""
    path = tmp_path / "offboarding.yaml"
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    return lambda told: path.write_text(yaml.safe_dump(told), "utf-8")


@pytest.fixture
def heard(written: Callable[[object], object], monkeypatch: pytest.MonkeyPatch) -> list[HeardNotifier]:
    """Two who are told."""
    written(CONFIGURED)
    ears = [HeardNotifier(name="mail"), HeardNotifier(name="chat")]
    monkeypatch.setattr(wiring, "told_at_once", lambda: ears)
    return ears


def store(monkeypatch: pytest.MonkeyPatch, *, done: bool | None) -> None:
    """What the store says; None: it's away."""

    @contextmanager
    def at_work() -> Generator[tuple[None, None]]:
        if done is None:
            raise RetriableError("store: it can't be reached")
        yield None, None

    monkeypatch.setattr(wiring, "at_work", at_work)
    monkeypatch.setattr(pipeline, "is_done", lambda _, caller: done and caller == NIGHT["dag_run_id"])


def missed() -> None:
    asyncio.run(late.tell_late(context={"dag_run": NIGHT}))


def test_everybody_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, heard: list[HeardNotifier]) -> None:
    store(monkeypatch, done=False)

    missed()

    assert [[alert.subject for alert in ear.alerts] for ear in heard] == [
        ["Offboarding: the night isn't done by 06:00"]
    ] * 2
    assert heard[0].alerts[0].body.startswith(SENTENCE)
    assert (
        heard[0].alerts[0].body.endswith("/dags/offboarding_nightly/runs/scheduled__2026-11-25T16%3A30%3A00%2B00%3A00")
    )


def test_where_the_store_is_away_nobody_says_that_it_is_late(
    monkeypatch: pytest.MonkeyPatch, heard: list[HeardNotifier]
) -> None:
    store(monkeypatch, done=None)

    missed()

    (alert,) = heard[0].alerts
    assert alert.subject == "Offboarding: nobody can tell whether the night is done by 06:00"
    assert alert.body.startswith("Whether the night of 2026-11-26 01:30 KST is done by 06:00 can't be told: the store")


def test_a_night_that_is_done_is_told_to_nobody_though_it_is_red(
    monkeypatch: pytest.MonkeyPatch, heard: list[HeardNotifier]
) -> None:
    store(monkeypatch, done=True)

    missed()

    assert [ear.alerts for ear in heard] == [[], []]


def test_one_who_cannot_be_told_keeps_no_other_back(
    monkeypatch: pytest.MonkeyPatch, heard: list[HeardNotifier]
) -> None:
    store(monkeypatch, done=False)
    heard[0].error = RetriableError("mail: the server is away")

    with pytest.raises(RetriableError, match="the server is away"):
        missed()

    assert len(heard[1].alerts) == 1


def test_a_mistake_elsewhere_in_the_file_keeps_nobody_from_being_told(
    monkeypatch: pytest.MonkeyPatch, written: Callable[[object], object]
) -> None:
    """Of those whom it names well."""
    store(monkeypatch, done=None)
    monkeypatch.setattr(wiring, "_notifier", lambda own: own.name)
    monkeypatch.setattr(pipeline, "tell_late_night", lambda notifiers, **_: told.extend(notifiers))
    told: list[str] = []
    written({**CONFIGURED, "rosters": "none", "notifiers": [{"name": "chat", "kind": "slak"}, MAIL]})

    missed()

    assert told == ["soc-mail"]
    written({**CONFIGURED, "notifiers": [{"name": "chat", "kind": "slak"}]})
    with pytest.raises(ConfigError, match=r"notifiers\[0\].kind: 'slak' is unknown"):
        missed()


@pytest.mark.parametrize(
    ("done_by", "notifiers", "hours"),
    [("06:00", [MAIL], [4.5]), (None, [MAIL], [])],
    ids=["said", "not said"],
)
def test_the_dag_has_a_deadline_where_one_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, done_by: str | None, notifiers: list[object], hours: list[float]
) -> None:
    told = yaml.safe_load((PROJECT / "include/offboarding.yaml").read_text("utf-8"))
    told |= {"policy": {"nightly": "30 1 * * *", "nightly_done_by": done_by}, "notifiers": notifiers}
    (tmp_path / "told.yaml").write_text(yaml.safe_dump(told), "utf-8")
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(tmp_path / "told.yaml"))

    dags = DagBag(dag_folder=PROJECT / "dags" / "offboarding_nightly.py").dags

    deadlines: Any = dags["offboarding_nightly"].deadline or []
    assert [(each.reference, each.interval) for each in deadlines] == [
        (DeadlineReference.DAGRUN_LOGICAL_DATE, timedelta(hours=each)) for each in hours
    ]

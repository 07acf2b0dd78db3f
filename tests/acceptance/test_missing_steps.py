"""A nightly run in which a step has not ended fails, whoever skipped it."""

from datetime import timedelta
from functools import partial

import pytest

from offboarding.model.errors import RetriableError
from offboarding.report.red import reasons
from offboarding.runs import order, pipeline, whole
from offboarding.runs.troubles import troubles
from offboarding.store import reading
from tests.support.office import Office, login
from tests.support.small_company import LEFT, number, worker
from tests.support.variants import some_of

STEPS = ("evaluate", "guard", "ticket")
"""After `find_parts`, which comes before every read."""


def opened(office: Office) -> None:
    """Kim left, and has a login that is active."""
    office.hr.workers = [worker("1042", LEFT)]
    office.vendors.workers = [worker("V1", LEFT), worker("V2")]
    office.directory.accounts = [login("kim", number("1042"))]
    office.as_of += timedelta(days=1)


def failed(office: Office, run_id: int) -> str:
    return "; ".join(reasons(troubles(reading.night_state(office.session, run_id))))


def stored(office: Office, run_id: int) -> object:
    found = office.session.execute("select status from run where run_id = %s", [run_id]).fetchone()
    return found and found[0]


@some_of(1, "step", [None, *STEPS])
def test_a_step_that_a_user_marks_as_done_is_missed(office: Office, step: str | None) -> None:
    opened(office)
    settings, readers = office.settings, office.readers()
    run = pipeline.open_run(office.session, settings, caller="marked", as_of=office.as_of)
    work = whole.work_of(office.session, settings, readers, run, lambda _: None)

    order.walk({**work, step: []} if step else work, partial(whole.by_itself, office.session, run))

    assert stored(office, run.run_id) == ("red" if step else "green")
    assert (step or "") in failed(office, run.run_id)


def test_the_search_for_parts_that_a_user_marks_as_done_is_missed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(office)
    settings, readers = office.settings, office.readers()
    run = pipeline.open_run(office.session, settings, caller="marked", as_of=office.as_of)
    # What was read is whole all the same.
    expected = [(source.name, part) for source in settings.sources for part in source.parts()]
    monkeypatch.setattr(pipeline, "find_parts", lambda *_: expected)

    work = whole.work_of(office.session, settings, readers, run, lambda _: None)
    order.walk(work, partial(whole.by_itself, office.session, run))

    assert stored(office, run.run_id) == "red"
    assert "not done to the end: find_parts" in failed(office, run.run_id)


@some_of(
    1,
    ("repeated", "missed"),
    [
        (("read_roster",), "evaluate, guard, ticket"),
        (("read_roster", "correlate", "evaluate"), "guard, ticket"),
        (("read_roster", "correlate", "evaluate", "guard"), "ticket"),
        (("collect", "detail"), "evaluate, guard, ticket"),
        (("correlate",), "evaluate, guard, ticket"),
    ],
)
def test_what_is_read_again_without_the_steps_after_it_fails_the_night(
    office: Office, repeated: tuple[str, ...], missed: str
) -> None:
    """HR's roster or a system is mended in the morning, and a person clears the failed tasks alone."""
    opened(office)
    settings, readers = office.settings, office.readers()
    run = pipeline.open_run(office.session, settings, caller="cleared", as_of=office.as_of)
    work = whole.work_of(office.session, settings, readers, run, lambda _: None)
    did = partial(whole.by_itself, office.session, run)
    order.walk(work, did)
    assert stored(office, run.run_id) == "green"

    for step in (*repeated, "report"):
        for call in work[step]:
            assert did(step, call)

    assert stored(office, run.run_id) == "red"
    assert f"not done to the end: {missed}" in failed(office, run.run_id)


@some_of(1, "early", STEPS)
def test_a_step_before_those_that_it_follows_fails_the_night(office: Office, early: str) -> None:
    opened(office)
    settings, readers = office.settings, office.readers()
    run = pipeline.open_run(office.session, settings, caller="marked", as_of=office.as_of)
    work = whole.work_of(office.session, settings, readers, run, lambda _: None)
    did = partial(whole.by_itself, office.session, run)
    others = [step for step in work if step not in (early, "report")]
    first = others.index("correlate")

    for step in (*others[:first], early, *others[first:], "report"):
        for call in work[step]:
            did(step, call)

    assert stored(office, run.run_id) == "red"


@some_of(1, "step", STEPS)
def test_a_step_that_refuses_is_missed(office: Office, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def refuse(*_: object) -> None:
        raise RetriableError("this step cannot be done now")

    opened(office)
    monkeypatch.setattr(pipeline, step, refuse)

    run = whole.whole_night(
        office.session,
        office.settings,
        office.readers(),
        caller="refused",
        as_of=office.as_of,
        show=lambda _: None,
    )

    assert stored(office, run.run_id) == "red"
    assert step in failed(office, run.run_id)

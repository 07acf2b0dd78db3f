"""HR's feed has an accident: no ticket opened, none closed, one clear message; and the next night goes on.

A company of a thousand, whose file is read by the real csv roster. Two people's departures were told last night, and
eight tickets stand; after the accident the right file comes, and in it one more has left.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offboarding.model import Coverage
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.events import broken_at
from tests.support.database import cloned
from tests.support.filed_feed import (
    FIRST,
    PEOPLE,
    TRAILER,
    FiledCompany,
    FiledNight,
    Row,
    Rows,
    company,
    gone,
    swapped,
    written,
)
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office
from tests.support.variants import some_of, variants

BEFORE, LAST_NIGHT, TONIGHT = range(6), (6, 7), (8,)
"""Places in the file of those who have left."""
USED = datetime(2026, 11, 20, 3, tzinfo=UTC)
"""By the first of them, a week after his last day."""
COMMAND = "python -m offboarding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A company as of last night, and its files."""

    server: embedded.EmbeddedServer
    store: str
    office: Office
    tracker: ListedTracker
    last_night: list[Row]
    right: list[Row]
    """Tonight's file as it should be."""
    coverage: Coverage


def files(coverage: Coverage) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Of four nights. A list of active people lists leavers no more."""
    everyone = company()
    if coverage is Coverage.ACTIVE:
        return everyone, everyone[6:], everyone[8:], everyone[9:]
    before = gone(everyone, BEFORE, "2026-11-13")
    last_night = gone(before, LAST_NIGHT, "2026-11-24")
    return before, before, last_night, gone(last_night, TONIGHT, "2026-11-25")


COVERAGES = {"full": Coverage.FULL, "active": Coverage.ACTIVE}
EACH = some_of(1, "told", COVERAGES.values(), indirect=True, ids=COVERAGES)
FULL = pytest.mark.parametrize("told", [Coverage.FULL], indirect=True, ids=["full"])


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, store_server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Told]:
    """Three nights have passed, and eight people's tickets stand."""
    coverage: Coverage = request.param
    *nights, right = files(coverage)
    tracker = ListedTracker()
    with cloned(store_server) as name:
        with opened(store_server.connection_kwargs(dbname=name)) as session:
            office = Office(session=session, tracker=HeardTracker(tracker))
            path = tmp_path_factory.mktemp("feed") / "hr.csv"
            filed = FiledCompany(office=office, path=path, coverage=coverage)
            filed.everybody_has_a_login(company())
            office.directory.change(f"u{FIRST}", last_used_at=USED)
            for rows in nights:
                assert filed.night(written(rows)).red == ()
        assert len([each for each in tracker.tickets if each.is_open]) == 8 + (coverage is Coverage.FULL)
        yield Told(
            server=store_server,
            store=name,
            office=office,
            tracker=tracker,
            last_night=nights[-1],
            right=right,
            coverage=coverage,
        )


@contextmanager
def tonight(told: Told, path: Path, **given: Any) -> Generator[tuple[FiledCompany, ListedTracker]]:
    """The same company in a store of this test's own."""
    tracker = deepcopy(told.tracker)
    with cloned(told.server, told.store) as name, opened(told.server.connection_kwargs(dbname=name)) as session:
        office = Office(
            session=session,
            tracker=HeardTracker(tracker),
            queue=told.office.queue,
            directory=deepcopy(told.office.directory),
            as_of=told.office.as_of,
        )
        yield FiledCompany(office=office, path=path / "hr.csv", coverage=told.coverage, given=given), tracker


def stands(tracker: ListedTracker) -> list[ListedTicket]:
    """Every ticket, to the letter."""
    return deepcopy(tracker.tickets)


def states(filed: FiledCompany) -> list[tuple[Any, ...]]:
    """What was found, and how it stands."""
    return filed.office.session.execute(
        "select rule, subject_native_id, state, left_at from finding where state = 'open' order by 1, 2"
    ).fetchall()


def goes_on(
    filed: FiledCompany,
    tracker: ListedTracker,
    before: list[ListedTicket],
    right: Rows,
) -> None:
    """The right file has come: the one who left tonight has a ticket, and the others' are as they were."""
    night = filed.night(written(right, trailer="trailer" in filed.given))

    assert night.red == ()
    assert tracker.tickets[: len(before)] == before
    (new,) = tracker.tickets[len(before) :]
    assert f"worker {FIRST + TONIGHT[0]} " in new.draft.title
    assert f"u{FIRST + TONIGHT[0]}" in new.draft.body
    assert filed.office.tracker.calls == ["open"]
    assert filed.office.holds == {}
    assert broken_at(filed.office.session) is None


# --- what is refused, or believed in part -----------------------------------------------------------------------------

Accident = Callable[[Rows], str]


def another_company(rows: Rows) -> str:
    del rows
    return written(company(first=70_001, domain="other.example"))


def another_company_with_our_numbers(rows: Rows) -> str:
    del rows
    return written(company(domain="other.example"))


REFUSED: dict[str, tuple[Accident, str, str]] = {
    "everyone is gone": (
        lambda _: written([]),
        "no worker stands below the header",
        "Ask HR for the whole file",
    ),
    "a trailer alone": (
        lambda _: written([], trailer=True),
        "no worker stands below the header",
        "Ask HR for the whole file",
    ),
    "another company's": (another_company, "corp.example", "mail_domains"),
    "another company's, by our numbers": (another_company_with_our_numbers, "corp.example", "mail_domains"),
    "mail and name swapped": (
        lambda rows: written(swapped(rows, "Mail", "Name")),
        "holds mail addresses in",
        "columns",
    ),
    "mail and login swapped": (
        lambda rows: written(swapped(rows, "Mail", "Login")),
        "holds no mail addresses in",
        "columns",
    ),
    "state and location swapped": (
        lambda rows: written(swapped(rows, "State", "Where")),
        "can be read",
        "statuses",
    ),
    "a quarter missing": (
        lambda rows: written(rows[: PEOPLE * 3 // 4]),
        "750 workers, where the last complete read had",
        f"Ask HR for the whole feed; if it really shrank: {COMMAND} accept-read",
    ),
    "numbers and bosses' numbers swapped": (
        lambda rows: written(swapped(rows, "No", "Boss")),
        "20 of its 20 workers, such as 10001, are told as several people each",
        "See whether two columns are swapped",
    ),
}
"""Accident -> the file, what is said of it, and what to do."""


@FULL
@variants(2, accident=[*REFUSED])
def test_what_is_refused_changes_nothing(told: Told, tmp_path: Path, accident: str) -> None:
    make, what, fix = REFUSED[accident]
    given = {"trailer": TRAILER} if accident == "a trailer alone" else {}
    with tonight(told, tmp_path, **given) as (filed, tracker):
        before, found = stands(tracker), states(filed)

        night = filed.night(make(told.last_night))

        assert (tracker.tickets, states(filed), filed.office.tracker.calls) == (before, found, [])
        ((_, said),) = [line for line in enumerate(sentences(night)) if "rosters.hr" in line[1]]
        assert said.startswith("rosters.hr: hr.csv")
        assert what in said
        assert fix in said
        assert night.red in (("roster hr couldn't be read",), ("roster hr was read in part",))
        assert night.last_line.startswith(f"Run {night.told.run.run_id} is red: {night.red[0]}.")
        assert filed.office.holds == {}
        goes_on(filed, tracker, before, told.right)


def sentences(night: FiledNight) -> tuple[str, ...]:
    """What the tasks that read say."""
    return (*night.told.failed, *night.warnings)


# --- what only the guard sees -----------------------------------------------------------------------------------------


HELD: dict[str, tuple[Accident, str, bool]] = {
    "everyone was terminated": (
        lambda rows: written(gone(rows, range(PEOPLE), "2026-11-25")),
        "new leavers by HR's word of",
        False,
    ),
    "the file of a sister company": (
        lambda _: written(company(first=70_001)),
        "992 workers no longer listed of",
        False,
    ),
    "numbers and logins swapped": (
        lambda rows: written(swapped(rows, "No", "Login")),
        "992 workers no longer listed of",
        True,
    ),
    "15 % missing at a line's end": (
        lambda rows: written(rows[: len(rows) * 85 // 100]),
        "workers no longer listed of",
        False,
    ),
}
"""Accident -> the file, what the guard says, and whether accounts lose their people by it."""


@variants(1, indirect=["told"], told=COVERAGES, accident=[*HELD])
def test_what_is_too_much_waits_and_is_forgotten_with_the_right_file(told: Told, tmp_path: Path, accident: str) -> None:
    make, what, unlinks = HELD[accident]
    with tonight(told, tmp_path) as (filed, tracker):
        before, found = stands(tracker), [row[:3] for row in states(filed)]

        night = filed.night(make(told.last_night))

        assert (tracker.tickets, filed.office.tracker.calls) == (before, [])
        assert [row[:3] for row in states(filed)] == found
        red, *others = sorted(night.red)
        assert red.startswith("the guard holds roster hr: ")
        assert what in red
        assert [each.split(":")[0] for each in others] == ["the guard holds source corp-ldap"] * unlinks
        assert night.last_line.startswith(f"Run {night.told.run.run_id} is red: ")
        assert red in night.last_line
        # Whoever is told anew with a mail of a leaver's has their uses in dispute with them, in words of doubt.
        doubts = [alert for alert in night.alerts if "and the departure is in doubt" in alert]
        assert len(night.alerts) - len(doubts) == len(night.red)
        assert len(doubts) <= 1
        alert, *_ = [alert for alert in night.alerts if "roster hr" in alert and alert not in doubts]
        assert red.removeprefix("the guard holds ") in alert
        hold = filed.office.holds["roster", "hr"].hold_id
        assert f'{COMMAND} release {night.told.run.run_id} --hold {hold} --reason "..."' in alert
        assert f'{COMMAND} reject {hold} --reason "..."' in alert
        assert f"{COMMAND} reject HOLD" in night.screen
        goes_on(filed, tracker, before, told.right)
        assert (filed.night(written(told.right)).red, filed.office.tracker.calls) == ((), [])


@EACH
def test_hired_and_last_day_swapped(told: Told, tmp_path: Path) -> None:
    """Whether it is refused or held: in a full feed leavers' days show it, in a list of active people nothing does."""
    with tonight(told, tmp_path) as (filed, tracker):
        before = stands(tracker)

        night = filed.night(written(swapped(told.last_night, "First day", "Last day")))

        assert (tracker.tickets, filed.office.tracker.calls) == (before, [])
        red = min(night.red)
        if told.coverage is Coverage.FULL:
            assert red == "roster hr couldn't be read"
            assert any("First day" in said or "Last day" in said for said in sentences(night))
        else:
            assert red.startswith("the guard holds roster hr: 992 new leavers by HR's word of 992")
        goes_on(filed, tracker, before, told.right)


@FULL
def test_who_was_rehired_on_the_same_row_is_no_leaver(told: Told, tmp_path: Path) -> None:
    """The row still tells the last day of the earlier employment."""
    with tonight(told, tmp_path) as (filed, tracker):
        before = stands(tracker)
        rehired = {"First day": "2024-06-03", "Last day": "2024-03-05"}
        rows = [{**row, **rehired} if row["No"] == str(FIRST + 40) else row for row in told.last_night]

        night = filed.night(written(rows))

        assert (stands(tracker), night.red) == (before, ())
        assert "new leavers" not in night.screen


@pytest.mark.slow
@FULL
def test_refused_it_is_as_if_it_had_not_come(told: Told, tmp_path: Path) -> None:
    """A person rejects it: the night after it goes on as well, and an hour between tells nothing of it."""
    with tonight(told, tmp_path) as (filed, tracker):
        before = stands(tracker)
        filed.night(written(company(first=70_001)))

        filed.office.reject(filed.office.holds["roster", "hr"].hold_id)

        assert tracker.tickets == before
        goes_on(filed, tracker, before, told.right)


# --- yesterday's file -------------------------------------------------------------------------------------------------


@FULL
def test_last_nights_file_again_is_no_accident_until_it_is_too_old(told: Told, tmp_path: Path) -> None:
    with tonight(told, tmp_path, max_unchanged="2d") as (filed, tracker):
        before = stands(tracker)

        again = filed.night(written(told.last_night))
        old = filed.night(written(told.last_night))

        assert (tracker.tickets, again.red, again.warnings) == (before, (), ())
        assert old.red == ("roster hr was read in part",)
        (said,) = old.warnings
        assert said.startswith("rosters.hr: hr.csv: it holds byte for byte what it held on ")
        assert "See whether HR's export still runs" in said
        goes_on(filed, tracker, before, told.right)


# --- an older file, after another one ---------------------------------------------------------------------------------


@EACH
def test_the_file_before_last_again_closes_nothing(told: Told, tmp_path: Path) -> None:
    """It says that those who left last night work here: well within the guard's limits."""
    with tonight(told, tmp_path) as (filed, tracker):
        before, found = stands(tracker), states(filed)
        older = files(told.coverage)[1]

        night = filed.night(written(older))

        assert (tracker.tickets, states(filed), filed.office.tracker.calls) == (before, found, [])
        assert night.red == ("roster hr was read in part",)
        (said,) = night.warnings
        assert said.startswith("rosters.hr: hr.csv: an older file delivered again: ")
        assert f"{COMMAND} accept-read {night.told.run.run_id} hr --reason" in said
        goes_on(filed, tracker, before, told.right)


SMALL = 60
"""So few that many days go by without anybody who comes or goes: 17 days of work are no proof."""


def of_sixty(store: Session, path: Path) -> FiledCompany:
    office = Office(session=store, tracker=HeardTracker(ListedTracker()), policy={"baseline": "ticket"})
    filed = FiledCompany(office=office, path=path / "hr.csv")
    filed.everybody_has_a_login(company(SMALL))
    return filed


def small(*gone_places: int, on_leave: Sequence[int] = ()) -> str:
    people = gone(company(SMALL), gone_places, "2026-11-20")
    return written([{**row, "State": "leave"} if place in on_leave else row for place, row in enumerate(people)])


def test_of_a_small_company_an_undated_file_that_takes_a_departure_or_a_last_day_back_is_an_older_one(
    store: Session, tmp_path: Path
) -> None:
    filed = of_sixty(store, tmp_path)
    filed.night(small())
    left = filed.night(small(3))
    found = states(filed)

    again = filed.night(small())

    assert left.red == ()
    assert ("leaver-account-works", f"u{FIRST + 3}", "open") in {row[:3] for row in found}
    assert again.red == ("roster hr was read in part",)
    assert "an older file delivered again" in again.warnings[0]
    assert states(filed) == found
    assert filed.night(small(3)).red == ()

    filed.night(small(3, on_leave=[5]))
    back = filed.night(small(3))
    assert (back.red, back.warnings) == ((), ()), "who comes back from leave makes a list that was there before"

    announced = gone(company(SMALL), (3,), "2026-11-20")
    announced = [{**row, "Last day": "2026-12-31"} if place == 4 else row for place, row in enumerate(announced)]
    assert filed.night(written(announced)).red == ()
    assert filed.night(small(3)).red == ("roster hr was read in part",)


@FULL
def test_the_right_file_follows_one_that_was_held_though_it_is_the_same_as_before(told: Told, tmp_path: Path) -> None:
    """What the guard held wasn't believed: HR mends it by delivering again what there was."""
    with tonight(told, tmp_path) as (filed, tracker):
        before = stands(tracker)
        filed.night(written(company(first=70_001)))

        night = filed.night(written(told.last_night))

        assert (night.red, tracker.tickets, filed.office.holds) == ((), before, {})
        goes_on(filed, tracker, before, told.right)

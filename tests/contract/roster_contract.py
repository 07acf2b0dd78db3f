"""What every roster must do (interfaces.Roster), against the real thing.

    class TestContract(RosterContract):
        pass

with one fixture: `publish`, which puts rows where HR's system keeps them and gives the roster that reads them. What is
asked beyond that is written in our names of columns and in ISO days.
"""

import gc
import importlib
import traceback
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

import pytest
from pydantic import ValidationError

from offboarding.interfaces import Roster, RosterSettings
from offboarding.model import Coverage, Employment, EmploymentStatus, HrStatus, ScopedValue, Worker
from offboarding.model.errors import IncompleteReadError, OffboardingError

COLUMNS = (
    *("worker_id", "previous_worker_ids", "name", "mail", "former_mail", "login", "login:corp-ldap"),
    *("directory_id:corp-ldap", "manager", "location", "type", "status", "start", "last_working_day", "end"),
)
"""Every column that a feed may have; `publish` maps them all, but for those it is told to leave out."""
STATUSES = {status: status for status in HrStatus}
"""For a system with words of its own: ours."""


class Publish(Protocol):
    """Puts rows where HR's system keeps them."""

    def __call__(
        self,
        rows: Iterable[Mapping[str, str]],
        *,
        coverage: Coverage = Coverage.FULL,
        unmapped: Sequence[str] = (),
        absent: Sequence[str] = (),
        **settings: object,
    ) -> Roster:
        """The roster that reads them.

        A row lacks what is blank. `unmapped` columns are neither there nor asked for; `absent` ones are asked for and
        aren't there. `settings` go into the roster's own, beside zones for Seoul and Berlin.
        """
        ...


def publishing(
    held: Callable[[Sequence[Mapping[str, str]], Sequence[str], dict[str, Any]], Roster],
    *,
    column: Callable[[str], str] = str,
    **own: object,
) -> Publish:
    """`held` puts rows where HR's system keeps them, in the columns of these names of ours, and gives the roster of
    these settings. `column`: the system's name of a column of ours; `own`: settings where a test says nothing.
    """

    def published(
        rows: Iterable[Mapping[str, str]],
        *,
        coverage: Coverage = Coverage.FULL,
        unmapped: Sequence[str] = (),
        absent: Sequence[str] = (),
        **settings: object,
    ) -> Roster:
        mapped = [name for name in COLUMNS if name not in unmapped]
        given: dict[str, Any] = {
            "columns": {name: column(name) for name in mapped},
            "coverage": coverage,
            "zones": {"Seoul": "Asia/Seoul", "Berlin": "Europe/Berlin"},
        }
        return held(list(rows), [name for name in mapped if name not in absent], given | own | settings)

    return published


def failure_of(roster: Roster, *secrets: str) -> OffboardingError:
    """What a read fails with: no secret is in that, nor in the roster itself, and nothing is concluded."""
    with pytest.raises(OffboardingError) as caught:
        list(roster.read())
    shown = "".join(traceback.format_exception(caught.value)) + repr(roster) + repr(vars(roster))
    assert [secret for secret in secrets if secret in shown or repr(secret) in shown] == []
    assert roster.summary is None
    return caught.value


def row(worker_id: str, **cells: str) -> dict[str, str]:
    """A row of somebody who works here, unless told otherwise."""
    return {"worker_id": worker_id, "status": "active"} | cells


def _numbered(count: int) -> list[dict[str, str]]:
    return [
        row(str(number), name=f"Worker {number}", mail=f"w{number}@corp.example", location="Seoul", start="2020-03-01")
        for number in range(10_000, 10_000 + count)
    ]


def _ids(workers: Iterable[Worker]) -> list[str]:
    return [worker.worker_id for worker in workers]


def _peak(workers: Iterable[Worker], *, keep: bool = False) -> int:
    """Bytes, at most, while they come. Garbage isn't held: how much lies there depends on what a process did before."""
    kept: list[Worker] = []
    gc.collect()
    # What is there by now isn't looked through again: that would take a second each time.
    gc.freeze()
    tracemalloc.start()
    try:
        for number, worker in enumerate(workers):
            if keep:
                kept.append(worker)
            if number % 200 == 0:
                gc.collect()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class RosterContract:
    """The suite."""

    def test_gives_all_that_a_row_tells(self, publish: Publish) -> None:
        told = {
            "worker_id": "01042",
            "previous_worker_ids": "7; X-8",
            "name": '김민준, (Kim Minjun) "MJ"',
            "mail": "Minjun.Kim@corp.example",
            "former_mail": "mj@old.example;kim@corp.co.kr",
            "login": "mjkim",
            "login:corp-ldap": "MJKim",
            "directory_id:corp-ldap": "6f1c9f2e-0000-4000-8000-000000000001",
            "manager": "00007",
            "location": "Seoul",
            "type": "정규직",
            "status": "left",
            "start": "2019-02-28",
            "last_working_day": "2026-11-13",
            "end": "2026-11-30",
        }
        (worker,) = publish([told]).read()
        assert replace(worker, record="") == Worker(
            worker_id="01042",
            previous_worker_ids=("7", "X-8"),
            name='김민준, (Kim Minjun) "MJ"',
            mail="Minjun.Kim@corp.example",
            former_mails=("mj@old.example", "kim@corp.co.kr"),
            logins=(ScopedValue(value="mjkim", source=None), ScopedValue(value="MJKim", source="corp-ldap")),
            directory_ids=(ScopedValue(value="6f1c9f2e-0000-4000-8000-000000000001", source="corp-ldap"),),
            manager="00007",
            location="Seoul",
            employments=(
                Employment(
                    status=EmploymentStatus.LEFT,
                    start_on=date(2019, 2, 28),
                    last_working_on=date(2026, 11, 13),
                    end_on=date(2026, 11, 30),
                    zone="Asia/Seoul",
                    type="정규직",
                ),
            ),
            record="",
        )

    def test_what_a_row_leaves_blank_is_empty(self, publish: Publish) -> None:
        (worker,) = publish([row("1", name="  ", mail=" ")]).read()
        assert replace(worker, record="") == Worker(
            worker_id="1",
            employments=(
                Employment(
                    status=EmploymentStatus.ACTIVE,
                    start_on=None,
                    last_working_on=None,
                    end_on=None,
                    zone=None,
                    type="",
                ),
            ),
            record="",
        )

    def test_a_good_read_has_no_problem_and_says_how_much_it_read(self, publish: Publish) -> None:
        roster = publish(_numbered(3))
        assert roster.summary is None, "known only once the read has ended"
        assert _ids(roster.read()) == ["10000", "10001", "10002"]
        assert list(roster.problems) == []
        assert roster.summary is not None
        assert roster.summary.rows == 3
        assert roster.summary.origin

    def test_each_record_says_where_it_stands(self, publish: Publish) -> None:
        roster = publish(_numbered(3))
        assert len({worker.record for worker in roster.read()}) == 3

    def test_reading_again_gives_the_same(self, publish: Publish) -> None:
        roster = publish([*_numbered(2), row("", name="nobody")])
        first, first_problems = list(roster.read()), list(roster.problems)
        assert list(roster.read()) == first
        assert list(roster.problems) == first_problems
        assert len(first_problems) == 1

    def test_several_employments_of_a_worker_all_come(self, publish: Publish) -> None:
        roster = publish([row("1", status="left", end="2025-01-31"), row("1", start="2025-03-01")])
        assert [(w.worker_id, w.employments[0].status) for w in roster.read()] == [("1", "left"), ("1", "active")]
        assert list(roster.problems) == []

    def test_a_first_day_after_an_end_begins_another_employment(self, publish: Publish) -> None:
        days = {"start": "2024-03-01", "last_working_day": "2021-05-31", "end": "2021-06-30"}
        (worker,) = publish([row("1", **days)]).read()
        (job,) = worker.employments
        assert (job.status, job.start_on) == ("active", date(2024, 3, 1))
        assert (job.last_working_on, job.end_on) == (None, None)

    @pytest.mark.parametrize("word", tuple(HrStatus))
    def test_knows_our_own_status_words(self, publish: Publish, word: HrStatus) -> None:
        (worker,) = publish([row("1", status=word.upper())]).read()
        told = worker.employments[0]
        assert (told.status, told.circumstance) == (word.status, word.circumstance)

    def test_who_retired_or_died_has_left_and_who_is_away_works_here(self, publish: Publish) -> None:
        words = ("retired", "deceased", "suspended", "garden_leave", "leave")
        read = publish([row(str(number), status=word) for number, word in enumerate(words)]).read()
        assert [(each.employments[0].status, each.employments[0].circumstance) for each in read] == [
            *[("left", "retired"), ("left", "deceased")],
            *[("active", "suspended"), ("active", "garden_leave"), ("leave", "")],
        ]

    def test_takes_hr_s_words_for_ours_without_regard_to_case_width_and_blanks(self, publish: Publish) -> None:
        words = {"Terminated": "left", "재직": "active", "\uff13": "leave"}
        rows = [row("1", status=" terminated "), row("2", status="재직"), row("3", status="3")]
        roster = publish(rows, statuses=words)
        assert [w.employments[0].status for w in roster.read()] == ["left", "active", "leave"]

    def test_an_unknown_status_is_told_and_costs_its_row_alone(self, publish: Publish) -> None:
        roster = publish([row("1", status="Terminatd"), row("2")], statuses={"Terminated": "left", "active": "active"})
        assert _ids(roster.read()) == ["2"]
        (problem,) = roster.left_out.problems
        assert "status" in problem.record
        assert problem.text == '"Terminatd" is no status we know'
        assert problem.fix.startswith(
            "The row is left out, and what was known of this worker stands. Did you mean Terminated? "
        )

    @pytest.mark.parametrize("status", ("active", "left"))
    @pytest.mark.parametrize("column", ("start", "last_working_day", "end"))
    def test_no_date_is_told_and_costs_its_row_alone(self, publish: Publish, column: str, status: str) -> None:
        roster = publish([row("1", status=status, **{column: "2026-02-31"}), row("2", status="left", end="2026-11-13")])
        assert _ids(roster.read()) == ["2"], "an explicit departure still counts"
        (problem,) = roster.left_out.problems
        assert column in problem.record
        assert '"2026-02-31" is no date' in problem.text
        assert problem.fix.startswith("The row is left out, and what was known of this worker stands. ")

    def test_a_row_without_worker_id_is_told_and_costs_its_row_alone(self, publish: Publish) -> None:
        roster = publish([row(" "), row("2")])
        assert _ids(roster.read()) == ["2"]
        (problem,) = roster.problems
        assert problem.text == "the worker id is empty"

    def test_a_location_without_zone_is_no_problem(self, publish: Publish) -> None:
        roster = publish([row("1", location="Atlantis"), row("2", location=" seoul ")])
        assert [w.employments[0].zone for w in roster.read()] == [None, "Asia/Seoul"]
        assert list(roster.problems) == []

    def test_the_day_that_means_no_end_is_none(self, publish: Publish) -> None:
        (worker,) = publish([row("1", status="left", last_working_day="9999-12-31", end="2026-11-13")]).read()
        assert worker.employments[0].last_working_on is None
        assert worker.employments[0].end_on == date(2026, 11, 13)

    def test_problems_are_bounded_and_counted(self, publish: Publish) -> None:
        roster = publish([*[row(str(n), end="soon") for n in range(50)], row("99")])
        assert _ids(roster.read()) == ["99"]
        assert len(roster.left_out.problems) == 21
        assert roster.left_out.problems[-1].text == "30 more rows are left out that are not listed here"
        assert roster.summary is not None
        assert roster.summary.rows == 51

    def test_a_column_that_is_not_there_costs_the_read(self, publish: Publish) -> None:
        roster = publish([row("1")], absent=["last_working_day"])
        with pytest.raises(IncompleteReadError) as caught:
            list(roster.read())
        text = str(caught.value)
        assert text.startswith("rosters.hr: ")
        assert 'there is no column "last_working_day"' in text
        assert '"worker_id"' in text, "names what there is"
        assert roster.summary is None

    @pytest.mark.parametrize("coverage", (Coverage.FULL, Coverage.ACTIVE))
    def test_nobody_at_all_costs_the_read(self, publish: Publish, coverage: Coverage) -> None:
        roster = publish([], coverage=coverage)
        with pytest.raises(IncompleteReadError):
            list(roster.read())

    def test_a_list_of_leavers_may_be_empty(self, publish: Publish) -> None:
        roster = publish([], coverage=Coverage.LEAVERS)
        assert list(roster.read()) == []
        assert list(roster.problems) == []
        assert roster.summary is not None
        assert roster.summary.rows == 0

    @pytest.mark.parametrize(("coverage", "status"), ((Coverage.ACTIVE, "active"), (Coverage.LEAVERS, "left")))
    def test_without_status_the_coverage_says_it(self, publish: Publish, coverage: Coverage, status: str) -> None:
        roster = publish([{"worker_id": "1", "end": "2026-11-13"}], coverage=coverage, unmapped=["status"])
        (worker,) = roster.read()
        assert worker.employments[0].status == status

    def test_a_read_that_is_given_up_concludes_nothing(self, publish: Publish) -> None:
        roster = publish(_numbered(10))
        list(roster.read())
        workers = iter(roster.read())
        next(workers)
        assert roster.summary is None

    def test_settings_refuse_what_they_do_not_know(self, publish: Publish) -> None:
        module = importlib.import_module(type(publish([row("1")])).__module__)
        assert issubclass(module.Settings, RosterSettings)
        assert module.Settings.model_json_schema()["additionalProperties"] is False
        kind = module.__name__.rpartition(".")[2]
        with pytest.raises(ValidationError) as caught:
            module.Settings.model_validate({"name": "hr", "kind": kind, "coverage": "full", "colums": {}})
        assert ("colums",) in [mistake["loc"] for mistake in caught.value.errors()]


class Streams:
    """Beside the suite, for files and tables: what systems that are asked over HTTP hold, test_flat_memory measures."""

    @pytest.mark.slow
    def test_streams(self, publish: Publish) -> None:
        few = publish(_numbered(50))
        list(few.read())
        floor = _peak(few.read())
        many = publish(_numbered(4000))
        held = _peak(many.read(), keep=True)
        streamed = _peak(many.read())
        assert streamed - floor < (held - floor) / 3, "beside what a client needs for any read"

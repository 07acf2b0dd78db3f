"""Which files are the feed, how old it is, and that it isn't yesterday's again."""

import contextlib
import glob
import io
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offboarding.model.errors import FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster
from offboarding.rosters.csv.calendar_days import Deliveries
from offboarding.rosters.csv.filesystems import Filesystem
from offboarding.rosters.csv.names import date_in, matches
from tests.systems.csv.conftest import Build

NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
"""01:30 of Wednesday the 25th in Seoul."""
WEEK = ("mon", "tue", "wed", "thu", "fri")

Folder = Callable[..., CsvRoster]


@pytest.fixture
def folder(tmp_path: Path, build: Build) -> Folder:
    """A roster over a folder of files, each with its content and how many hours before the night it was changed."""

    def made(files: dict[str, tuple[str, float]], pattern: str = "", /, **given: object) -> CsvRoster:
        for name, (ids, hours) in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("id\n" + ids.replace(" ", "\n") + "\n" if ids else "id\n")
            changed = (NIGHT - timedelta(hours=hours)).timestamp()
            os.utime(path, (changed, changed))
        plain = {"coverage": "active", "columns": {"worker_id": "id"}, "as_of": NIGHT}
        return build(tmp_path / "in" / pattern, **(plain | given))

    return made


def _ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


def _told(roster: CsvRoster) -> list[str]:
    list(roster.read())
    return [str(problem) for problem in roster.problems]


# --- which ------------------------------------------------------------------------------------------------------------

THREE = {"hr_1.csv": ("new", 1), "hr_2.csv": ("old", 9), "hr_3.csv": ("older", 20)}
DATED = {"hr_24112026.csv": ("24", 90), "hr_30092026.csv": ("30", 1), "hr_test.csv": ("test", 0)}


@pytest.mark.parametrize(
    ("files", "given", "found"),
    (
        (THREE, {}, ["new"]),
        (THREE, {"newest": "time"}, ["new"]),
        (THREE, {"newest": "name"}, ["older"]),
        (THREE, {"files": "all"}, ["new", "old", "older"]),
        (THREE, {"files": 3}, ["new", "old", "older"]),
        (DATED, {"date_in_name": "%d%m%Y"}, ["24"]),
        (DATED | {"hr_24112026_b.csv": ("24b", 3)}, {"date_in_name": "%d%m%Y", "files": "all"}, ["24", "24b"]),
    ),
)
def test_the_files_that_count(folder: Folder, files, given, found: list[str]) -> None:
    roster = folder(files, **given)
    assert _ids(roster) == found
    assert list(roster.problems) == []


def test_several_files_are_told_as_such(folder: Folder) -> None:
    roster = folder(THREE, files="all")
    assert [worker.record for worker in roster.read()] == ["hr_1.csv row 2", "hr_2.csv row 2", "hr_3.csv row 2"]
    assert roster.summary is not None
    assert roster.summary.origin == "hr_1.csv and 2 more"
    assert roster.summary.rows == 3
    assert roster.summary.dated_at == NIGHT - timedelta(hours=20), "as old as its oldest part"


def test_a_part_that_did_not_come_is_told(folder: Folder) -> None:
    roster = folder(THREE, files=4)
    (told,) = _told(roster)
    assert "3 files are there, and the feed is 4: hr_1.csv, hr_2.csv, hr_3.csv." in told
    assert roster.summary is not None
    assert not roster.summary.proved


def test_a_part_that_came_twice_is_told(folder: Folder) -> None:
    (told,) = _told(folder({"a.csv": ("1 2", 1), "b.csv": ("1 2", 1)}, files="all"))
    assert told.startswith("b.csv: it holds the same as a.csv: a part was delivered twice, and another may be missing.")


def test_a_part_without_workers_is_told(folder: Folder) -> None:
    (told,) = _told(folder({"a.csv": ("1", 1), "b.csv": ("", 1)}, files="all"))
    assert told == "b.csv: no worker stands below the header. Ask HR for the whole file."


def test_no_dated_name_is_fatal(folder: Folder) -> None:
    with pytest.raises(FatalError, match=r"no name holds a date in the form %Y%m%d \(hr_1\.csv, for one\)"):
        list(folder({"hr_1.csv": ("1", 0)}, date_in_name="%Y%m%d").read())


def test_a_broken_part_costs_the_whole_read(folder: Folder, tmp_path: Path) -> None:
    roster = folder(THREE, files="all")
    (tmp_path / "in/hr_2.csv").write_text("number\n1\n")
    with pytest.raises(IncompleteReadError, match=r'hr_2\.csv row 1: there is no column "id"'):
        list(roster.read())


# --- how old ----------------------------------------------------------------------------------------------------------


def test_a_date_in_the_name_is_of_the_files_own_clock(folder: Folder) -> None:
    files = {"hr_20261124.csv": ("1", 500)}
    roster = folder(files, date_in_name="%Y%m%d", clock="America/New_York", max_age="12h")
    assert _told(roster) == [], "midnight in New York was 11 and a half hours ago"
    assert roster.summary is not None
    assert roster.summary.dated_at == datetime(2026, 11, 24, 5, tzinfo=UTC)
    roster = folder(files, date_in_name="%Y%m%d", max_age="24h")
    assert _told(roster)[0].startswith(
        "hr_20261124.csv: its name says that it was made 26 h before this night's moment; max_age is 24 h. "
    ), "in Seoul, the company's zone"


def test_a_date_to_come_would_hide_every_newer_file(folder: Folder) -> None:
    (told,) = _told(folder({"hr_20621124.csv": ("2", 1)}, date_in_name="%Y%m%d"))
    assert told.startswith("hr_20621124.csv: its name says that it was made 13148 days after this night's moment: ")


@pytest.mark.parametrize("given", [{"date_in_name": "%Y%m%d"}, {}], ids=["by its name", "by its time"])
def test_a_file_of_a_day_to_come_is_passed_over_and_told(folder: Folder, given: dict[str, object]) -> None:
    """Whoever may put a file there, or has a clock that is wrong, would stop the feed for good."""
    ahead = -24 * 365.0 * 40 if not given else 1.0
    roster = folder({"hr_20261124.csv": ("1", 1), "hr_20621124.csv": ("2", ahead)}, **given)

    assert _ids(roster) == ["1"]
    (told,) = map(str, roster.problems)
    assert told.startswith("hr_20621124.csv: of a day to come, by its name or its time, and passed over")


@pytest.mark.parametrize(
    ("made", "night", "given", "hours"),
    (
        ("2026-11-20T20:00", "2026-11-23T01:30", {}, 53.5),
        ("2026-11-20T20:00", "2026-11-23T01:30", {"days": WEEK}, 5.5),
        ("2026-11-20T20:00", "2026-11-24T01:30", {"days": WEEK}, 29.5),
        ("2026-11-20T20:00", "2026-11-24T01:30", {"days": WEEK, "holidays": frozenset({date(2026, 11, 23)})}, 5.5),
        ("2026-11-21T12:00", "2026-11-21T18:00", {"days": WEEK}, 0),
        ("2026-11-24T20:00", "2026-11-24T01:30", {"days": WEEK}, -18.5),
        ("2026-10-30T20:00", "2026-11-02T01:30", {"days": WEEK, "zone": "America/New_York"}, 5.5),
        ("1970-01-01T00:00", "2026-11-24T00:00", {"days": WEEK}, 498744),
    ),
)
def test_days_without_delivery_do_not_age_a_file(made: str, night: str, given, hours: float) -> None:
    deliveries = Deliveries(**({"days": (*WEEK, "sat", "sun"), "holidays": frozenset(), "zone": "Asia/Seoul"} | given))
    moments = [datetime.fromisoformat(f"{moment}:00").replace(tzinfo=_zone(deliveries)) for moment in (made, night)]
    assert deliveries.age(*moments) == timedelta(hours=hours)


def _zone(deliveries: Deliveries):
    return ZoneInfo(deliveries.zone)


@pytest.mark.parametrize(("given", "stale"), (({}, True), ({"holidays": ["2026-11-23", "2026-11-24"]}, False)))
def test_a_feed_that_is_missing_on_a_holiday_is_not_late(folder: Folder, given, stale: bool) -> None:
    files = {"hr.csv": ("1", 100)}  # Friday, 21:30
    told = _told(folder(files, max_age="36h", expected="weekdays", **given))
    assert [" (48 h of days without delivery not counted); max_age is 36 h" in line for line in told] == [True] * stale


@pytest.mark.parametrize("expected", ("daily", "weekdays", ["sun", "mon", "tue", "wed", "thu"]))
def test_delivery_days_are_words_or_a_list(folder: Folder, expected: object) -> None:
    assert _told(folder({"hr.csv": ("1", 1)}, max_age="36h", expected=expected)) == []


# --- the same again ---------------------------------------------------------------------------------------------------


def _nightly(*contents: str) -> dict[str, tuple[str, float]]:
    """One file a day, the last one an hour before the night."""
    return {f"hr_{at}.csv": (ids, 24 * (len(contents) - at - 1) + 1) for at, ids in enumerate(contents)}


@pytest.mark.parametrize(
    ("contents", "same_as"),
    (
        (("1", "1 2", "1 2", "1 2", "1 2"), "hr_1.csv, made 3 days"),
        (("1 2", "1 3", "1 2", "1 2", "1 2"), ""),
        (("1 2", "1 2", "1 2", "1 2", "1 3"), ""),
        (("1 2",), ""),
    ),
)
def test_an_old_export_delivered_again_is_told(folder: Folder, contents: tuple[str, ...], same_as: str) -> None:
    told = _told(folder(_nightly(*contents), max_unchanged="60h"))
    found = [line.partition(" before this")[0].partition("the same as ")[2] for line in told]
    assert found == [same_as] * bool(same_as)


_moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone itself
_days = st.lists(st.sampled_from((*WEEK, "sat", "sun")), min_size=1, unique=True)


@given(as_of=_moments, hours=st.integers(1, 24 * 60), days=_days, holidays=st.frozensets(st.dates(date(2026, 1, 1))))
def test_the_moment_of_an_age_has_that_age(as_of: datetime, hours: int, days, holidays) -> None:
    deliveries = Deliveries(days=days, holidays=holidays, zone="America/New_York")
    moment = deliveries.earlier(as_of, timedelta(hours=hours))
    assert moment is not None
    assert deliveries.age(moment, as_of) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("workers", "given", "days"),
    (
        (2, {}, 3500),
        (350, {}, 20),
        (7001, {}, 7),
        (2, {"max_unchanged": "3d"}, 3),
        (2, {"max_unchanged": "never"}, None),
        (1, {}, None),
        (2, {"coverage": "leavers"}, None),
        (2, {"coverage": "leavers", "max_unchanged": "30d"}, 30),
    ),
    ids=repr,
)
def test_until_when_a_feed_may_stay_the_same(folder: Folder, workers: int, given, days: int | None) -> None:
    ids = " ".join(map(str, range(workers)))
    roster = folder({"hr.csv": (ids, 1)}, **given)
    list(roster.read())
    assert roster.summary is not None
    assert roster.summary.changed_after_at == (days and NIGHT - timedelta(days=days))


def test_the_digest_tells_whether_it_is_the_same(folder: Folder) -> None:
    digests: list[str] = []
    for changes in ({}, {"newest": "time"}, {"newest": "name"}, {"files": 3}):
        roster = folder(THREE, **changes)
        list(roster.read())
        assert roster.summary is not None
        digests.append(roster.summary.digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form", "found"),
    (
        ("hr_20261124.csv", "%Y%m%d", "2026-11-23T15:00:00+00:00"),
        ("20261124T0930-hr.csv", "%Y%m%dT%H%M", "2026-11-24T00:30:00+00:00"),
        ("v12345678_24.11.2026.csv", "%d.%m.%Y", "2026-11-23T15:00:00+00:00"),
        ("hr_99999999_20261124.csv", "%Y%m%d", "2026-11-23T15:00:00+00:00"),
        ("hr_2026112400.csv", "%Y%m%d", None),
        ("hr.csv", "%Y%m%d", None),
    ),
)
def test_dates_in_names(name: str, form: str, found: str | None) -> None:
    moment = date_in(name, form, "Asia/Seoul")
    assert (moment.isoformat() if moment else None) == found


_names = st.text("ab.-", min_size=1, max_size=3).filter(lambda name: name.strip("."))
_parts = st.one_of(st.just("**"), st.just("*"), st.text("ab.*?[]!-", min_size=1, max_size=4))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paths=st.lists(st.lists(_names, min_size=1, max_size=3), min_size=1, max_size=4),
    pattern=st.lists(_parts, min_size=1, max_size=3).filter(lambda parts: not {".", ".."} & set(parts)),
)
def test_patterns_match_as_they_do_on_a_disk(tmp_path: Path, paths: list[list[str]], pattern: list[str]) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        for path in paths:
            file = Path(folder, *path)
            with contextlib.suppress(OSError):  # a folder can't be a file as well
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
        files = [file.relative_to(folder).as_posix() for file in Path(folder).rglob("*") if file.is_file()]
        found = glob.glob("/".join(pattern), root_dir=folder, recursive=True)  # noqa: PTH207 - what Disk asks
        assert {file for file in files if matches(file, "/".join(pattern))} == set(found) & set(files)


# --- other stores -----------------------------------------------------------------------------------------------------


@pytest.fixture
def memory(tmp_path: Path, monkeypatch):
    """fsspec's store in memory, and a folder of this test's own."""
    store = fsspec.filesystem("memory")
    # As most drivers have it; this one knows.
    monkeypatch.setattr(type(store), "isfile", fsspec.AbstractFileSystem.isfile)
    for name in ("hr_1.csv", "hr_2.csv", ".hr_3.csv", "notes.txt", "deep/hr_4.csv"):
        store.pipe(f"/{tmp_path.name}/{name}", f"id\n{name}\n".encode())
    yield store, f"memory://{tmp_path.name}"
    monkeypatch.undo()
    store.rm(f"/{tmp_path.name}", recursive=True)


@pytest.mark.parametrize(
    ("path", "found"),
    (("", "hr_2.csv"), ("/hr_1.csv", "hr_1.csv"), ("/hr_[12].csv", "hr_2.csv"), ("/**/hr_4.csv", "deep/hr_4.csv")),
)
def test_an_address_of_any_filesystem(memory, build: Build, path: str, found: str) -> None:
    _, address = memory
    roster = build(f"{address}{path}", coverage="active", columns={"worker_id": "id"}, newest="name")
    assert _ids(roster) == [found]
    assert roster.summary is not None
    assert roster.summary.dated_at is not None


def test_a_file_that_changes_meanwhile_is_told_there_too(memory, build: Build) -> None:
    store, address = memory
    roster = build(f"{address}/hr_1.csv", coverage="active", columns={"worker_id": "id"})
    workers = roster.read()
    next(workers)
    store.pipe(f"{address}/hr_1.csv", b"id\nsomething longer\n")
    list(workers)
    assert [problem.text for problem in roster.problems] == ["somebody wrote to the file while it was read"]


@pytest.mark.parametrize("later", ("1", "2"))
def test_what_names_its_content_tells_of_a_change_within_a_second(
    memory, build: Build, monkeypatch, later: str
) -> None:
    store, address = memory
    informed, tags = type(store).info, ["1"]

    def tagged(self, path: str, **kwargs: object) -> dict[str, object]:
        return {**informed(self, path, **kwargs), "etag": tags[-1]}

    monkeypatch.setattr(type(store), "info", tagged)
    roster = build(f"{address}/hr_1.csv", coverage="active", columns={"worker_id": "id"})
    workers = roster.read()
    next(workers)
    tags.append(later)
    list(workers)
    assert [problem.record for problem in roster.problems] == (["hr_1.csv"] if later == "2" else [])


def test_nothing_there_is_fatal_there_too(memory, build: Build) -> None:
    _, address = memory
    with pytest.raises(FatalError, match=r"^rosters\.hr: memory://.*/none is no file, and no \*\.csv below"):
        list(build(f"{address}/none", coverage="active", columns={"worker_id": "id"}).read())


def test_a_store_without_driver_says_so(build: Build, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs.core", None)
    with pytest.raises(FatalError, match=r"no driver for gs:// \(.*\)\. Install it where the tasks run"):
        list(build("gs://bucket/hr.csv", coverage="active", columns={"worker_id": "id"}).read())


class _ClientError(Exception):
    """What a driver's client raises, which knows nothing of Python's own errors."""


@pytest.mark.parametrize(
    ("path", "error", "kind", "said"),
    [
        *(
            (path, *case)
            for path in ("/hr_1.csv", "/hr_[1].csv")
            for case in (
                (_ClientError("token=s3cret"), RetriableError, "the driver of memory:// fails (_ClientError). It is"),
                (PermissionError(13, "s3cret"), FatalError, "reading is refused (PermissionError). Let whoever runs"),
                (ConnectionError("s3cret"), RetriableError, "can't be reached (ConnectionError). It is tried again"),
            )
        ),
        ("/hr_[1].csv", FileNotFoundError("s3cret"), RetriableError, "a file vanished before it was read"),
        ("/hr_1.csv", FileNotFoundError("s3cret"), FatalError, "is no file, and no *.csv below"),
    ],
)
def test_what_a_driver_raises(
    memory, build: Build, monkeypatch, path: str, error: Exception, kind: type, said: str
) -> None:
    store, address = memory

    def refuse(self, path: str, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(type(store), "info", refuse)
    with pytest.raises(OffboardingError) as caught:
        list(build(f"{address}{path}", coverage="active", columns={"worker_id": "id"}).read())
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_folder_that_can_not_be_listed_holds_not_nothing(memory, build: Build, monkeypatch) -> None:
    store, address = memory
    listed = type(store).ls

    def refuse(self, path: str, **kwargs: object) -> object:
        if path.rstrip("/").endswith("/deep"):
            raise PermissionError
        return listed(self, path, **kwargs)

    monkeypatch.setattr(type(store), "ls", refuse)
    with pytest.raises(FatalError, match="reading is refused"):
        list(build(f"{address}/deep/*.csv", coverage="active", columns={"worker_id": "id"}).read())


def test_a_manifest_that_is_not_told_of_is_not_missing(memory, monkeypatch) -> None:
    store, address = memory
    place = Filesystem(f"{address}/hr_1.csv", None, "hr")
    (file,) = place.found()
    assert place.beside(file, "none.txt") is None

    def refuse(self, path: str, **kwargs: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(store), "info", refuse)
    with pytest.raises(RetriableError, match="can't be reached"):
        place.beside(file, "notes.txt")


def test_a_driver_that_breaks_off_may_be_tried_again(memory, build: Build, monkeypatch) -> None:
    store, address = memory

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise _ClientError

    monkeypatch.setattr(type(store), "open", lambda self, path, mode: Broken())
    with pytest.raises(
        RetriableError, match=r"hr_1\.csv can't be read to its end \(the store broke off: _ClientError\)"
    ):
        list(build(f"{address}/hr_1.csv", coverage="active", columns={"worker_id": "id"}).read())


def test_a_file_address_is_a_path(folder: Folder, build: Build, tmp_path: Path) -> None:
    folder({"hr a.csv": ("1", 1)})
    roster = build(f"file://{tmp_path}/in/hr%20a.csv", coverage="active", columns={"worker_id": "id"})
    assert _ids(roster) == ["1"]

"""A value that can't be meant, in a row of HR's file: it costs itself, and everybody else's night is as without it.

The roster lists who works here, so that a colleague who vanishes from it has left: only a complete read may say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from offboarding.model import Coverage
from offboarding.store import embedded
from offboarding.store.connect import opened
from tests.support.database import cloned
from tests.support.filed_feed import FIRST, FiledCompany, FiledNight, Row, company, person, written
from tests.support.listed_tracker import ListedTracker
from tests.support.night import rows_of
from tests.support.office import HeardTracker, Office
from tests.support.variants import some_of

VALUES = {"nul": "a\0b", "another encoding": "\udcb1\udce8", "nothing else": "\0\0"}
EACH = ("Name", "Mail", "Login", "Boss", "Where", "State", "First day", "Last day")
"""Columns; without one of the last three a record says nothing."""
FIRST_GONE, SECOND_GONE = str(FIRST + 8), str(FIRST + 10)
"""Who vanishes in the second night, and in the third."""
SPOILED = {column: str(FIRST + 20 + place) for place, column in enumerate((*EACH, "No"))}
"""Whose row has the value in a column; each another's."""
KNOWN = """select worker_id, name, manager, location from worker where worker_id = any(%s)"""
KEYS = """select worker_id, k.kind, k.value from worker_key k join worker using (worker_pk)
    where worker_id = any(%s) and valid_to is null"""
EMPLOYMENT = """select worker_id, status, start_on, last_working_on, missing_since
    from employment join worker using (worker_pk) where worker_id = any(%s)"""
ALL = """select p.worker_id, f.rule, f.subject_native_id, f.state, f.severity, f.standing, f.left_at
    from finding f left join person p using (person_uid)"""
LEFT = """select w.worker_id from departure d join worker w using (worker_pk)
    where d.valid_to is null and not d.returned"""
READS = "select status, inferred from roster_read order by read_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of the nights."""

    nights: list[FiledNight]
    found: list[set[tuple[Any, ...]]]
    """Every finding, after each."""
    reads: list[tuple[Any, ...]]
    known: set[tuple[Any, ...]]
    """Of the workers whose rows they are, at the end: what is shown, identity keys, employments."""
    left: set[str]
    """Who has left, at the end."""


def files() -> list[list[Row]]:
    """Of three nights."""
    everybody = company(40)
    second = [row for row in everybody if row["No"] != FIRST_GONE]
    return [everybody, second, [row for row in second if row["No"] != SECOND_GONE]]


def spoiled(rows: Sequence[Row], value: str, *columns: str) -> list[Row]:
    whose = {SPOILED[column]: column for column in columns}
    return [{**row, whose[row["No"]]: value} if row["No"] in whose else row for row in rows]


def played(server: embedded.EmbeddedServer, path: Path, nights: Sequence[Sequence[Row]]) -> Played:
    with cloned(server) as name, opened(server.connection_kwargs(dbname=name)) as session:
        office = Office(session=session, tracker=HeardTracker(ListedTracker()))
        filed = FiledCompany(office=office, path=path / "hr.csv", coverage=Coverage.ACTIVE)
        filed.everybody_has_a_login(files()[0])
        told, found = list[FiledNight](), list[set[tuple[Any, ...]]]()
        for rows in nights:
            told.append(filed.night(written(rows)))
            found.append(set(session.execute(ALL).fetchall()))
        whose = list(SPOILED.values())
        known = {row for query in (KNOWN, KEYS, EMPLOYMENT) for row in session.execute(query, (whose,))}
        left = {worker_id for (worker_id,) in rows_of(session, LEFT)}
        return Played(nights=told, found=found, reads=rows_of(session, READS), known=known, left=left)


@pytest.fixture(scope="module")
def plain(store_server: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return played(store_server, tmp_path_factory.mktemp("plain"), files())


@some_of(1, "value", VALUES.values(), ids=list(VALUES))
def test_everybody_s_night_is_as_without_it(store_server, tmp_path: Path, plain, value: str, record_property) -> None:
    first, second, third = files()
    record_property("hostile values", 2 * len(EACH))
    record_property("nights_lost", 1)

    attacked = played(store_server, tmp_path, [first, spoiled(second, value, *EACH), spoiled(third, value, *EACH)])

    record_property("nights_lost", -1)
    record_property("sources_lost", sum(status != "complete" for status, _ in attacked.reads))
    record_property("findings_lost", sum(map(len, map(set.__sub__, plain.found, attacked.found))))
    assert [{row[0] for row in found} for found in plain.found] == [set(), {FIRST_GONE}, {FIRST_GONE, SECOND_GONE}]
    assert attacked.found == plain.found
    assert attacked.reads == plain.reads == [("complete", 0), ("complete", 1), ("complete", 1)]
    assert attacked.known == plain.known, "what they told before stands"


def marked(rows: Sequence[Row]) -> list[Row]:
    """Each of these workers with U+FEFF before and after one value of theirs."""
    whose = {SPOILED[column]: column for column in EACH}
    return [{**row, (to := whose[row["No"]]): f"\ufeff{row[to]}\ufeff"} if row["No"] in whose else row for row in rows]


def test_an_invisible_mark_in_a_value_changes_nobody_s_night(store_server, tmp_path: Path, plain: Played) -> None:
    first, second, third = files()

    attacked = played(store_server, tmp_path, [first, marked(second), marked(third)])

    assert attacked.found == plain.found
    assert attacked.reads == plain.reads
    assert attacked.known == plain.known
    assert attacked.left == plain.left


@some_of(1, ("column", "row"), [("Name", 21), ("State", 26)])
def test_it_is_told_by_row_and_column_until_somebody_mends_it(
    store_server, tmp_path: Path, column: str, row: int
) -> None:
    first, second, _ = files()

    nights = played(store_server, tmp_path, [first, spoiled(second, "secret\0", column), second]).nights

    (told,) = nights[1].warnings
    assert told.startswith(
        f'rosters.hr: hr.csv row {row}, column "{column}": a NUL character stands in the value. The '
    )
    assert "secret" not in told
    assert [night.red for night in nights] == [(), ("roster hr holds values that can't be kept",), ()]


def test_in_the_first_file_it_costs_no_more(store_server, tmp_path: Path, plain: Played) -> None:
    first, second, third = files()

    attacked = played(store_server, tmp_path, [spoiled(first, "\0", *EACH), spoiled(second, "\0", *EACH), third])

    assert attacked.known == plain.known
    for one, other in zip(plain.found, attacked.found, strict=True):
        assert one <= other
        assert {row[1] for row in other - one} <= {"orphan-account"}, "of whom nothing is known yet"


def test_a_status_and_days_that_nobody_can_read_cost_their_rows(store_server, tmp_path: Path, plain: Played) -> None:
    first, second, third = files()
    columns = ("State", "First day", "Last day")

    attacked = played(store_server, tmp_path, [first, spoiled(second, "soon", *columns), spoiled(third, "?", *columns)])

    assert attacked.found == plain.found
    assert attacked.reads == plain.reads
    assert attacked.known == plain.known, "what they told before stands"
    assert attacked.nights[2].red == ("roster hr holds values that can't be kept",)


def test_such_a_row_with_a_number_that_was_never_told_may_be_anybody_s(store_server, tmp_path: Path) -> None:
    """As where its cells stand in the wrong places: whoever vanished may be the one it is about."""
    first, second, _ = files()
    garbled = [*second, {**second[0], "No": "99999", "State": "soon"}]

    attacked = played(store_server, tmp_path, [first, garbled, second])

    assert [{row[0] for row in found} for found in attacked.found] == [set(), set(), {FIRST_GONE}]
    assert [status for status, _ in attacked.reads] == ["complete", "partial", "complete"]
    assert "99999" in " ".join(attacked.nights[1].warnings)


def test_a_number_that_nobody_can_read_may_be_anybody_s(store_server, tmp_path: Path) -> None:
    first, second, _ = files()

    attacked = played(store_server, tmp_path, [first, spoiled(second, "10\0", "No"), second])

    assert [{row[0] for row in found} for found in attacked.found] == [set(), set(), {FIRST_GONE}]


def test_what_hr_takes_away_afterwards_has_ended(store_server, tmp_path: Path) -> None:
    first, second, _ = files()
    without = spoiled(second, "", "Mail")

    plain, attacked = (
        played(store_server, tmp_path, [first, before, without]) for before in (second, spoiled(second, "\0", "Mail"))
    )

    assert attacked.known == plain.known


def test_nobody_leaves_by_one_row_whose_other_cannot_be_read(store_server, tmp_path: Path) -> None:
    """A new worker, whose employment at another of the company's firms ended: the one that goes on is garbled."""
    first, *_ = files()
    ended = {**person(50), "State": "left", "Last day": "2026-10-30"}
    goes_on = {**ended, "First day": "2026-10-31", "Last day": ""}
    colleague = {**person(51), "State": "left", "Last day": "2026-10-30"}
    everybody = [*first, ended, colleague]

    attacked = played(store_server, tmp_path, [first, [*everybody, {**goes_on, "State": "actve"}]])
    read = played(store_server, tmp_path, [first, [*everybody, {**goes_on, "State": "active"}]])

    assert attacked.left == read.left == {colleague["No"]}
    assert attacked.nights[1].red
    assert not read.nights[1].red

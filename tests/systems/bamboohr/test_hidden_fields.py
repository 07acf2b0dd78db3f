"""Fields that an access level hides of some: they are named, and nobody is told to have left."""

from collections.abc import Generator

import pytest

from tests.support.hiding import ByHr, read_by
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.systems.bamboohr.hiding import HIDING

pytestmark = pytest.mark.slow


@pytest.fixture
def company(office: Office) -> Generator[ByHr]:
    with read_by(HIDING["bamboohr"], office) as made:
        yield made


@pytest.mark.parametrize("fields", [{"status"}, {"terminationDate"}, None], ids=["status", "day", "all"])
def test_fields_that_are_hidden_of_a_department_are_told_and_end_nothing(
    company: ByHr, tracker: ListedTracker, fields: set[str] | None
) -> None:
    kept = company.place.kept
    kept.hidden_of = {each["employeeId"]: fields or {*each} for each in kept.employees[100:112]}

    (said,) = company.red()
    assert "roster hr" in said
    assert (tracker.there(), company.found()) == ([], set())

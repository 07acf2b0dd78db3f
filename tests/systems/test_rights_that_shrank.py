"""HR's reader may see fewer people than the night before, and HTTP says 200: nobody is told to have left.

By constrained groups, target populations and access levels: a department is hidden, or half of the company, or a few.
"""

from collections.abc import Generator

import pytest

from offboarding.store.accepted_reads import accept_read
from tests.support.hiding import PEOPLE, ByHr, hr_systems, read_by
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office

pytestmark = pytest.mark.slow

OF_ACTIVE = sorted(name for name, system in hr_systems().items() if system.own["coverage"] == "active")
OF_EVERYBODY = sorted(name for name, system in hr_systems().items() if system.own["coverage"] == "full")


@pytest.fixture
def company(office: Office, request: pytest.FixtureRequest) -> Generator[ByHr]:
    with read_by(hr_systems()[request.param], office) as made:
        yield made


@pytest.mark.parametrize("company", hr_systems(), indirect=True)
def test_a_hidden_department_is_held_and_named_and_nobody_of_it_told(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[100:112])

    said = "the guard holds roster hr: 12 workers no longer listed of 400, 5 at most go through in a day"
    (why,) = company.red()
    assert why.startswith(said)
    assert company.red() == (), "it waits, and nothing is new"
    assert (tracker.there(), {state for _, state in company.found()}) == ([], {"held"})

    company.hide()
    assert company.red() == ()
    assert (tracker.there(), {state for _, state in company.found()}) == ([], {"resolved"})
    assert company.holds == {}


@pytest.mark.parametrize("company", OF_ACTIVE[:1], indirect=True)
def test_that_they_have_left_all_of_them_is_one_persons_one_word(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[100:112])
    accept_read(company.session, company.night().run.run_id, "hr", reason="a site was closed", author="analyst")

    assert company.red() == ()
    assert (len(tracker.there()), company.holds) == (12, {})


@pytest.mark.parametrize("company", hr_systems(), indirect=True)
def test_half_a_company_hidden_is_a_read_in_part(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[:200])

    assert company.red() == ("roster hr was read in part",)
    assert (tracker.there(), company.found()) == ([], set())


@pytest.mark.parametrize("company", OF_EVERYBODY, indirect=True)
def test_of_a_few_hidden_somebody_is_asked_and_nothing_of_theirs_is_revoked(
    company: ByHr, tracker: ListedTracker
) -> None:
    company.hide(*PEOPLE[100:103])

    assert company.red() == ()
    (ticket,) = tracker.there()
    assert ticket.draft.title.startswith("Confirm departures that roster hr doesn't tell clearly")
    assert company.found() == {("departure-inferred", "open")}

    company.hide()
    assert company.red() == ()
    assert (ticket.is_open, company.found()) == (False, {("departure-inferred", "resolved")})

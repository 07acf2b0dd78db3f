"""A roster's name stands for its id space wherever a worker is named (queries/departures.sql, space_of_roster)."""

import pytest

from offboarding.identity import people
from offboarding.model.errors import FatalError
from offboarding.runs.ingest.reads import key_rules
from offboarding.store.connect import Session
from offboarding.store.reading.workers import worker_called
from tests.support.night import settings_of, spend_night
from tests.support.oracle import RosterRead
from tests.support.small_company import LEAVER, STAFF, company, hr

RULES = key_rules(settings_of(company(hr(LEAVER))))


def read(session: Session, *rosters: RosterRead) -> None:
    spend_night(session, company(*rosters), caller="roster names")


def test_a_roster_alone_in_its_space_names_it(store: Session) -> None:
    read(store, hr(LEAVER, id_space="default"))

    found = worker_called(store, "hr:1042")
    assert (found.id_space, found.worker_id) == ("default", "1042")
    assert str(people.one(store, RULES, "HR:1042")) == "default:1042"
    assert [str(person) for person in people.with_number(store, "hr:1042")] == ["default:1042"]


@pytest.mark.parametrize(
    "rosters",
    [
        pytest.param((hr(LEAVER, id_space="corp"), hr(STAFF, name="plant", id_space="corp")), id="two in one space"),
        pytest.param((hr(LEAVER, id_space="default"), hr(STAFF, name="old", id_space="hr")), id="a space called so"),
    ],
)
def test_a_name_that_may_mean_another_space_names_nobody(store: Session, rosters: tuple[RosterRead, ...]) -> None:
    read(store, *rosters)

    with pytest.raises(FatalError, match="there is no worker hr:1042"):
        worker_called(store, "hr:1042")
    with pytest.raises(FatalError, match="nobody's worker id"):
        people.one(store, RULES, "hr:1042")

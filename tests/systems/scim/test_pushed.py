"""Leavers whom an identity provider takes off the app: found the same night, and nobody with them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters.scim.paths import ENTERPRISE
from offboarding.store import reading
from offboarding.store.connect import opened
from offboarding.store.embedded import EmbeddedServer
from offboarding_airflow import anchor
from offboarding_airflow.pushes import PUSHES
from tests.support.database import copied
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.red import why_red
from tests.support.small_company import account, number
from tests.systems.scim.pushed import SETTINGS, PushedPlace, as_fast_as_it_asks, patch, pushed, served, user

__all__ = ["as_fast_as_it_asks"]
pytestmark = pytest.mark.usefixtures("as_fast_as_it_asks")
OWN: dict[str, Any] = {"id_space": "hr", "login_realm": "corp"}
NUMBERS = [str(each) for each in range(101, 131)]
INACTIVE = patch({"op": "Replace", "path": "active", "value": "False"})


@dataclass(slots=True, kw_only=True)
class ByScim(Office):
    """An office whose identity provider pushes who works there."""

    place: PushedPlace
    idp: httpx.Client
    ids: dict[str, str]
    """By number."""

    @property
    def settings(self) -> Settings:
        """With its users in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        return settings.model_copy(update={"rosters": (self.place.settings(**OWN),)})

    def _roster(self, name: str) -> Roster:
        assert name == SETTINGS["name"]
        return self.place.roster(as_of=self.as_of, **OWN)

    def told(self, number: str, body: dict[str, Any]) -> None:
        """A PATCH of somebody, in the afternoon before the next night."""
        self.place.now = self.as_of + timedelta(hours=14)
        assert self.idp.patch(f"/Users/{self.ids[number]}", json=body).status_code == 204

    def push_everybody(self) -> None:
        """The identity provider tells of every user again, as they are."""
        for each in NUMBERS:
            self.told(each, patch({"op": "Replace", "path": "externalId", "value": f"00u{each}"}))


@pytest.fixture
def company(office: Office, store_parameters: dict[str, str | int], tmp_path: Path) -> Generator[ByScim]:
    """Thirty work in Seoul, and were pushed on the day before the first night."""
    place = PushedPlace(parameters=store_parameters)
    with served(place, make_certificate(tmp_path / "tls")) as running, running.client() as idp:
        place.now = office.as_of
        ids = pushed(idp, *map(user, NUMBERS))
        made = ByScim(
            session=office.session,
            tracker=office.tracker,
            place=place,
            idp=idp,
            ids=dict(zip(NUMBERS, ids, strict=True)),
        )
        made.directory.accounts = [
            account(f"u{each}", number(each), login=f"w{each}", realm=DIRECTORY) for each in NUMBERS
        ]
        yield made


def test_whoever_is_deactivated_is_found_the_same_night_and_a_colleague_is_not(
    company: ByScim, tracker: ListedTracker
) -> None:
    assert company.night().failed == ()
    assert tracker.there() == []

    company.told("101", INACTIVE)
    told_on = company.place.now
    company.told("102", patch({"op": "Replace", "path": "name.familyName", "value": "Lee"}))
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u101" in ticket.draft.body
    assert "u102" not in ticket.draft.body
    (departure,) = company.session.execute("select basis, told from departure where valid_to is null").fetchall()
    assert departure[0] == "inferred"
    assert str(departure[1]).startswith("no longer listed since the read of ")
    # In Seoul.
    assert f": told inactive on {told_on + timedelta(hours=9):%Y-%m-%d %H:%M}" in str(departure[1])

    # Back on the app: they never left.
    company.told("101", patch({"op": "Replace", "path": "active", "value": "True"}))
    company.night()
    assert not tracker.ticket(ticket.ref).is_open


@pytest.mark.slow
def test_nobody_has_left_who_gets_another_number_or_a_colleague_s(company: ByScim, tracker: ListedTracker) -> None:
    company.place.own = {"columns": {"worker_id": "employeeNumber", "login": "userName"}}
    company.night()
    path = f"{ENTERPRISE}:employeeNumber"
    company.told("101", patch({"op": "replace", "path": path, "value": "901"}))
    company.told("102", patch({"op": "replace", "path": path, "value": "103"}))
    for _ in range(3):
        company.night()
    company.told("102", patch({"op": "replace", "path": path, "value": "902"}))
    for _ in range(2):
        company.night()
    assert tracker.there() == []
    assert company.session.execute("select from departure where valid_to is null").fetchall() == []
    # Who leaves under the new number is found, with what is known by the earlier one.
    company.told("101", INACTIVE)
    company.night()
    (ticket,) = tracker.there()
    assert "u101" in ticket.draft.body


def test_nobody_has_left_when_the_app_is_taken_from_everybody(company: ByScim, tracker: ListedTracker) -> None:
    company.night()
    for each in NUMBERS:
        company.told(each, INACTIVE)
    told = company.night()
    assert len(told.failed) == 1
    assert tracker.there() == []
    assert company.session.execute("select from departure").fetchall() == []


@pytest.mark.slow
def test_nobody_has_left_when_the_app_is_taken_from_a_third(company: ByScim, tracker: ListedTracker) -> None:
    company.night()
    for each in NUMBERS[:10]:
        company.told(each, INACTIVE)
    company.night()
    assert tracker.there() == []
    assert company.session.execute("select from departure").fetchall() == []
    (problems,) = company.session.execute(
        "select problems::text from roster_read order by read_id desc limit 1"
    ).fetchall()
    assert "20 workers, where the last complete read had 30" in str(problems)


@pytest.mark.slow
def test_nobody_has_left_while_everybody_is_pushed_anew(company: ByScim, tracker: ListedTracker) -> None:
    company.night()
    # A quarter before the next night it deletes everybody, and has pushed some again as the night reads.
    company.place.now = company.as_of + timedelta(hours=23, minutes=45)
    for each in NUMBERS:
        assert company.idp.delete(f"/Users/{company.ids[each]}").status_code == 204
    ids = pushed(company.idp, *map(user, NUMBERS[:28]))
    company.night()
    assert tracker.there() == []
    assert company.session.execute("select from departure").fetchall() == []

    company.place.now = company.as_of + timedelta(minutes=5)
    ids += pushed(company.idp, *map(user, NUMBERS[28:]))
    assert company.night().failed == ()
    assert tracker.there() == []
    assert company.session.execute("select from departure").fetchall() == []

    # It is the same people, under other ids.
    company.ids = dict(zip(NUMBERS, ids, strict=True))
    company.told("105", INACTIVE)
    company.night()
    (ticket,) = tracker.there()
    assert "u105" in ticket.draft.body


def test_a_copy_from_before_a_push_is_noticed_by_the_next_request(
    company: ByScim, store_server: EmbeddedServer, tracker: ListedTracker
) -> None:
    """The last push before the copy is in the identity provider's past: nobody repeats it by itself."""
    with copied_before_a_leaver_is_pushed(company, store_server):
        company.told("102", patch({"op": "Replace", "path": "name.familyName", "value": "Lee"}))
        assert why_red(reading.night(company.session, company.night().run.run_id))
        assert "29 of 30 users have not been pushed again" in doubts(company)
        assert tracker.there() == []

        company.push_everybody()
        company.told("101", INACTIVE)
        assert company.night().failed == ()
        assert doubts(company) == ""
        (ticket,) = tracker.there()
        assert "u101" in ticket.draft.body


def test_a_copy_from_before_a_push_is_noticed_by_the_next_run(
    company: ByScim, store_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with copied_before_a_leaver_is_pushed(company, store_server):
        monkeypatch.setattr(anchor, "_in_a_task", lambda: True)
        kept = str(company.place.kept.changes)
        monkeypatch.setattr(anchor.Variable, "get", lambda key, default: kept if key == PUSHES else default)
        before, after = company.night().run.run_id, company.night().run.run_id

        anchor.compare_with_anchor(company.session, before)
        anchor.compare_with_anchor(company.session, after)

        (why,) = why_red(reading.night(company.session, before))
        assert "30 changes by SCIM as this store counts them, 31 as Airflow does" in why
        assert why_red(reading.night(company.session, after)) == (), "it is reported once"
        company.night()
        assert "30 of 30 users have not been pushed again" in doubts(company)


@contextmanager
def copied_before_a_leaver_is_pushed(company: ByScim, server: EmbeddedServer) -> Generator[None]:
    """The store's files are copied, 101 is pushed as inactive, and the copy takes the store's place."""
    assert company.night().failed == ()
    company.session.close()
    original = company.place.parameters
    with copied(server, original) as parameters:
        company.told("101", INACTIVE)
        company.place.parameters = parameters
        with opened(parameters) as company.session:
            yield


def doubts(company: ByScim) -> str:
    """Why the last read of the roster is partial, as far as it is a restore."""
    (found,) = company.session.execute(
        "select problems::text from roster_read order by read_id desc limit 1"
    ).fetchall()
    return str(found[0]) if "restored from a backup" in str(found[0]) else ""

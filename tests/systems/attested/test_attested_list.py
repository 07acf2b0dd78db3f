"""A leaver on the list of a system that nobody can ask: told the first night, closed by a person's word alone."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from offboarding.config.settings import Settings
from offboarding.decisions import attestations
from offboarding.interfaces import ReadContext, Source
from offboarding.model.errors import FatalError
from offboarding.report.night import render
from offboarding.report.pages.tonight import tonight
from offboarding.store import reading
from tests.support.deciding import whole_desk
from tests.support.departure import departure
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.rows import note_all
from tests.support.small_company import LEFT, worker
from tests.support.watching import hour
from tests.support.whole_night import NightTold
from tests.systems.attested.lists import ListedSystem

STAFF = {"1042": "kim", "1043": "kimm"}


class AtPortal(Office):
    """An office whose only way in is a bank's portal."""

    portal: ListedSystem

    @property
    def settings(self) -> Settings:
        """With the portal in the directory's place."""
        own = self.portal.settings(id_space="hr", login_realm="corp")
        return super().settings.model_copy(update={"sources": (own,)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.portal.source(ReadContext(as_of=self.as_of, default_zone="Asia/Seoul"))

    def gives(self, day: date) -> None:
        """Finance gives a list of that day."""
        self.portal.day = day
        self.portal.write()

    @property
    def found(self) -> list[tuple[object, ...]]:
        """What is found, whatever became of it."""
        found = self.session.execute("select account_native_id, state, standing, resolution from finding")
        return found.fetchall()


@pytest.fixture
def company(office: Office, tmp_path: Path) -> AtPortal:
    """Kim has left, and Kimm works here; both are on the list, and somebody whom nobody knows."""
    made = AtPortal(session=office.session, tracker=office.tracker)
    made.portal = ListedSystem(folder=tmp_path / "lists")
    made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
    for login in ("kim", "kimm", "reception"):
        made.portal.person(login)
    return made


def shown(company: AtPortal, told: NightTold) -> str:
    """The night's screen, in one line."""
    return " ".join(render(reading.night(company.session, told.run.run_id), "Asia/Seoul").split())


def bodies(tracker: ListedTracker, word: str) -> list[str]:
    """Of tickets that hold this word, each in one line."""
    return [body for each in tracker.there() if word in (body := " ".join(each.draft.body.split()))]


def attest(company: AtPortal, account: str, *, until: datetime) -> None:
    """Lee says, after the last night, that it was taken away."""
    company.session.execute(
        "insert into attestation (material, reason, author, attested_at, until)"
        " values (account_material('attested:bank', %s), 'saw the list of users there', 'lee', %s, %s)",
        (account, company.as_of, until),
    )
    note_all(company.session)


@pytest.mark.slow
def test_a_leaver_is_told_as_attested_until_a_newer_list_does_not_name_them(
    company: AtPortal, tracker: ListedTracker
) -> None:
    told = company.night()

    kim = company.portal.account("kim")
    assert told.failed == ()
    (ticket,) = (each for each in tracker.there() if "worker 1042" in each.draft.title)
    (body,) = bodies(tracker, "Worker 1042")
    assert "it's on the list of 2026-11-20 that finance gave, and nobody can ask the system" in body
    assert "Ask finance to take kim away" in body
    assert not bodies(tracker, "kimm")
    (review,) = bodies(tracker, "claimed by nobody")
    assert "1 account on the list is claimed by nobody; whether it works wasn't checked" in review
    assert (kim, "open", "unknown", None) in company.found

    screen = shown(company, told)
    assert "ATTESTED 1 system, 3 accounts, not checked; oldest list 6 days (portal)" in screen
    assert "Read hr 2 workers (complete, proved) · vendors 0 workers (complete, proved) ATTESTED" in screen

    (page,) = (each for each in tonight(company.session, "Asia/Seoul", company.as_of).reads if each.what == "source")
    assert (page.state, page.amount, page.is_red) == ("attested 6 days ago, not checked", "3 accounts", False)

    # Of the day on which they left, and newer than the one that named them: it may be older than the departure.
    del company.portal.people[kim]
    (company.portal.folder / "portal 2026-11-20.csv").unlink()
    company.gives(date(2026, 11, 13))
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    company.gives(date(2026, 11, 26))
    told = company.night()
    assert told.failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert (kim, "resolved", "unknown", "off the list") in company.found
    assert "Resolved 1 finding: 1 attested by a person" in shown(company, told)


def test_a_persons_word_closes_it_for_a_while_and_a_newer_list_overrules_it(
    company: AtPortal, tracker: ListedTracker
) -> None:
    company.night()
    kim = company.portal.account("kim")
    attest(company, kim, until=company.as_of + timedelta(days=3))

    company.night()
    assert (kim, "resolved", "unknown", "attested") in company.found

    company.night(days=3)
    assert (kim, "open", "unknown", None) in company.found
    assert bodies(tracker, "that it was taken away ended on")

    attest(company, kim, until=company.as_of + timedelta(days=90))
    company.night()
    assert (kim, "resolved", "unknown", "attested") in company.found

    company.gives((company.as_of + timedelta(days=1)).date())
    company.night()
    assert (kim, "open", "unknown", None) in company.found
    assert bodies(tracker, "and a newer list names it again")

    del company.portal.people[kim]
    company.gives((company.as_of + timedelta(days=1)).date())
    company.night()
    assert (kim, "resolved", "unknown", "off the list") in company.found


@pytest.mark.slow
def test_a_person_attests_by_the_finding_and_nothing_else_of_a_list(company: AtPortal) -> None:
    company.night()
    rows = company.session.execute("select rule, finding_key from finding").fetchall()
    keys = {str(rule): f"f-{str(key)[:8]}" for rule, key in rows}
    desk = whole_desk(company.session, company.settings)

    decided = attestations.attest(desk, key=keys["leaver-attested-account"], reason="saw the users there")
    assert any("U0001 is dead by analyst's word until" in text for text in decided.says)
    with pytest.raises(FatalError, match="isn't about a key, or about a leaver's account on the list"):
        attestations.attest(desk, key=keys["orphan-account"], reason="saw the users there")

    words = company.session.execute("select material, author, reason from attestation").fetchall()
    assert words == [("account:attested:bank:U0001", "analyst", "saw the users there")]


@pytest.mark.slow
def test_a_list_that_is_too_old_is_asked_for_again_and_still_names_leavers(company: AtPortal) -> None:
    told = company.night(days=90)

    assert (company.portal.account("kim"), "open", "unknown", None) in company.found
    screen = shown(company, told)
    assert "RED: portal bank was read in part" in screen
    assert "the list of 2026-11-20 was to be asked for again by 2027-02-18: ask finance for a new one" in screen

    known = {"reason": "finance gives one in March", "approver": "Soyeon", "expires": date(2027, 3, 10)}
    company.let_stand = {"acknowledgements": [{"source": "portal", **known}]}
    screen = shown(company, company.night())
    assert "GREEN" in screen
    assert "ask finance for a new one" in screen


@pytest.mark.slow
def test_a_list_that_is_not_whole_tells_of_a_leaver_and_shows_nobody_gone(
    company: AtPortal, tracker: ListedTracker
) -> None:
    company.portal.rows = ["U0009,only two"]
    company.gives(date(2026, 11, 20))
    company.night()
    kim = company.portal.account("kim")
    assert (kim, "open", "unknown", None) in company.found

    del company.portal.people[kim]
    company.gives(date(2026, 11, 25))
    company.night()
    assert (kim, "open", "unknown", None) in company.found


@pytest.mark.slow
def test_a_list_that_shrank_waits_for_somebody_and_closes_nothing(company: AtPortal) -> None:
    for number in range(7):
        company.portal.person(f"guest{number}")
    company.night()
    kim = company.portal.account("kim")

    company.portal.people = {company.portal.account("kimm"): ("kimm", "")}
    company.gives(date(2026, 11, 26))
    company.night(days=2)

    assert (kim, "open", "unknown", None) in company.found
    assert ("source", "portal") in company.holds


@pytest.mark.slow
def test_a_departure_of_now_tells_it_at_once_and_the_night_after_the_new_list_closes_it(
    company: AtPortal, tracker: ListedTracker
) -> None:
    left, company.hr.workers = company.hr.workers, [worker(each, logins=(name,)) for each, name in STAFF.items()]
    company.night()
    assert company.found == [("", "open", "works", None)], "the digest of orphans alone"

    company.hr.workers = left
    told = departure(company, "hr:1042")
    kim = company.portal.account("kim")
    assert (told.failed, told.red) == ([], "")
    assert (kim, "open", "unknown", None) in company.found
    assert not bodies(tracker, "kimm")

    del company.portal.people[kim]
    company.gives(date(2026, 11, 25))
    assert hour(company).failed == []
    assert (kim, "open", "unknown", None) in company.found, "an hour has no inventory to see that the list is whole"
    company.night()
    assert (kim, "resolved", "unknown", "off the list") in company.found

"""Who gets into a system that nobody can ask, by a person's word: as by a list, and never more than that."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import LiteralString

import pytest

from offboarding.config.settings import Settings
from offboarding.decisions import listings
from offboarding.interfaces import ReadContext, Source
from offboarding.model.errors import FatalError
from offboarding.report.night import render
from offboarding.sources import attested
from offboarding.store import people_lists, reading
from offboarding.store.events import broken_at
from offboarding.store.purge import purge
from tests.support.deciding import whole_desk
from tests.support.departure import departure
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office, System, login
from tests.support.red import why_red
from tests.support.small_company import LEFT, number, worker
from tests.support.whole_night import NightTold

pytestmark = pytest.mark.slow

PORTAL = {"name": "portal", "kind": "attested", "realm": "bank", "owner": "finance", "by_word": "number"}
FORGED: LiteralString = """insert into people_list (realm, listed_on, people, reason, author)
    values ('attested:bank', '2026-11-25', 'nobody', 'r', 'a')"""
LEFT_ON, DAY = date(2026, 11, 13), date(2026, 11, 20)


class AtPortal(Office):
    """An office with a directory, and a bank's portal of which a person says who gets in."""

    own: dict[str, object]

    @property
    def settings(self) -> Settings:
        """With the portal in the cloud's place."""
        portal = attested.Settings.model_validate({**self.own, "id_space": "hr", "login_realm": "corp"})
        mine = super().settings
        return mine.model_copy(update={"sources": (mine.sources[0], portal)})

    def say(self, people: str, day: date = DAY) -> None:
        """The analyst says who gets in."""
        desk = whole_desk(self.session, self.settings)
        listings.attest_people(desk, source="portal", listed_on=day, people=people, reason="read off its page of users")

    @property
    def found(self) -> dict[tuple[str, str], tuple[object, object]]:
        """State and resolution of what is found of leavers, by system and account."""
        rows = self.session.execute(
            "select realm, account_native_id, state, resolution from finding where account_native_id <> ''"
        ).fetchall()
        return {(str(realm), str(account)): (state, why) for realm, account, state, why in rows}

    def _source(self, name: str, part: str) -> Source | System:
        if name == "corp-ldap":
            return self.directory
        context = ReadContext(
            as_of=self.as_of, default_zone="Asia/Seoul", stated=partial(people_lists.newest, self.session)
        )
        (_, portal) = self.settings.sources
        assert isinstance(portal, attested.Settings)
        return attested.build(portal, None, part, context)


KIM, KIMM = ("attested:bank", "1042"), ("attested:bank", "1043")


@pytest.fixture
def company(office: Office) -> Iterator[AtPortal]:
    """Kim has left with a login in the directory that works, and Kimm works here."""
    made = AtPortal(session=office.session, tracker=office.tracker)
    made.own = dict(PORTAL)
    made.hr.workers = [worker("1042", LEFT), worker("1043")]
    made.directory.accounts = [login("kim", number("1042")), login("kimm", number("1043"))]
    yield made
    assert broken_at(made.session) is None


def shown(company: AtPortal, told: NightTold) -> str:
    """The night's screen, in one line."""
    return " ".join(render(reading.night(company.session, told.run.run_id), "Asia/Seoul").split())


def red(company: AtPortal, told: NightTold) -> tuple[str, ...]:
    return why_red(reading.night(company.session, told.run.run_id))


def ticket_of_kim(tracker: ListedTracker) -> str:
    (body,) = (" ".join(each.draft.body.split()) for each in tracker.there() if "worker 1042" in each.draft.title)
    return body


def test_until_somebody_has_said_who_gets_in_the_night_is_red_and_names_what_to_say(company: AtPortal) -> None:
    told = company.night()

    (failed,) = told.failed
    assert failed.startswith("sources.portal: nobody has said yet who gets in there.")
    assert "attest-people portal" in failed
    assert company.found == {(DIRECTORY, "kim"): ("open", None)}


def test_a_leaver_is_told_by_whose_word_and_of_what_day_and_counted_apart(
    company: AtPortal, tracker: ListedTracker
) -> None:
    company.say("hr:1042, 1043; 1099")
    told = company.night()

    assert told.failed == ()
    assert company.found == {(DIRECTORY, "kim"): ("open", None), KIM: ("open", None)}
    body = ticket_of_kim(tracker)
    assert "it's on the list of 2026-11-20, by analyst's word, and nobody can ask the system" in body
    assert "Ask finance to take 1042 away" in body
    screen = shown(company, told)
    assert "ATTESTED 1 system, 3 accounts, not checked; oldest list 6 days (portal)" in screen
    assert "corp-ldap 2 accounts" in screen


def test_a_later_word_closes_its_own_and_never_what_another_source_has_found(
    company: AtPortal, tracker: ListedTracker
) -> None:
    company.say("1042 1043")
    company.night()

    company.say("1043", day=LEFT_ON)
    company.night()
    assert company.found[KIM] == ("open", None), "of the day on which they left, and older"

    company.say("nobody", day=company.as_of.date())
    told = company.night()
    assert company.found == {(DIRECTORY, "kim"): ("open", None), KIM: ("resolved", "off the list")}
    assert "1 attested by a person" in shown(company, told)
    assert all(each.is_open for each in tracker.there() if "worker 1042" in each.draft.title)

    company.say("1042", day=company.as_of.date())
    company.night()
    assert company.found[KIM] == ("open", None), "said again of the same day"


def test_a_word_that_is_too_old_is_asked_for_again_and_still_names_leavers(company: AtPortal) -> None:
    company.say("1042 1043")
    told = company.night(days=90)

    assert company.found[KIM] == ("open", None)
    (said,) = red(company, told)
    assert said == "portal bank was read in part"
    wanted = "was to be asked for again by 2027-02-18: ask finance for a new one, and say it: attest-people portal"
    assert wanted in shown(company, told)


def test_who_leaves_now_is_told_at_once_by_the_word_that_stands(company: AtPortal) -> None:
    company.hr.workers = [worker("1042"), worker("1043")]
    company.say("1042 1043")
    company.night()
    assert company.found == {}

    company.hr.workers = [worker("1042", LEFT), worker("1043")]
    assert departure(company, "hr:1042").failed == []
    assert company.found[KIM] == ("open", None)


def test_a_list_that_shrank_waits_for_somebody_and_closes_nothing(company: AtPortal) -> None:
    company.say(" ".join(str(each) for each in range(1042, 1052)))
    company.night()

    company.say("nobody", day=company.as_of.date())
    company.night()

    assert company.found[KIM] == ("open", None)
    assert ("source", "portal") in company.holds


@pytest.mark.parametrize(
    "forged",
    [
        FORGED,
        "update people_list set people = 'nobody', listed_on = '2026-11-25'",
        "update people_list set people = ''",
    ],
    ids=["a list of its own", "other people", "none"],
)
def test_a_list_that_was_written_by_hand_hides_nobody(company: AtPortal, forged: LiteralString) -> None:
    company.say("1042 1043")
    company.night()
    company.session.execute(forged)

    told = company.night()

    assert company.found[KIM] == ("open", None)
    assert any("list of people" in text for text in reading.night(company.session, told.run.run_id).record_troubles)


def test_what_a_newer_word_replaced_is_forgotten_and_the_one_that_counts_is_not(company: AtPortal) -> None:
    company.say("1042 1043")
    company.say("1043", day=DAY + timedelta(days=1))
    cut = datetime.now(UTC) + timedelta(days=1)

    purge(company.session, cut, keep=False)

    rows = company.session.execute("select people, reason from people_list order by people_list_id").fetchall()
    assert rows == [("", ""), ("1043", "read off its page of users")]
    told = company.night()
    assert (told.failed, reading.night(company.session, told.run.run_id).record_troubles) == ((), ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": "corp-ldap"}, "corp-ldap is no source whose list is a person's word"),
        ({"listed_on": date(2100, 1, 1)}, "2100-01-01 is to come"),
        ({"listed_on": date(1969, 1, 1)}, "before 1970"),
        ({"people": " ,; "}, "Where nobody gets in, say so: nobody."),
        ({"people": "nobody 1042"}, "says nobody and names somebody"),
        ({"people": "kim@corp.example"}, "holds an address"),
        ({"people": "10\u202e42"}, "can't be printed"),
    ],
)
def test_what_is_no_list_is_refused(company: AtPortal, changes: dict[str, object], said: str) -> None:
    fields = {"source": "portal", "listed_on": DAY, "people": "1042", "reason": "r"} | changes
    with pytest.raises(FatalError, match=said):
        listings.attest_people(whole_desk(company.session, company.settings), **fields)  # pyrefly: ignore[bad-argument-type]
    assert company.session.execute("select count(*) from people_list").fetchone() == (0,)

"""Nights that are attempted again, overlap or lie before another: one ticket a key, and an older read changes nothing.

What is killed on the way is in test_crashes.py, with a real Roundup.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.interfaces import Found
from offboarding.model import Account, Credential, Standing, Worker
from offboarding.model.errors import FatalError, RetriableError
from offboarding.runs import pipeline
from offboarding.store import embedded
from offboarding.store.connect import opened
from offboarding.store.events import broken_at
from tests.support.crashing import told
from tests.support.desk import SeenTicket, tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import Feed, HeardTracker, Office, System, access_key, locked, login, switched_off, user
from tests.support.small_company import LEFT, STAFF, WORKS, number, worker
from tests.support.whole_night import NightTold, whole_night

KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"


@pytest.fixture
def kim(office: Office) -> Office:
    """Kim and Lee have left, and their logins work."""
    office.hr.workers = [KIM, worker("1043", LEFT), STAFF]
    office.hr.workers[2] = replace(STAFF, worker_id="1044")
    office.directory.accounts = [login("kim", number("1042")), login("lee", number("1043"))]
    return office


def each(people: ListedPeople, office: Office) -> dict[str, SeenTicket]:
    """Ticket by worker; no worker has two."""
    found = tickets_of(people, office.queue)
    by_worker = {ticket.title.split(" (")[0].rpartition(" ")[2]: ticket for ticket in found}
    assert len(by_worker) == len(found)
    return by_worker


def die(office: Office) -> None:
    office.directory.change("kim", **locked())


def live_again(office: Office) -> None:
    office.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")


def test_a_ticket_that_could_not_be_opened_in_time_is_not_opened_about_who_came_back(
    kim: Office, people: ListedPeople
) -> None:
    """Decided in a night whose last task went down: what is still to be said then is looked at again."""
    night_without_tickets_but_with_a_plan(kim)
    kim.hr.change("1042", employments=(WORKS,))

    kim.night()

    assert set(each(people, kim)) == {"1043"}
    kim.night()
    assert kim.tracker.calls == []
    kim.hr.change("1042", employments=(LEFT,))
    kim.night()
    assert each(people, kim)["1042"].is_open
    assert kim.tracker.calls == ["open"]
    kim.night()
    assert (kim.tracker.calls, broken_at(kim.session)) == ([], None)


def night_without_tickets_but_with_a_plan(office: Office) -> None:
    """The tracker can't be reached at all."""

    class Unreachable(HeardTracker):
        def find(self, key: str) -> Found:
            raise RetriableError(f"{key}: nobody answers")

    readers = replace(office.readers(), trackers=lambda _: {"secops": lambda: Unreachable(office.tracker)})
    with pytest.raises(RetriableError):
        whole_night(office.session, office.settings, readers, caller=f"down {office.queue}", as_of=office.as_of)


def test_every_task_may_be_run_twice(kim: Office, people: ListedPeople) -> None:
    kim.directory.change("kim", last_used_at=datetime(2026, 11, 20, 3, tzinfo=UTC))
    first = kim.night()
    die(kim)

    def again() -> NightTold:
        return whole_night(kim.session, kim.settings, kim.readers(), caller=f"again {kim.queue}", as_of=kim.as_of)

    again()
    told_night = again()

    assert told_night.run.run_id == first.run.run_id + 1
    assert len(tickets_of(people, kim.queue)) == 3
    assert (told_night.evaluated.resolved, told_night.tickets.closed, told_night.tickets.commented) == (0, 0, 0)
    assert broken_at(kim.session) is None


def test_what_happens_between_two_attempts_of_one_night_is_told_too(kim: Office, people: ListedPeople) -> None:
    """Dead, alive and dead again within one run: what is said once isn't taken for said already."""
    caller = f"long night {kim.queue}"
    for change in (lambda _: None, die, live_again, die):
        change(kim)
        whole_night(kim.session, kim.settings, kim.readers(), caller=caller, as_of=kim.as_of)

    ticket = each(people, kim)["1042"]
    assert not ticket.is_open
    assert len(ticket.comments) == 3


def test_a_ticket_that_is_refused_keeps_no_other_back(kim: Office, people: ListedPeople) -> None:
    refusing = RefusesOnce(kim.tracker.inner)
    run_id = kim.untold()

    with pytest.raises(FatalError, match="1 ticket was refused by secops"):
        told(kim.session, run_id, refusing)

    assert len(tickets_of(people, kim.queue)) == 1
    kim.night()
    assert set(each(people, kim)) == {"1042", "1043"}


class RefusesOnce(HeardTracker):
    """A tracker that refuses its first ticket."""

    def open(self, draft):
        if not self.calls:
            self.calls.append("refused")
            raise FatalError("trackers.secops: 403: you may not create an issue. Give the user the role User")
        return super().open(draft)


def test_two_whole_nights_at_once(
    kim: Office, people: ListedPeople, store_parameters: dict[str, str | int], store_server: embedded.EmbeddedServer
) -> None:
    """Each with its own session and its own run, from the first task to the last."""
    failures: list[BaseException] = []

    def night(name: str) -> None:
        mine = replace(
            kim,
            hr=replace(kim.hr),
            vendors=replace(kim.vendors),
            directory=replace(kim.directory),
            tracker=HeardTracker(kim.tracker.inner),
        )
        try:
            with opened(store_parameters) as session:
                whole_night(session, mine.settings, mine.readers(), caller=f"{name} {kim.queue}", as_of=kim.as_of)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    for turn in range(2):
        threads = [threading.Thread(target=night, args=(f"{name} {turn}",)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert failures == []
    assert set(each(people, kim)) == {"1042", "1043"}
    assert kim.session.execute("select state, count(*)::int from finding group by state").fetchall() == [("open", 2)]
    assert broken_at(kim.session) is None


def overtaken(office: Office, source: str, *, between: Callable[[], None]) -> None:
    """A read of `source` begins; before it ends, what `between` does has happened, and a whole night has seen it."""
    run = pipeline.open_run(office.session, office.settings, caller=f"slow {office.queue}", as_of=office.as_of)
    slow = Slow(realm=office.directory.realm, accounts=list(office.directory.accounts), between=between)
    slow.credentials = list(office.directory.credentials)
    own = office.settings.source(source)
    with opened(office.session.info.get_parameters() | {"password": ""}) as session:
        pipeline.collect(session, office.settings, run, own, "", slow)


class Slow(System):
    """A system that is read so slowly that another night goes by meanwhile."""

    def __init__(self, *, realm: str, accounts: list[Account], between: Callable[[], None]) -> None:
        super().__init__(realm=realm, accounts=accounts)
        self.between = between

    def collect(self):
        yield from self.accounts
        self.between()
        yield from super().collect()


def test_an_older_inventory_overwrites_nothing_newer_and_shows_nothing_gone_or_back(kim: Office) -> None:
    kim.night()

    def change_and_look() -> None:
        kim.directory.change("lee", **locked())
        kim.directory.remove("kim")
        kim.directory.accounts.append(login("adm-lee", number("1043")))
        kim.night()

    overtaken(kim, "corp-ldap", between=change_and_look)

    rows = kim.session.execute("select native_id, standing, gone_at is null from account order by native_id").fetchall()
    assert rows == [("adm-lee", "works", True), ("kim", "works", False), ("lee", "dead", True)]


def test_an_older_live_look_overwrites_no_newer_one(kim: Office) -> None:
    """What it saw dead may be switched on again since."""
    owner = user("AIDAKIM", number("1042"))
    kim.cloud.accounts = [owner]
    kim.cloud.credentials = [access_key(KEY, owner)]
    kim.night()
    run = pipeline.open_run(kim.session, kim.settings, caller=f"slow {kim.queue}", as_of=kim.as_of)
    own = kim.settings.source("aws")
    pipeline.collect(kim.session, kim.settings, run, own, kim.cloud.realm, kim.cloud)
    stale: list[Credential] = [replace(kim.cloud.credentials[0], **switched_off())]
    slow = SlowLook(realm=kim.cloud.realm, accounts=[owner], credentials=stale, meanwhile=kim.night)
    with opened(kim.session.info.get_parameters() | {"password": ""}) as session:
        pipeline.detail(session, kim.settings, run, own, kim.cloud.realm, slow)

    assert kim.session.execute("select standing from credential where native_id = %s", (KEY,)).fetchall() == [
        ("works",)
    ]


class SlowLook(System):
    """The same, for a live look."""

    def __init__(
        self,
        *,
        realm: str,
        accounts: list[Account],
        credentials: list[Credential],
        meanwhile: Callable[[], object],
    ) -> None:
        super().__init__(realm=realm, accounts=accounts, credentials=credentials)
        self.meanwhile = meanwhile

    def detail(self, accounts):
        yield from self.credentials
        self.meanwhile()
        yield from super().detail(accounts)


def test_an_older_roster_overwrites_nothing_newer(kim: Office) -> None:
    kim.night()
    run = pipeline.open_run(kim.session, kim.settings, caller=f"slow {kim.queue}", as_of=kim.as_of)
    slow = SlowFeed(list(kim.hr.workers), kim)

    with opened(kim.session.info.get_parameters() | {"password": ""}) as session:
        pipeline.read_roster(session, kim.settings, run, kim.settings.roster("hr"), slow)

    rows = kim.session.execute("select name from worker where worker_id = '1042'").fetchall()
    assert rows == [("Kim Min-jun",)]


class SlowFeed(Feed):
    """A feed that is read so slowly that HR mends a record, and a night sees it, meanwhile."""

    def __init__(self, workers: list[Worker], office: Office) -> None:
        super().__init__(workers=workers)
        self.office = office

    def read(self):
        yield from self.workers
        self.office.hr.change("1042", name="Kim Min-jun", employments=(WORKS,))
        self.office.night()
        self.summary = self.office.hr.summary


def test_a_night_cannot_go_backwards(kim: Office) -> None:
    kim.night()

    with pytest.raises(FatalError, match="lies before the last night's"):
        pipeline.open_run(kim.session, kim.settings, caller="earlier", as_of=datetime(2026, 11, 1, tzinfo=UTC))


def test_a_night_that_names_no_moment_cannot_go_backwards_either(kim: Office) -> None:
    kim.night(days=400)

    with pytest.raises(FatalError, match="lies before the last night's"):
        pipeline.open_run(kim.session, kim.settings, caller="now", as_of=None)

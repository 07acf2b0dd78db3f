"""One slow system costs itself: everything else is checked and reported in the same night."""

import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from offboarding.model import CREDENTIAL_KINDS, AccountRef, Fact, IdentityKeyKind, ScopeRead, SubjectKind, Worker
from offboarding.report.red import reasons
from offboarding.runs.ingest import details, reads
from offboarding.runs.troubles import troubles
from offboarding.store import reading
from tests.support.office import Feed, Office, System, access_key, login, user
from tests.support.small_company import LEFT, STAFF, mail, number, tag, worker

SECONDS = 1.0
"""How long a read may take here."""
FOREVER = 200.0
RECORD = Callable[[str, object], None]


class SilentFeed(Feed):
    """HR's system, which never answers."""

    def read(self) -> Iterator[Worker]:
        time.sleep(FOREVER)
        yield from Feed.read(self)


class SilentSystem(System):
    """A cloud that never answers."""

    def collect(self) -> Iterator[Fact]:
        time.sleep(FOREVER)
        yield from System.collect(self)


class SystemWithAnEndlessAccount(System):
    """A cloud that answers for each account but one."""

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        for fact in System.detail(self, sorted(accounts, key=lambda ref: ref.native_id == "AIDAPARK")):
            if isinstance(fact, ScopeRead) and fact.scope == "AIDAPARK":
                time.sleep(FOREVER)
            yield fact


@pytest.fixture(autouse=True)
def _a_second_a_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "seconds_for", lambda *_: SECONDS)


@pytest.fixture
def office(office: Office) -> Office:
    """Kim and Park left: Kim has a login and an access key, Park an access key."""
    office.hr.workers = [
        worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun"),
        worker("1055", LEFT, mail="park@corp.example", name="Park Jiwoo"),
        STAFF,
    ]
    office.vendors.workers = [worker("V1", LEFT), worker("V2")]
    office.directory.accounts = [login("kim", number("1042"), mail("kim@corp.example"))]
    return office


def filled(cloud: System) -> System:
    kim = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
    park = user("AIDAPARK", tag(IdentityKeyKind.NUMBER, "1055"))
    cloud.accounts = [kim, park]
    cloud.credentials = [access_key("AKIAAAAAAAAAAAAAAAAA", kim), access_key("AKIAPPPPPPPPPPPPPPPP", park)]
    return cloud


def red(office: Office, run_id: int) -> str:
    return "; ".join(reasons(troubles(reading.night_state(office.session, run_id))))


def gaps(office: Office) -> list[str]:
    return [str(gap) for (gap,) in office.session.execute("select gaps::text from source_read").fetchall()]


def reported(office: Office) -> set[str]:
    rows = office.session.execute("select subject_label from finding where state = 'open'").fetchall()
    return {str(label) for (label,) in rows}


def test_a_silent_cloud_is_not_checked_and_the_directory_is(office: Office, record_property: RECORD) -> None:
    record_property("attacks", 1)
    office.clouds = {office.cloud.realm: filled(SilentSystem(realm=office.cloud.realm))}
    began = time.monotonic()

    told = office.night()

    assert time.monotonic() - began < FOREVER / 2
    assert "open" in office.tracker.calls
    assert reported(office) == {"uid=kim,dc=corp"}
    assert "aws 111111111111" in red(office, told.run.run_id)
    (said,) = told.failed
    assert said.startswith("sources.aws 111111111111: it was not read to its end within ")


def test_a_silent_roster_is_not_checked_and_the_other_is(office: Office, record_property: RECORD) -> None:
    record_property("attacks", 1)
    office.vendors = SilentFeed(workers=office.vendors.workers)

    told = office.night()

    assert reported(office) == {"uid=kim,dc=corp"}
    assert "vendors" in red(office, told.run.run_id)


def test_an_account_that_never_ends_costs_nobody_whose_account_was_read(
    office: Office, record_property: RECORD
) -> None:
    record_property("attacks", 1)
    office.clouds = {office.cloud.realm: filled(SystemWithAnEndlessAccount(realm=office.cloud.realm))}

    told = office.night()

    assert "AKIA...AAAA" in reported(office)
    assert "AKIA...PPPP" not in reported(office)
    assert red(office, told.run.run_id)


class SystemWithAnOddAccount(System):
    """A cloud that tells of one account what its reader breaks on."""

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        for ref in sorted(accounts, key=lambda ref: ref.native_id != "AIDAPARK"):
            if ref.native_id == "AIDAPARK":
                raise OverflowError("date value out of range")
            yield from System.detail(self, [ref])


def test_an_account_that_a_reader_breaks_on_costs_itself(office: Office, record_property: RECORD) -> None:
    record_property("attacks", 1)
    office.clouds = {office.cloud.realm: filled(SystemWithAnOddAccount(realm=office.cloud.realm))}

    told = office.night()

    assert "AKIA...AAAA" in reported(office)
    assert "OverflowError" in red(office, told.run.run_id) + str(gaps(office))


class BrokenSystem(System):
    """A cloud whose reader breaks on everything."""

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        raise ZeroDivisionError


def test_a_reader_that_breaks_on_everything_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.clouds = {office.cloud.realm: filled(BrokenSystem(realm=office.cloud.realm))}
    monkeypatch.setattr(details, "MOST_BROKEN", 1)

    with pytest.raises(ZeroDivisionError):
        office.night()


class SystemInTwoSteps(System):
    """A cloud that answers for an account, and then for its keys: Park's keys never come, or break the reader."""

    breaks: bool = False

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        for ref in sorted(accounts, key=lambda ref: ref.native_id):
            yield from (each for each in self.accounts if each.native_id == ref.native_id)
            yield ScopeRead(realm=self.realm, scope=ref.native_id, kinds=(SubjectKind.ACCOUNT,))
            if ref.native_id == "AIDAPARK":
                if self.breaks:
                    raise OverflowError("date value out of range")
                time.sleep(FOREVER)
            yield from (each for each in self.credentials if each.account_native_id == ref.native_id)
            yield ScopeRead(realm=self.realm, scope=ref.native_id, kinds=CREDENTIAL_KINDS)


@pytest.mark.parametrize("breaks", [False, True])
def test_an_account_whose_second_step_does_not_end_well_is_not_checked(
    office: Office, record_property: RECORD, *, breaks: bool
) -> None:
    record_property("attacks", 1)
    cloud = SystemInTwoSteps(realm=office.cloud.realm)
    cloud.breaks = breaks
    office.clouds = {office.cloud.realm: filled(cloud)}

    told = office.night()

    assert "AKIA...AAAA" in reported(office)
    assert "aws 111111111111" in red(office, told.run.run_id)

"""Which parts of its sources a nightly run reads: none is forgotten, and none is read that the run does not expect."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from offboarding.config.settings import Settings
from offboarding.identity import people
from offboarding.interfaces import Tracker
from offboarding.model import Employment, IdentityKeyKind
from offboarding.model.errors import FatalError
from offboarding.report.red import reasons
from offboarding.runs import order, pipeline, whole
from offboarding.runs.order import Call
from offboarding.runs.troubles import troubles
from offboarding.sources.aws.iam import Settings as AwsSettings
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.begun import Begun
from tests.support.deciding import acknowledge
from tests.support.listed_tracker import tracker
from tests.support.office import CLOUD, OTHER_CLOUD, HeardTracker, Office, System, access_key, login, user
from tests.support.small_company import LEFT, job, number, tag, worker
from tests.support.variants import some_of
from tests.support.whole_night import Readers

__all__ = ["tracker"]  # a fixture


@dataclass(slots=True, kw_only=True)
class Organization(Office):
    """An office whose AWS accounts an organization names."""

    members: list[str] = field(default_factory=lambda: [CLOUD])

    @property
    def settings(self) -> Settings:
        """The accounts are asked for."""
        own = Office.settings.fget(self)  # pyrefly: ignore[not-callable]
        aws = AwsSettings.model_validate(
            {
                "name": self.called("aws"),
                "kind": "aws_iam",
                "connection": "none",
                "id_space": "hr",
                "login_realm": "corp",
                "role_name": "Audit",
                "organization": True,
            }
        )
        return own.model_copy(update={"sources": (own.sources[0], aws)})

    def readers(self) -> Readers:
        """The organization answers."""

        def parts(*_: object) -> Any:
            return lambda own: tuple(self.members) if own.tells_parts() else own.parts()

        return replace(Office.readers(self), parts=parts)


def organization(session: Session, tracker: Tracker) -> Organization:
    made = Organization(session=session, tracker=HeardTracker(tracker))
    made.hr.workers = [worker("1042"), worker("1043")]
    made.directory.accounts = [login("kim", number("1042")), login("lee", number("1043"))]
    made.cloud.accounts = [user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))]
    made.cloud.credentials = [access_key("AKIAKIM", made.cloud.accounts[0])]
    return made


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Organization:
    """Kim has an IAM user and a login in the directory."""
    return organization(store, tracker)


def first_night(session: Session, tracker: Tracker) -> Organization:
    made = organization(session, tracker)
    made.night()
    return made


@pytest.fixture
def seen(begun: Begun) -> Organization:
    """The same, after a night."""
    return begun(first_night)


def night_of_two(session: Session, tracker: Tracker) -> Organization:
    made = organization(session, tracker)
    member(made)
    return made


@pytest.fixture
def of_two(begun: Begun) -> Organization:
    """Lee's key lies in another account of the organization; a first night has read it."""
    return begun(night_of_two)


def why(office: Office, run: Run) -> str:
    return "; ".join(reasons(troubles(reading.night_state(office.session, run.run_id))))


def begun(office: Office) -> tuple[Run, dict[str, list[Call]]]:
    office.as_of += timedelta(days=1)
    run = pipeline.open_run(office.session, office.settings, caller=f"at {office.as_of}", as_of=office.as_of)
    return run, whole.work_of(office.session, office.settings, office.readers(), run, lambda _: None)


def walked(office: Office, run: Run, work: dict[str, list[Call]]) -> None:
    order.walk(work, partial(whole.by_itself, office.session, run))


def test_a_first_task_that_is_repeated_forgets_no_part_that_was_found(seen: Organization) -> None:
    run, work = begun(seen)
    pipeline.open_run(seen.session, seen.settings, caller=f"at {seen.as_of}", as_of=seen.as_of)

    # As though the accounts had been swapped for the directory in the XCom.
    walked(seen, run, work | {"collect": work["collect"][:1], "detail": work["detail"][:1]})

    assert f"aws {CLOUD} couldn't be read" in why(seen, run)


def test_a_part_that_is_not_expected_is_not_read(seen: Organization) -> None:
    seen.hr.change("1042", employments=(LEFT,))
    run, work = begun(seen)
    given = (seen.session, seen.settings, run, seen.settings.sources[0], "x", seen.directory)
    refused, nothing = partial(pipeline.collect, *given), partial(pipeline.detail, *given)

    with pytest.raises(FatalError, match=r"corp-ldap x: run .* does not expect this part"):
        refused()
    walked(seen, run, work | {"collect": [*work["collect"], refused], "detail": [*work["detail"], nothing]})

    found = {each.subject_native_id for each in reading.findings(seen.session)}
    assert found == {"kim", "AKIAKIM"}


def member(office: Organization) -> None:
    """Lee's key lies in another account of the organization; a first night has read it."""
    lee = user("AIDALEE", tag(IdentityKeyKind.NUMBER, "1043"), realm=OTHER_CLOUD)
    office.clouds[OTHER_CLOUD] = System(realm=OTHER_CLOUD, accounts=[lee], credentials=[access_key("AKIALEE", lee)])
    office.members.append(OTHER_CLOUD)
    office.night()


def acknowledged(office: Office, **gap: str) -> None:
    ends = (office.as_of + timedelta(days=20)).date()
    entry = {"source": "aws", "reason": "handed over", "approver": "lee", "expires": ends, **gap}
    office.let_stand = {"acknowledgements": [entry]}


def night(office: Office) -> str:
    """Why the next night is red."""
    return why(office, office.night().run)


def test_an_account_that_left_the_organization_is_not_checked_until_that_is_acknowledged(of_two: Organization) -> None:
    of_two.members.remove(OTHER_CLOUD)

    left = f"aws {OTHER_CLOUD} is known from earlier runs and was not read"
    assert left in night(of_two)
    assert left in night(of_two)
    acknowledged(of_two, part=OTHER_CLOUD)
    assert left in night(of_two)
    acknowledged(of_two, part=OTHER_CLOUD, covers="unread")
    assert night(of_two) == ""
    told = reading.last_night(of_two.session)
    assert told is not None
    (part,) = [each for each in told.parts if each.part == OTHER_CLOUD]
    assert part.errors


def test_one_that_comes_back_is_read_again(of_two: Organization) -> None:
    of_two.members.remove(OTHER_CLOUD)
    of_two.night()
    of_two.members.append(OTHER_CLOUD)
    assert night(of_two) == ""


def test_an_account_without_anything_that_is_known_may_leave(of_two: Organization) -> None:
    of_two.clouds[OTHER_CLOUD].accounts.clear()
    of_two.night()
    of_two.members.remove(OTHER_CLOUD)
    assert night(of_two) == ""


def test_an_account_that_another_source_reads_now_is_read(of_two: Organization) -> None:
    of_two.names["aws"] = "cloud"
    assert night(of_two) == ""


def test_what_the_configuration_names_no_longer_is_not_missed(of_two: Organization) -> None:
    """Whoever writes the configuration says what is read."""
    of_two.members.remove(OTHER_CLOUD)
    of_two.names["aws"] = "cloud"
    assert night(of_two) == ""


def test_a_roster_that_is_renamed_is_not_missed(seen: Organization) -> None:
    seen.names["hr"] = "people"

    assert night(seen) == ""


def test_who_leaves_as_the_roster_is_renamed_is_missed_until_that_is_acknowledged(seen: Organization) -> None:
    seen.names["hr"] = "people"
    seen.hr.workers.pop()

    missed = "roster hr is no longer configured, and listed employed people who are on no configured roster"
    assert night(seen) == missed
    assert night(seen) == missed
    until = (datetime.now(UTC) + timedelta(days=20)).date()
    acknowledge(
        seen.session, seen.settings, roster="hr", covers="unread", until=until, reason="moved", author="analyst"
    )
    seen.as_of = datetime.now(UTC)
    assert night(seen) == ""


def test_an_acknowledged_roster_that_was_named_again_meanwhile_says_nothing_of_the_next_leaver(
    office: Organization,
) -> None:
    office.as_of = datetime.now(UTC) - timedelta(days=2)
    night(office)
    office.names["hr"] = "people"
    leaver = office.hr.workers.pop()
    assert "roster hr is no longer configured" in night(office)
    until = (datetime.now(UTC) + timedelta(days=20)).date()
    acknowledge(
        office.session, office.settings, roster="hr", covers="unread", until=until, reason="moved", author="analyst"
    )
    assert night(office) == ""
    office.names.pop("hr")
    office.hr.workers += [leaver, worker("1044")]
    assert night(office) == ""

    office.names["hr"] = "people"
    del office.hr.workers[-2:]

    assert "roster hr is no longer configured" in night(office)


def test_who_waits_for_a_word_as_the_roster_is_renamed_is_missed(office: Organization) -> None:
    office.hr.workers += [worker(str(each)) for each in range(2000, 2100)]
    night(office)
    del office.hr.workers[-8:]
    assert "wait" in night(office)

    office.names["hr"] = "people"
    assert "roster hr is no longer configured" in night(office)


def test_who_is_to_come_back_as_the_roster_is_renamed_is_missed(seen: Organization) -> None:
    kim = seen.hr.workers.pop()
    night(seen)
    start = (seen.as_of + timedelta(days=10)).date()
    seen.hr.workers.append(replace(kim, employments=(job("future", start=str(start)),)))
    assert night(seen) == ""

    seen.names["hr"] = "people"
    seen.hr.workers.pop()
    assert "roster hr is no longer configured" in night(seen)


@some_of(
    1,
    "elsewhere",
    [job("future", start="2027-03-01"), job("left", start="2010-01-01", last="2014-12-31")],
    ids=["to begin", "had ended"],
)
def test_who_is_not_employed_on_another_roster_as_theirs_is_renamed_is_missed(
    office: Organization, elsewhere: Employment
) -> None:
    kim = worker("1043", job(), mail="kim@corp.example", logins=("kim",))
    office.hr.workers[-1] = kim
    office.vendors.workers.append(replace(kim, worker_id="v9", employments=(elsewhere,)))
    assert night(office) == ""

    office.names["hr"] = "people"
    office.hr.workers.pop()
    assert "roster hr is no longer configured" in night(office)


def test_another_server_in_place_of_a_known_one_is_not_what_was_to_be_checked(seen: Organization) -> None:
    known = seen.directory.realm
    moved = [replace(each, realm="another") for each in seen.directory.accounts]
    seen.directory = System(realm="another", accounts=moved)

    instead = f"corp-ldap {known} is known from earlier runs and was not read"
    assert instead in night(seen)
    acknowledged(seen, source="corp-ldap", part=known, covers="unread")
    assert night(seen) == ""
    seen.directory.error = FatalError("corp-ldap: it is away")
    assert "corp-ldap couldn't be read" in night(seen)
    seen.let_stand, seen.names["corp-ldap"] = {}, "corp-ldap-2"
    seen.directory.error = None
    assert night(seen) == "", "the configuration says that this is another system"


def test_what_is_known_where_it_is_no_longer_checked_is_linked_as_before(of_two: Organization) -> None:
    """As where a read fails: whoever has left holds what may work or not."""
    of_two.hr.change("1043", employments=(LEFT,))
    of_two.night()
    of_two.members.remove(OTHER_CLOUD)

    assert f"aws {OTHER_CLOUD}" in night(of_two)

    found = {each.subject_native_id: each.state for each in reading.findings(of_two.session)}
    assert found["AKIALEE"] == "open"


def test_a_departure_misses_no_part(of_two: Organization) -> None:
    """It checks some people alone, and the night says what it could not."""
    of_two.members.remove(OTHER_CLOUD)
    of_two.hr.change("1042", employments=(LEFT,))
    of_two.as_of += timedelta(days=1)
    (person,) = people.with_number(of_two.session, "1042")
    settings, readers = of_two.settings, of_two.readers()
    run = whole.whole_departure(of_two.session, settings, readers, [person], caller="one", as_of=of_two.as_of)
    assert why(of_two, run) == ""


def test_a_departure_is_red_for_a_source_that_was_not_asked_what_there_is_to_read(seen: Organization) -> None:
    """The task find_parts failed: whatever goes on after it has no part of the organization to read."""
    seen.hr.change("1042", employments=(LEFT,))
    session, settings, readers = seen.session, seen.settings, seen.readers()
    as_of = seen.as_of + timedelta(hours=1)
    run = pipeline.open_departure(session, settings, caller="manual__1", as_of=as_of)
    pipeline.read_roster(session, settings, run, settings.rosters[0], readers.roster(settings, "hr", as_of))
    assert pipeline.find_people(session, settings, run, ["hr:1042"])
    directory, aws = settings.sources
    reader = readers.source(settings, directory.name, "", as_of)
    pipeline.collect(session, settings, run, directory, "", reader)
    pipeline.correlate(session, settings, run)
    pipeline.detail(session, settings, run, directory, "", reader)
    pipeline.conclude(session, settings, run, lambda _: readers.trackers(settings), lambda _: ())

    with pytest.raises(FatalError, match=f"{aws.name} .*couldn't be read"):
        pipeline.report_departure(session, run)

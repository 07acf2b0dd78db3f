"""What was shut, and may go on for a while by its system's own word: nothing is dead before that is over."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import SourceSettings
from offboarding.model import IdentityKeyKind, Standing, SubjectKind
from tests.support.aged import pass_by
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, access_key, locked, login, switched_off, user
from tests.support.small_company import LEFT, number, tag, worker
from tests.support.watching import hour

USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
KEY = access_key("AKIAKIMKIMKIMKIMKIMK", USER)


class SlowSettings(SourceSettings):
    """Of a directory whose sessions go on for two hours."""

    delays: ClassVar[Mapping[SubjectKind, timedelta]] = {SubjectKind.ACCOUNT: timedelta(hours=2)}


class Slow(Office):
    """An office that has one, beside a cloud in which what is switched off is off."""

    @property
    def settings(self) -> Settings:
        """With its directory of that kind."""
        settings = super().settings
        directory, cloud = settings.sources
        slow = SlowSettings.model_validate(directory.model_dump(exclude_unset=True))
        return settings.model_copy(update={"sources": (slow, cloud)})


@pytest.fixture
def company(office: Office) -> Slow:
    """Kim has left, with a login in the directory and an access key; a night has told it."""
    made = Slow(session=office.session, tracker=office.tracker)
    made.hr.workers = [worker("1042", LEFT)]
    made.directory.accounts = [login("kim", number("1042"))]
    made.cloud.accounts, made.cloud.credentials = [USER], [KEY]
    assert made.night().failed == ()
    return made


def standings(company: Slow) -> dict[str, tuple[str, str]]:
    """Rule -> state and standing."""
    rows = company.session.execute("select rule, state, standing from finding").fetchall()
    return {str(rule): (str(state), str(standing)) for rule, state, standing in rows}


def test_a_look_too_early_calls_nothing_dead_and_says_until_when(company: Slow, tracker: ListedTracker) -> None:
    (ticket,) = tracker.there()
    company.directory.change("kim", **locked())
    company.cloud.change(KEY.native_id, **switched_off())

    assert company.night().failed == ()

    assert standings(company)["leaver-account-works"] == ("open", "unknown")
    assert standings(company)["leaver-access-key"] == ("resolved", "works")  # nothing there goes on
    body = " ".join(tracker.ticket(ticket.ref).draft.body.split())
    assert "pwdAccountLockedTime 000001010000Z; what was let in before may still work until" in body
    assert "It works: written by hand" not in body
    assert tracker.ticket(ticket.ref).is_open
    kept = company.session.execute("select standing_reason, evidence from finding order by 1").fetchall()
    assert hour(company).failed == []
    assert company.session.execute("select standing_reason, evidence from finding order by 1").fetchall() == kept

    pass_by(company.session, hours=3)
    assert hour(company).failed == []

    assert standings(company)["leaver-account-works"] == ("resolved", "unknown")
    assert not tracker.ticket(ticket.ref).is_open


def test_what_the_system_says_itself_counts_before_our_first_look(company: Slow, tracker: ListedTracker) -> None:
    (ticket,) = tracker.there()
    company.directory.change("kim", **locked(), disabled_at=datetime.now(UTC) - timedelta(hours=3))
    company.cloud.credentials = []

    assert company.night().failed == ()

    assert not tracker.ticket(ticket.ref).is_open


def test_an_account_that_was_deleted_goes_on_as_long_and_one_that_is_opened_again_works(
    company: Slow, tracker: ListedTracker
) -> None:
    (ticket,) = tracker.there()
    kim, company.cloud.credentials = company.directory.accounts, []
    company.directory.accounts = []
    assert company.night().failed == ()
    assert standings(company)["leaver-account-works"] == ("open", "unknown")

    # A replica that lags behind: what it tells is no new opening, and what came before it doesn't count any more.
    company.directory.accounts = kim
    assert company.night().failed == ()
    assert standings(company)["leaver-account-works"] == ("open", "works")
    assert company.tracker.calls.count("reopen") == 0
    company.directory.accounts = []
    pass_by(company.session, hours=3)
    assert company.night().failed == ()
    assert standings(company)["leaver-account-works"] == ("open", "unknown")

    pass_by(company.session, hours=3)
    assert company.night().failed == ()
    assert standings(company)["leaver-account-works"][0] == "resolved"
    assert not tracker.ticket(ticket.ref).is_open


def test_what_was_shut_before_anybody_told_of_it_is_no_finding(office: Office) -> None:
    made = Slow(session=office.session, tracker=office.tracker)
    made.hr.workers = [worker("1042", LEFT)]
    made.directory.accounts = [login("kim", number("1042"), standing=Standing.DEAD)]

    assert made.night().failed == ()

    assert standings(made) == {}

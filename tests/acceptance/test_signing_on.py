"""What still works where the identity provider says disabled: told with the thing itself, by nights and hours."""

from datetime import UTC, datetime

import pytest

from offboarding.config.settings import Settings
from offboarding.model import IdentityKeyKind, Standing
from offboarding.model.errors import FatalError
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, access_key, locked, login, user
from tests.support.small_company import LEFT, number, tag, worker
from tests.support.watching import hour

SHUT_AT = datetime(2026, 11, 13, 9, 30, tzinfo=UTC)
KIM, LEE, PARK = (
    user(f"AIDA{who}", tag(IdentityKeyKind.NUMBER, worker_id))
    for who, worker_id in (("KIM", "1042"), ("LEE", "1043"), ("PARK", "1044"))
)
KEPT = (
    "corp-ldap says disabled since 2026-11-13 09:30 UTC (pwdAccountLockedTime 000001010000Z), and people sign on here"
    " by it: this still works all the same."
)
TOLD = KEPT.replace("09:30 UTC", "18:30 KST")


class SignedOn(Office):
    """An office whose people come into the cloud by the directory's word."""

    @property
    def settings(self) -> Settings:
        """With that said."""
        settings = super().settings
        directory, cloud = settings.sources
        return settings.model_copy(update={"sources": (directory, cloud.model_copy(update={"sign_on": "corp-ldap"}))})


@pytest.fixture
def company(office: Office) -> SignedOn:
    """Kim and Park have left, Lee works here; each has a login in the directory, and an access key beside it."""
    made = SignedOn(session=office.session, tracker=office.tracker)
    made.hr.workers = [worker("1042", LEFT), worker("1043"), worker("1044", LEFT)]
    made.directory.accounts = [
        login(who, number(worker_id)) for who, worker_id in (("kim", "1042"), ("lee", "1043"), ("park", "1044"))
    ]
    made.cloud.accounts = [KIM, LEE, PARK]
    made.cloud.credentials = [access_key(f"AKIA{each.native_id[4:]:A<16}", each) for each in (KIM, LEE, PARK)]
    return made


def test_a_leaver_s_key_is_said_to_work_where_people_believe_that_it_is_shut_and_nobody_else_s(
    company: SignedOn, tracker: ListedTracker
) -> None:
    for shut in ("kim", "lee"):  # Lee is on leave
        company.directory.change(shut, **locked(), disabled_at=SHUT_AT)

    assert company.night().failed == ()

    bodies = {each.draft.title: " ".join(each.draft.body.split()) for each in tracker.there()}
    assert {"1042" in title: body.count(TOLD) for title, body in bodies.items()} == {True: 1, False: 0}
    assert not [body for body in bodies.values() if "aidalee" in body.lower()]
    assert evidence(company, "AKIAPARK") == []

    # The hour looks at the directory's account too, which nothing is open about.
    company.directory.looked_at.clear()
    assert hour(company).failed == []
    assert "kim" in company.directory.looked_at
    assert evidence(company, "AKIAKIM") == [KEPT]


def test_what_the_provider_could_not_be_asked_is_not_said_and_neither_is_what_it_lets_in(company: SignedOn) -> None:
    company.directory.change("kim", **locked())
    assert company.night().failed == ()
    assert len(evidence(company, "AKIAKIM")) == 1

    company.directory.shows_accounts, company.directory.denied = False, "corp-ldap: read is missing"
    company.directory.error = FatalError("corp-ldap: no answer")
    company.night()
    assert evidence(company, "AKIAKIM") == []

    company.directory.shows_accounts, company.directory.denied, company.directory.error = True, "", None
    company.directory.change("kim", standing=Standing.WORKS)
    assert company.night().failed == ()
    assert evidence(company, "AKIAKIM") == []


def evidence(company: SignedOn, key: str) -> list[str]:
    """What its finding says of the provider."""
    query = "select jsonb_array_elements_text(evidence) from finding where subject_native_id like %s"
    rows = company.session.execute(query, (f"{key}%",)).fetchall()
    return [str(text) for (text,) in rows if "says disabled" in str(text)]

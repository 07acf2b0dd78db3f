"""A departure that was taken back and is told anew: what was seen dead in between and works again is nobody's guess."""

from dataclasses import replace

import pytest

from offboarding.model import IdentityKeyKind, Standing, SubjectKind
from offboarding.model.errors import FatalError
from tests.support.listed_tracker import ListedTracker
from tests.support.office import CLOUD, Office, access_key, locked, login, switched_off, trusting, user
from tests.support.small_company import LEFT, WORKS, account, mail, number, tag, worker

KEY = "AKIAKIMAAAAAAAAAAAAA"
DENIED = "iam:ListAccessKeys is missing"


@pytest.fixture
def company(office: Office) -> Office:
    """Kim has left, with a login and an access key; Lee works here. Nobody's departure is taken back unseen."""
    kim = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
    office.hr.workers = [worker("1042", LEFT), worker("1043")]
    office.directory.accounts = [login("kim", number("1042")), login("lee", number("1043"))]
    office.cloud.accounts = [kim]
    office.cloud.credentials = [access_key(KEY, kim)]
    office.guard = {"withdrawn": {"absolute": 0}}
    return office


def key_works(company: Office) -> None:
    company.cloud.change(
        KEY, standing=Standing.WORKS, standing_reason="Status Active (ListAccessKeys)", can_reactivate=False
    )


def key_finding(company: Office) -> tuple[object, ...]:
    """Its state, and how often it came back."""
    query = "select state, reopened from finding where rule = 'leaver-access-key' and subject_native_id = %s"
    (found,) = company.session.execute(query, (KEY,)).fetchall()
    return found


def ticket_is_open(tracker: ListedTracker) -> bool:
    (ticket,) = [each for each in tracker.there() if "1042" in each.draft.title]
    return ticket.is_open


def said_to_work_again(tracker: ListedTracker) -> bool:
    return any("works again" in text for each in tracker.there() for _, text in each.said)


def switched_on_meanwhile(company: Office) -> None:
    """The key is seen dead, the departure is taken back, and the key is seen to work while it's nobody's question."""
    company.night()
    company.cloud.change(KEY, **switched_off())
    company.night()
    assert key_finding(company) == ("resolved", 0)

    company.hr.change("1042", employments=(WORKS,))
    key_works(company)
    company.night()
    assert key_finding(company) == ("resolved", 0)


def test_a_ticket_stays_open_for_a_key_that_was_seen_working_and_is_denied_tonight(
    company: Office, tracker: ListedTracker
) -> None:
    switched_on_meanwhile(company)

    company.hr.change("1042", employments=(LEFT,))
    company.cloud.denied = DENIED
    company.directory.change("kim", **locked())
    company.night()

    assert key_finding(company) == ("unverified", 1)
    assert ticket_is_open(tracker)
    assert not said_to_work_again(tracker)

    company.cloud.denied = ""
    company.night()
    assert key_finding(company) == ("open", 1)
    assert ticket_is_open(tracker)
    assert said_to_work_again(tracker)

    company.cloud.change(KEY, **switched_off())
    company.night()
    assert key_finding(company) == ("resolved", 1)
    assert not ticket_is_open(tracker)


def test_what_was_last_seen_dead_stays_so(company: Office, tracker: ListedTracker) -> None:
    company.night()
    company.cloud.change(KEY, **switched_off())
    company.directory.change("kim", **locked())
    company.night()
    assert not ticket_is_open(tracker)

    company.cloud.denied = DENIED
    company.night()

    assert key_finding(company) == ("resolved", 0)
    assert not ticket_is_open(tracker)


def test_a_closed_ticket_is_opened_by_what_was_seen_and_by_nothing_else(
    company: Office, tracker: ListedTracker
) -> None:
    company.guard = {}
    switched_on_meanwhile(company)
    assert not ticket_is_open(tracker)

    company.hr.change("1042", employments=(LEFT,))
    company.cloud.denied = DENIED
    company.directory.change("kim", **locked())
    company.night()
    assert key_finding(company) == ("unverified", 1)
    assert not ticket_is_open(tracker)

    company.cloud.denied = ""
    company.night()
    assert key_finding(company) == ("open", 1)
    assert ticket_is_open(tracker)


def test_logins_and_roles_that_were_seen_open_since_and_cannot_be_asked_are_not_taken_for_shut(company: Office) -> None:
    (kim,) = company.cloud.accounts
    role = trusting(kim)
    company.cloud.trusts = [role]
    company.night()
    company.cloud.trusts = [replace(role, standing=Standing.DEAD, standing_reason="a condition denies it")]
    company.directory.change("kim", **locked())
    company.night()
    assert states(company) == {"leaver-account-works": "resolved", "leaver-role-trust": "resolved"}

    company.hr.change("1042", employments=(WORKS,))
    company.cloud.trusts = [role]
    company.directory.change("kim", standing=Standing.WORKS)
    company.night()
    company.hr.change("1042", employments=(LEFT,))
    company.cloud.error = company.directory.error = FatalError("no answer")
    company.night()

    assert states(company) == {"leaver-account-works": "unverified", "leaver-role-trust": "unverified"}


def test_a_root_user_that_was_seen_open_since_and_cannot_be_asked_is_not_taken_for_shut(company: Office) -> None:
    root = replace(
        account("r-root", mail("kim@corp.example"), realm=CLOUD), kind=SubjectKind.ROOT_ACCOUNT, label="root user"
    )
    company.hr.change("1042", mail="kim@corp.example")
    company.cloud.accounts = [root]
    company.directory.change("kim", **locked())
    company.night()
    company.cloud.change("r-root", standing=Standing.DEAD, standing_reason="the account is suspended")
    company.night()
    assert states(company)["leaver-root-mail"] == "resolved"

    company.hr.change("1042", employments=(WORKS,))
    company.cloud.change("r-root", standing=Standing.WORKS)
    company.night()
    company.hr.change("1042", employments=(LEFT,))
    company.cloud.error = FatalError("no answer")
    company.night()

    assert states(company)["leaver-root-mail"] == "unverified"


def states(company: Office) -> dict[str, str]:
    rules = ["leaver-account-works", "leaver-role-trust", "leaver-root-mail"]
    rows = company.session.execute("select rule, state from finding where rule = any(%s)", (rules,)).fetchall()
    return {str(rule): str(state) for rule, state in rows}

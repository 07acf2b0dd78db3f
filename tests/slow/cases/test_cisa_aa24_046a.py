"""CISA AA24-046A: a state's administrator had left, his account worked, and led to the next one.

Public (advisory of 15 February 2024): somebody bought the former employee's password and got in; on a SharePoint server
they found the login of a second administrator. The first was then disabled, the second's password changed. No dates.
"""

from collections.abc import Callable
from datetime import date, timedelta

from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

CASE = PublicCase(
    name="CISA AA24-046A",
    worked="a former administrator's account, and a second one's login on a shared page",
    zone="America/New_York",
    left_on=date(2023, 6, 30),
    found="not public",
    rules=("leaver-account-works", "signing-key-unverifiable"),
    dead_on=date(2024, 1, 16),
    assumed=(
        "The last day is 30 June 2023.",
        "The first account is disabled on 15 January 2024, and the second one's password changed on the 16th.",
        "The custody register says that the page holds that password, and who could read it: nothing here reads pages.",
        "A person attests that the old one is refused.",
    ),
)
DISABLED, DAY = date(2024, 1, 15), timedelta(days=1)
ACCOUNT = login("user1", number("90101"), privileged=True, privileged_by="group Domain Admins")
STAYS = login("user2", number("90102"), privileged=True, privileged_by="group Domain Admins")
FIRST = {("leaver-account-works", "90101", ACCOUNT.label)}
SECOND = {("signing-key-unverifiable", "90101", "second-administrator")}
REGISTER = {
    "keys": [
        {
            "name": "second-administrator",
            "kind": "shared_secret",
            "places": [{"material": "ref:sharepoint/it/user2"}],
            "custodians": [{"worker": "hr:90101"}, {"worker": "hr:90102"}],
            "carryable": "yes",
            "because": "It stands on a page.",
            "signs_for": "The domain, and the tenant in the cloud.",
        }
    ]
}


def test_the_account_and_what_it_led_to_are_found_the_first_night(company: Callable[[str], Replay]) -> None:
    state, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT, STAYS])
    state.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("90101", "90102")]
    state.reads(accounts("corp-ldap"), directory)
    state.register = REGISTER

    state.night(CASE.left_on - DAY)
    assert state.all() == NOTHING

    state.hr.change("90101", employments=(CASE.ended(),))
    state.night(CASE.left_on)
    assert state.open() == FIRST | SECOND

    directory.change(ACCOUNT.native_id, **locked())
    state.night(DISABLED)
    assert state.open() == SECOND

    state.attest("second-administrator", until=CASE.dead_on + 90 * DAY)
    state.night(CASE.dead_on)
    assert state.open() == NOTHING
    (why,) = state.why_closed("signing-key-unverifiable")
    assert why == "attested by analyst until 2024-04-16: the old one is refused"
    assert CASE.row(state.measured(CASE.rules)) == documented(CASE)

    state.night(CASE.dead_on + 91 * DAY)
    assert state.open() == SECOND, "nobody's word counts for ever"

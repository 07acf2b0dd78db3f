"""Stradis Healthcare, 2020: a vice president was dismissed, his access was revoked, and a second account was his, too.

Public: dismissed on 2 March 2020; on 29 March, three days after his last pay, records of shipments of protective
equipment were changed and deleted through a user that he had made up while he worked there.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

LAST_DAY, DETECTED = date(2020, 3, 2), date(2020, 3, 29)
CASE = PublicCase(
    name="Stradis 2020",
    worked="a second account that he had made",
    zone="America/New_York",
    left_on=LAST_DAY,
    found=str((DETECTED - LAST_DAY).days),
    rules=("leaver-created-account",),
    dead_on=date(2020, 3, 30),
    assumed=(
        "He made it on 20 January 2020, and the directory says who made it.",
        "It bears an invented name, and is deleted on 30 March.",
    ),
)
DAY = timedelta(days=1)
OWN = login("cdavis", number("80007"), privileged=True)
MADE_UP = login("jmartin2", created_at=datetime(2020, 1, 20, 22, tzinfo=UTC), created_by=OWN.label)
DIGEST = {("orphan-account", "", "shipping")}
HELD = {("leaver-created-account", "80007", MADE_UP.label)}


def test_the_made_up_account_is_found_the_first_night(company: Callable[[str], Replay]) -> None:
    stradis, shipping = company(CASE.zone), System(realm="shipping", accounts=[OWN])
    stradis.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("80007", "80008")]
    stradis.reads(accounts("shipping"), shipping)

    stradis.night(date(2020, 1, 19))
    assert stradis.all() == NOTHING

    shipping.accounts.append(MADE_UP)
    stradis.night(CASE.left_on - DAY)
    assert stradis.open() == DIGEST, "claimed by nobody, and nobody's departure yet"

    stradis.hr.change("80007", employments=(CASE.ended(),))
    shipping.change(OWN.native_id, **locked())
    stradis.night(CASE.left_on)
    assert stradis.open() - DIGEST == HELD

    stradis.night(DETECTED)
    assert stradis.open() - DIGEST == HELD

    shipping.remove(MADE_UP.native_id)
    stradis.night(CASE.dead_on)
    assert stradis.open() == NOTHING
    assert stradis.why_closed("leaver-created-account") == {"seen gone: the account no longer exists"}
    assert CASE.row(stradis.measured(CASE.rules)) == documented(CASE)

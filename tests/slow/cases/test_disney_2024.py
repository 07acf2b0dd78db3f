"""Disney, 2024: a menu production manager was dismissed, and two things of a vendor's went on letting him in.

Public: dismissed on 13 June 2024; he changed menus with his own login, which still worked; when that was shut, he went
on through the vendor's SFTP servers; his home was searched on 23 September.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from offboarding.model import ScopeRead, Standing, SubjectKind
from tests.support.key_company import Keys
from tests.support.keys_read import secret
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts, secrets
from tests.support.small_company import job, number, worker

LAST_DAY, SEARCHED = date(2024, 6, 13), date(2024, 9, 23)
CASE = PublicCase(
    name="Disney 2024",
    worked="his login to the menu system, and the vendor's SFTP servers",
    zone="America/New_York",
    left_on=LAST_DAY,
    found=str((SEARCHED - LAST_DAY).days),
    rules=("leaver-account-works", "leaver-shared-secret"),
    dead_on=date(2024, 9, 24),
    assumed=(
        "The menu system's accounts are read, and his is shut on 10 July 2024.",
        "The SFTP password is shared, lies in a secrets manager, and is changed on 24 September.",
        "The custody register names him.",
    ),
)
FIRST_RESET, DAY = date(2024, 7, 10), timedelta(days=1)
ACCOUNT = login("mreed", number("50220"))
VENDOR, NAME = "222222222222", "arn:vendor:sftp/menus"
OLD = secret(f"{NAME}#1", realm=VENDOR, created_at=datetime(2023, 2, 1, tzinfo=UTC))
NEW = secret(f"{NAME}#2", realm=VENDOR, created_at=datetime(2024, 9, 24, 15, tzinfo=UTC))
LOGIN = {("leaver-account-works", "50220", ACCOUNT.label)}
SFTP = {("leaver-shared-secret", "50220", "menus-sftp")}
REGISTER = {
    "keys": [
        {
            "name": "menus-sftp",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": NAME}],
            "custodians": [{"worker": "hr:50220"}, {"worker": "hr:50221"}],
        }
    ]
}


def test_both_are_found_the_first_night_and_shutting_one_leaves_the_other_open(
    company: Callable[[str], Replay],
) -> None:
    park, menus = company(CASE.zone), System(realm="menus", accounts=[ACCOUNT])
    kept = Keys(facts=[OLD], scopes=[ScopeRead(realm=VENDOR, scope="", kinds=(SubjectKind.SHARED_SECRET,))])
    park.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("50220", "50221")]
    park.reads(accounts("menus"), menus)
    park.reads(secrets(), kept)
    park.register = REGISTER

    park.night(CASE.left_on - DAY)
    assert park.all() == NOTHING

    park.hr.change("50220", employments=(CASE.ended(),))
    park.night(CASE.left_on)
    assert park.open() == LOGIN | SFTP

    menus.change(ACCOUNT.native_id, **locked())
    park.night(FIRST_RESET)
    assert park.open() == SFTP
    assert park.why_closed("leaver-account-works") == {"seen dead: pwdAccountLockedTime 000001010000Z"}

    park.night(SEARCHED)
    assert park.open() == SFTP

    kept.facts = [replace(OLD, standing=Standing.DEAD, standing_reason="superseded"), NEW]
    park.night(CASE.dead_on)
    park.night(CASE.dead_on + DAY)
    assert park.open() == NOTHING
    assert CASE.row(park.measured(CASE.rules)) == documented(CASE)

"""NCS, 2022-23: a tester was dismissed, and the administrator's login that his team of 20 shared stayed as it was.

Public: his last day was 16 November 2022; he got in from 6 January 2023 on, and deleted 180 virtual servers on 18 and
19 March, which the team noticed on the 20th.
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

LAST_DAY, FIRST_MISUSE, NOTICED = date(2022, 11, 16), date(2023, 1, 6), date(2023, 3, 20)
CASE = PublicCase(
    name="NCS 2022-23",
    worked="an administrator's login that a team of 20 shared",
    zone="Asia/Singapore",
    left_on=LAST_DAY,
    found=f"{(NOTICED - LAST_DAY).days}; first misused after {(FIRST_MISUSE - LAST_DAY).days}",
    rules=("leaver-shared-secret",),
    dead_on=date(2023, 3, 21),
    assumed=(
        "The password lies in a secrets manager, unchanged since June 2021, and is changed on 21 March 2023.",
        "The custody register names the team.",
        "His own login was closed on the last day.",
    ),
)
DAY = timedelta(days=1)
TEAM = [str(each) for each in range(40101, 40121)]
LEAVER = TEAM[6]
ACCOUNT = login("qa7", number(LEAVER))
CLOUD, ARN = "111111111111", "arn:aws:secretsmanager:ap-southeast-1:111111111111:secret:qa/admin-AbCdEf"
OLD = secret(f"{ARN}#1", realm=CLOUD, created_at=datetime(2021, 6, 1, tzinfo=UTC))
NEW = secret(f"{ARN}#2", realm=CLOUD, created_at=datetime(2023, 3, 21, 3, tzinfo=UTC))
HELD = {("leaver-shared-secret", LEAVER, "qa-administrator")}
REGISTER = {
    "teams": {"qa": [{"worker": f"hr:{each}"} for each in TEAM]},
    "keys": [
        {
            "name": "qa-administrator",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": ARN}],
            "custodians": [{"team": "qa"}],
            "signs_for": "The test system's 180 servers.",
        }
    ],
}


def test_the_password_is_found_the_first_night_and_held_open_until_it_is_changed(
    company: Callable[[str], Replay],
) -> None:
    ncs, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    kept = Keys(facts=[OLD], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.SHARED_SECRET,))])
    ncs.hr.workers = [worker(each, job(zone=CASE.zone)) for each in TEAM]
    ncs.reads(accounts("corp-ldap"), directory)
    ncs.reads(secrets(), kept)
    ncs.register = REGISTER

    ncs.night(CASE.left_on - DAY)
    assert ncs.all() == NOTHING

    ncs.hr.change(LEAVER, employments=(CASE.ended(),))
    directory.change(ACCOUNT.native_id, **locked())
    assert ncs.night(CASE.left_on).calls == ("open",)
    assert ncs.open() == HELD
    assert ncs.severities() == {"leaver-shared-secret": "critical"}
    assert "19 people who work here hold it too" in ncs.evidence("leaver-shared-secret")

    for day in (FIRST_MISUSE, NOTICED):
        ncs.night(day)
        assert ncs.open() == HELD

    kept.facts = [replace(OLD, standing=Standing.DEAD, standing_reason="superseded on 2023-03-21"), NEW]
    ncs.night(CASE.dead_on)
    assert ncs.open() == HELD, "it takes a second look"
    ncs.night(CASE.dead_on + DAY)
    assert ncs.open() == NOTHING
    assert ncs.all() == HELD, "the new password is newer than the departure"
    assert CASE.row(ncs.measured(CASE.rules)) == documented(CASE)

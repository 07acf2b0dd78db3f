"""Voova, 2016: a consultant was dismissed after four weeks, and went in with the login of a colleague who stayed.

Public: on 17 and 18 May 2016 he deleted 23 servers in AWS as a former colleague. That account belongs to
somebody who works here; what the leaver had is its secret.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from offboarding.model import Credential, IdentityKeyKind, ScopeRead, Standing, SubjectKind
from tests.support.key_company import Keys
from tests.support.keys_read import event, secret
from tests.support.office import System, access_key, user
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts, secrets, trail
from tests.support.small_company import job, tag, worker

CASE = PublicCase(
    name="Voova 2016",
    worked="a colleague's login to AWS",
    zone="Europe/London",
    left_on=date(2016, 5, 13),
    found="days",
    rules=("leaver-shared-secret",),
    dead_on=date(2016, 5, 19),
    assumed=(
        "The last day is 13 May 2016, and the colleague's password is changed on the 19th.",
        "It lay in a secrets manager, where an audit trail saw the leaver read it on 25 April.",
        "The custody register names the colleague alone.",
    ),
)
DELETED, DAY = date(2016, 5, 18), timedelta(days=1)
CLOUD, ARN = "111111111111", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:console/tgreen-AbCdEf"
LEAVER, COLLEAGUE = (
    user("AIDASNORTH", tag(IdentityKeyKind.NUMBER, "311")),
    user("AIDATGREEN", tag(IdentityKeyKind.NUMBER, "305")),
)
OWN_KEY = access_key("AKIASNORTHSNORTHSNOR", LEAVER)
PASSWORD = Credential(
    realm=CLOUD,
    account_native_id=COLLEAGUE.native_id,
    kind=SubjectKind.CONSOLE_PASSWORD,
    native_id=COLLEAGUE.native_id,
    label="console password",
    standing=Standing.WORKS,
    standing_reason="a login profile (GetLoginProfile)",
)
OLD = secret(f"{ARN}#1", realm=CLOUD, created_at=datetime(2016, 1, 11, tzinfo=UTC))
NEW = secret(f"{ARN}#2", realm=CLOUD, created_at=datetime(2016, 5, 19, 10, tzinfo=UTC))
READ = event(OLD, "e-1", at=datetime(2016, 4, 25, 9, tzinfo=UTC), actor=LEAVER.native_id, actor_label=LEAVER.label)
HELD = {("leaver-shared-secret", "311", "tgreen")}
REGISTER = {
    "keys": [
        {
            "name": "tgreen",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": ARN}],
            "custodians": [{"worker": "hr:305"}],
        }
    ]
}


def test_the_colleagues_login_is_found_as_a_secret_and_not_as_an_account(company: Callable[[str], Replay]) -> None:
    voova = company(CASE.zone)
    cloud = System(realm=CLOUD, accounts=[LEAVER, COLLEAGUE], credentials=[OWN_KEY, PASSWORD])
    kept = Keys(facts=[OLD], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.SHARED_SECRET,))])
    recorded = Keys(facts=[READ], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=())])
    voova.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("311", "305")]
    voova.reads(accounts("aws", "aws_iam"), cloud)
    voova.reads(secrets(), kept)
    voova.reads(trail(), recorded)
    voova.register = REGISTER

    voova.night(CASE.left_on - DAY)
    assert voova.all() == NOTHING

    voova.hr.change("311", employments=(CASE.ended(),))
    cloud.remove(LEAVER.native_id)
    voova.night(CASE.left_on)
    assert voova.open() == HELD
    assert voova.severities() == {"leaver-shared-secret": "critical"}
    assert "Read it on 2016-04-25 09:00 UTC" in voova.evidence("leaver-shared-secret")

    cloud.change(COLLEAGUE.native_id, last_used_at=datetime(2016, 5, 17, 22, tzinfo=UTC))
    voova.night(DELETED)
    assert voova.open() == HELD

    kept.facts = [replace(OLD, standing=Standing.DEAD, standing_reason="superseded"), NEW]
    voova.night(CASE.dead_on)
    assert voova.open() == HELD
    voova.night(CASE.dead_on + DAY)
    assert (voova.open(), voova.all()) == (NOTHING, HELD), "the colleague's account is nobody's finding"
    assert CASE.row(voova.measured(CASE.rules)) == documented(CASE)

"""Ubiquiti, 2020-21, the negative control: somebody stole while he worked there. He was no leaver, and must not be one.

Public: on 10 and 21 December 2020 he used the company's AWS and its repositories at night; on 28 December colleagues
noticed; his home was searched on 24 March 2021, and his employment ended about 1 April. What he did is no business of
this checker's; on his last day everything of his is closed, so nothing may be raised then either.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from offboarding.model import IdentityKeyKind, ScopeRead, Standing, SubjectKind
from tests.support.key_company import Keys, Recorded
from tests.support.keys_read import ISSUER, event, secret, signing_key, whole
from tests.support.office import System, access_key, locked, login, user
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, VerifierSettings, accounts, secrets, trail
from tests.support.small_company import job, number, tag, worker

CASE = PublicCase(
    name="Ubiquiti 2020-21",
    worked="nothing: he acted while he worked there",
    zone="America/Los_Angeles",
    left_on=date(2021, 4, 1),
    found="no leaver",
    rules=(),
    dead_on=date(2021, 4, 1),
    assumed=(
        "What he had read was rotated on 12 January 2021, the day after customers were told.",
        "His last day is 1 April 2021, and everything of his is closed on it.",
    ),
)
ROTATED, DAY = date(2021, 1, 12), timedelta(days=1)
CLOUD = "111111111111"
ACCOUNT, USER = (
    login("nstone", number("2108")),
    user("AIDANSTONE", tag(IdentityKeyKind.NUMBER, "2108"), privileged=True),
)
KEY = access_key("AKIANSTONENSTONENSTO", USER)
OLD = secret("arn:root#1", realm=CLOUD, created_at=datetime(2018, 9, 1, tzinfo=UTC))
NEW = secret("arn:root#2", realm=CLOUD, created_at=datetime(2021, 1, 12, 17, tzinfo=UTC))
SIGNS, SIGNS_NOW = signing_key("2019"), signing_key("2021")
READ_AT = datetime(2020, 12, 10, 10, 55, tzinfo=UTC)
READ = event(OLD, "e-1", at=READ_AT, actor=USER.native_id, actor_label=USER.label)
TEAM = [{"worker": "hr:2108", "until": "2021-01-11"}, {"worker": "hr:2109"}]
REGISTER = {
    "keys": [
        {
            "name": "root",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": "arn:root"}],
            "custodians": TEAM,
        },
        {
            "name": "device-tokens",
            "kind": "signing_key",
            "places": [{"verifier": "login", "issuer": ISSUER}],
            "custodians": TEAM,
            "carryable": "yes",
            "because": "It's a file on the login hosts.",
        },
    ]
}


def test_whoever_acts_while_they_work_here_is_no_leaver(company: Callable[[str], Replay]) -> None:
    networks, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    cloud = System(realm=CLOUD, accounts=[USER], credentials=[KEY])
    kept = Keys(facts=[OLD], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.SHARED_SECRET,))])
    published = Keys(facts=[SIGNS], scopes=[whole(ISSUER)])
    recorded = Recorded(facts=[], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=())])
    networks.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("2108", "2109")]
    networks.reads(accounts("corp-ldap"), directory)
    networks.reads(accounts("aws", "aws_iam"), cloud)
    networks.reads(secrets(), kept)
    networks.reads(trail(), recorded)
    networks.reads(VerifierSettings(name="login", kind="jwks"), published)
    networks.register = REGISTER
    nights = [networks.night(date(2020, 12, 8))]

    cloud.credentials = [replace(KEY, last_used_at=READ_AT)]
    recorded.facts = [READ]
    nights += [networks.night(day) for day in (date(2020, 12, 10), date(2020, 12, 28))]

    nights.append(networks.night(ROTATED - DAY))
    kept.facts = [replace(OLD, standing=Standing.DEAD, standing_reason="superseded"), NEW]
    published.facts = [SIGNS_NOW]
    nights += [networks.night(day) for day in (ROTATED, ROTATED + DAY, date(2021, 3, 24))]

    networks.hr.change("2108", employments=(CASE.ended(),))
    directory.change(ACCOUNT.native_id, **locked())
    cloud.remove(USER.native_id)
    nights += [networks.night(day) for day in (CASE.left_on, CASE.left_on + 30 * DAY)]

    assert networks.all() == NOTHING
    assert {(night.red, night.calls) for night in nights} == {((), ())}
    assert CASE.row(None) == documented(CASE)

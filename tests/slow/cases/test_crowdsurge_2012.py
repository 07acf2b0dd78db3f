"""CrowdSurge, 2012-15: a manager left for a rival, and what he knew of artists' logins went on letting the rival in.

Public: his separation agreement is of about July 2012. In August 2013 he began at the rival, which from then until
December 2015 used logins to artists' pages that he had kept; in January 2014 he sent it several of them by mail. It
came out in a lawsuit that began in December 2015. He also knew addresses of drafts of pages, which asked for no login.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from offboarding.model import ScopeRead, Standing, SubjectKind
from tests.support.key_company import Keys
from tests.support.keys_read import secret
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts, secrets
from tests.support.small_company import job, number, worker

LATEST, EARLIEST = date(2012, 7, 31), date(2012, 7, 1)
MISUSED_FROM, MISUSED_BY = date(2013, 8, 1), date(2013, 8, 31)
CASE = PublicCase(
    name="CrowdSurge 2012-15",
    worked="artists' logins that he knew",
    zone="America/New_York",
    left_on=LATEST,
    found=(
        "more than three years, by a lawsuit; first misused after "
        f"{(MISUSED_FROM - LATEST).days} to {(MISUSED_BY - EARLIEST).days}"
    ),
    rules=("leaver-shared-secret",),
    dead_on=date(2015, 12, 31),
    assumed=(
        "The last day is 31 July 2012: the month is public, the day isn't.",
        "The product was the company's own: played with a secrets manager, in which the logins lie.",
        "They are changed on 31 December 2015.",
        "The custody register names him. His own login was closed on the last day.",
    ),
)
SENT, DAY = date(2014, 1, 14), timedelta(days=1)
ACCOUNT = login("pcole", number("204"))
CLOUD, ARTISTS = "111111111111", ("band", "singer")


def toolbox(artist: str, version: int, made: datetime, **changes: Any):
    """The password of an artist's page."""
    key = secret(f"arn:aws:secretsmanager:us-east-1:{CLOUD}:secret:toolbox/{artist}#{version}", realm=CLOUD)
    return replace(key, created_at=made, **changes)


OLD = [toolbox(artist, 1, datetime(2012, 2, 1, tzinfo=UTC)) for artist in ARTISTS]
NEW = [toolbox(artist, 2, datetime(2015, 12, 31, 15, tzinfo=UTC)) for artist in ARTISTS]
HELD = {("leaver-shared-secret", "204", f"toolbox-{artist}") for artist in ARTISTS}
REGISTER = {
    "teams": {"artist-services": [{"worker": "hr:204"}, {"worker": "hr:205"}]},
    "keys": [
        {
            "name": f"toolbox-{artist}",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": key.name}],
            "custodians": [{"team": "artist-services"}],
        }
        for artist, key in zip(ARTISTS, OLD, strict=True)
    ],
}


def test_each_login_that_he_knew_is_found_the_first_night(company: Callable[[str], Replay]) -> None:
    tickets, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    kept = Keys(facts=[*OLD], scopes=[ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.SHARED_SECRET,))])
    tickets.hr.workers = [worker(each, job(zone=CASE.zone, start="2010-05-01")) for each in ("204", "205")]
    tickets.reads(accounts("corp-ldap"), directory)
    tickets.reads(secrets(), kept)
    tickets.register = REGISTER

    tickets.night(CASE.left_on - DAY)
    assert tickets.all() == NOTHING

    tickets.hr.change("204", employments=(CASE.ended(start="2010-05-01"),))
    directory.change(ACCOUNT.native_id, **locked())
    for day in (CASE.left_on, MISUSED_FROM, SENT, CASE.dead_on - DAY):
        tickets.night(day)
        assert tickets.open() == HELD

    kept.facts = [*(replace(each, standing=Standing.DEAD, standing_reason="superseded") for each in OLD), *NEW]
    tickets.night(CASE.dead_on)
    assert tickets.open() == HELD, "it takes a second look"
    tickets.night(CASE.dead_on + DAY)
    assert (tickets.open(), tickets.all()) == (NOTHING, HELD)
    assert CASE.row(tickets.measured(CASE.rules)) == documented(CASE)

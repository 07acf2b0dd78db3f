"""Ledger's Connect Kit, 2023: a former employee could still publish a package, and was deceived into letting others in.

Public: on 14 December 2023 somebody got at a former employee's account at npm by phishing, and published three versions
of a package that emptied wallets; they were up for about five hours. The company says that it takes a leaver's access
away in all of its systems, and that this one was an exception. No source here reads npm: what is read of GitHub tells
nothing of it, and the custody register is where somebody has to have written it down.
"""

from collections.abc import Callable, Generator
from datetime import date, timedelta
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from demo.github_answers import ORG
from offboarding.sources import github_org
from tests.support.github_org_service import GithubOrgPlace, github_org_place
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay
from tests.support.small_company import job, worker

MISUSED_ON = date(2023, 12, 14)
CASE = PublicCase(
    name="Ledger 2023",
    worked="a former employee's account at npm, which could publish a package",
    zone="Europe/Paris",
    left_on=date(2023, 6, 30),
    found="not public; hours after the misuse",
    rules=("signing-key-unverifiable",),
    dead_on=MISUSED_ON,
    assumed=(
        "The last day is 30 June 2023, on which the membership at GitHub ended.",
        "Nothing here reads npm: the custody register names who may publish the package.",
        "A person attests on 14 December 2023 that the leaver can't any more.",
    ),
)
DAY = timedelta(days=1)
TOLD = {("signing-key-unverifiable", "730", "npm-connect-kit")}
REGISTER = {
    "keys": [
        {
            "name": "npm-connect-kit",
            "kind": "shared_secret",
            "places": [{"material": "ref:npmjs.com/connect-kit"}],
            "custodians": [{"worker": "hr:730"}, {"worker": "hr:731"}],
            "carryable": "yes",
            "because": "Each maintainer publishes with an account of their own at npm.",
            "signs_for": "What every page that loads the package runs.",
        }
    ]
}


@pytest.fixture
def maker(company: Callable[[str], Replay], tmp_path: Path) -> Generator[tuple[Replay, GithubOrgPlace]]:
    """Two who publish the package, both members of the organization."""
    maker = company(CASE.zone)
    maker.hr.workers = [
        worker(each, job(zone=CASE.zone), mail=f"{login}@corp.example")
        for each, login in (("730", "lfabre"), ("731", "jroux"))
    ]
    told = {"name": "gh", "kind": "github_org", "connection": "corp_github", "organization": ORG, "saml": True}
    with github_org_place(make_certificate(tmp_path)) as place:
        for login in ("lfabre", "jroux"):
            person = place.kept.add(login, mail=f"{login}@corp.example")
            person.keys, person.tokens = {}, []
        maker.reads(github_org.Settings.model_validate({**told, "id_space": "hr"}), lambda *_: place.source())
        yield maker, place
        assert place.service.wrong == []


def leaves(maker: Replay, place: GithubOrgPlace) -> None:
    """The last day: HR says so, and the membership ends."""
    maker.hr.change("730", employments=(CASE.ended(),))
    del place.kept.people[place.kept.of("lfabre").id]


def test_github_alone_tells_nothing_of_npm(maker: tuple[Replay, GithubOrgPlace]) -> None:
    maker[0].night(CASE.left_on - DAY)
    leaves(*maker)
    for day in (CASE.left_on, MISUSED_ON):
        assert maker[0].night(day).red == ()
    assert maker[0].all() == NOTHING


def test_the_register_has_it_asked_for_from_the_first_night(maker: tuple[Replay, GithubOrgPlace]) -> None:
    ledger = maker[0]
    ledger.register = REGISTER
    ledger.night(CASE.left_on - DAY)
    assert ledger.all() == NOTHING

    leaves(*maker)
    for day in (CASE.left_on, MISUSED_ON - DAY):
        ledger.night(day)
        assert ledger.open() == TOLD

    ledger.attest("npm-connect-kit", until=MISUSED_ON + 90 * DAY)
    ledger.night(CASE.dead_on)
    assert ledger.open() == NOTHING
    assert CASE.row(ledger.measured(CASE.rules)) == documented(CASE)

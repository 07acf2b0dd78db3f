"""Ledger's Connect Kit, 2023: a former employee could still publish a package, and was deceived into letting others in.

Public: on 14 December 2023 somebody got at a former employee's account at npm by phishing, and published three versions
of a package that emptied wallets; they were up for about five hours. The company says that it takes a leaver's access
away in all of its systems, and that this one was an exception. What is read of GitHub tells nothing of it. The
organization at npm does, where it's read; else the custody register is where somebody has to have written it down.
"""

from collections.abc import Callable, Generator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from demo.github_answers import ORG
from offboarding.sources import github_org, npm_packages
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay
from tests.support.small_company import job, worker
from tests.systems.github_org.service import GithubOrgPlace, github_org_place
from tests.systems.npm_packages.service import KIT, NpmPlace, npm_place
from tests.systems.npm_packages.service import ORG as NPM_ORG

MISUSED_ON = date(2023, 12, 14)
CASE = PublicCase(
    name="Ledger 2023",
    worked="a former employee's account at npm, which could publish a package",
    zone="Europe/Paris",
    left_on=date(2023, 6, 30),
    found="not public; hours after the misuse",
    rules=("leaver-account-works", "used-after-departure"),
    dead_on=MISUSED_ON,
    assumed=(
        "The last day is 30 June 2023, on which the membership at GitHub ended.",
        "npm's document of the package names the leaver by the work mail.",
        "Whoever noticed the misuse has the leaver checked at 16:00 on 14 December 2023, and takes the right away.",
    ),
)
DAY = timedelta(days=1)
WORKS, USED = {("leaver-account-works", "730", "lfabre")}, {("used-after-departure", "730", "lfabre")}
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


@pytest.fixture
def npm(tmp_path: Path) -> Generator[NpmPlace]:
    """Both may publish the package by themselves: neither is a member of the organization there."""
    folder = tmp_path / "npm"
    folder.mkdir()
    with npm_place(make_certificate(folder), folder) as place:
        for login in ("lfabre", "jroux"):
            place.kept.add(login, f"{login}@corp.example", role="")
        yield place
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


def test_an_organization_at_npm_that_is_read_tells_it_from_the_first_night(
    maker: tuple[Replay, GithubOrgPlace], npm: NpmPlace
) -> None:
    ledger = maker[0]
    own = {"name": "npm", "kind": "npm_packages", "connection": "corp_npm", "organization": NPM_ORG, "id_space": "hr"}
    ledger.reads(npm_packages.Settings.model_validate(own), lambda *_: npm.source())
    ledger.night(CASE.left_on - DAY)
    assert ledger.all() == NOTHING

    leaves(*maker)
    for day in (CASE.left_on, MISUSED_ON - DAY):
        ledger.night(day)
        assert ledger.open() == WORKS

    npm.kept.packages[KIT].versions["1.1.5"] = ("lfabre", "2023-12-14T09:45:00.000Z")
    ledger.departure(datetime.combine(MISUSED_ON, time(16, 0)), "730")
    assert ledger.open() == WORKS | USED

    npm.kept.remove("lfabre")
    ledger.judge("used-after-departure")
    ledger.night(CASE.dead_on)
    assert ledger.open() == NOTHING
    assert CASE.row(ledger.measured(CASE.rules)) == documented(CASE)

"""First Republic Bank, 2020: an engineer was dismissed, and deleted the bank's code that night.

Public: dismissed on 11 March 2020, he left the office at about half past four and kept his laptop. That evening and the
next morning he got in by it, under his own name and as a colleague, and deleted repositories of code and logs. The
accounts are read as they are in production, from an organization on GitHub that answers over TLS.
"""

from collections.abc import Callable, Generator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from demo.github_answers import ORG
from demo.github_kept import KeptToken
from offboarding.decisions import moments
from offboarding.sources import github_org
from tests.support.deciding import add_notice
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay
from tests.support.small_company import job, worker
from tests.systems.github_org.service import GithubOrgPlace, github_org_place

CASE = PublicCase(
    name="First Republic 2020",
    worked="access to repositories of code, from a laptop that he kept",
    zone="America/Los_Angeles",
    left_on=date(2020, 3, 11),
    left=time(16, 30),
    found="not public; misused the same evening",
    rules=("leaver-account-works", "leaver-service-credential", "used-after-departure"),
    dead_on=date(2020, 3, 12),
    dead=time(9, 0),
    assumed=(
        "Where the repositories lay isn't public: played with an organization on GitHub.",
        "A token of his there is used that evening.",
        "A person gives notice when he leaves, ahead of HR's feed, and triggers the check five minutes later.",
        "He is taken out of the organization at 09:00 on the 12th.",
    ),
)
DAY, TOKEN = timedelta(days=1), 1100
LABEL = f"fine-grained token {TOKEN} (laptop)"
WORKS = {("leaver-account-works", "4101", "dwirth"), ("leaver-service-credential", "4101", LABEL)}
USED = {("used-after-departure", "4101", LABEL)}


def at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute))


@pytest.fixture(scope="module")
def github(tmp_path_factory) -> Generator[GithubOrgPlace]:
    """Two members, and what one of them may get in by."""
    folder: Path = tmp_path_factory.mktemp("github")
    with github_org_place(make_certificate(folder)) as place:
        for login, token in (("dwirth", TOKEN), ("amoss", TOKEN + 1)):
            person = place.kept.add(login, mail=f"{login}@corp.example")
            person.keys, person.tokens = {}, [KeptToken(id=token, name="laptop", used="2020-03-10T18:00:00Z")]
        yield place
        assert place.service.wrong == []


def test_the_repositories_are_told_while_he_is_on_his_way_home(
    company: Callable[[str], Replay], github: GithubOrgPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The notice is of that day, and by the clock it is long ago.
    monkeypatch.setattr(moments, "_FURTHEST", timedelta(days=36_500))
    bank = company(CASE.zone)
    told = {"name": "gh", "kind": "github_org", "connection": "corp_github", "organization": ORG, "saml": True}
    bank.reads(github_org.Settings.model_validate({**told, "id_space": "hr"}), lambda *_: github.source())
    bank.hr.workers = [
        worker("4101", job(zone=CASE.zone), mail="dwirth@corp.example"),
        worker("4102", job(zone=CASE.zone), mail="amoss@corp.example"),
    ]

    bank.night(CASE.left_on - DAY)
    assert bank.all() == NOTHING

    last = f"2020-03-11T16:30 {CASE.zone}"
    add_notice(bank.session, bank.settings, who="4101", last=last, reason="dismissed", author="analyst")
    assert bank.departure(at(CASE.left_on, 16, 35), "4101").calls == ("open",)
    assert bank.open() == WORKS

    (token,) = github.kept.of("dwirth").tokens
    token.used = "2020-03-12T03:10:00Z"
    assert bank.night(CASE.left_on).first_line == "CRITICAL 1 used after departure"
    assert bank.open() == WORKS | USED

    del github.kept.people[github.kept.of("dwirth").id]
    bank.departure(at(CASE.dead_on, 9, 5), "4101")
    assert bank.open() == USED
    bank.judge("used-after-departure")
    bank.hr.change("4101", employments=(CASE.ended(),))
    bank.night(CASE.dead_on)
    assert bank.open() == NOTHING
    assert CASE.row(bank.measured(CASE.rules)) == documented(CASE)

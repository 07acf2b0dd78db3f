"""PyPI's traps: what was uploaded is no account, what an organization's members may isn't told."""

import ssl
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from demo.answering import Answered
from demo.slapd import Tls
from offboarding.model import Account, Gap, ScopeRead, Standing
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.pypi_projects.connection import greet
from tests.contract.source_contract import error_of, of, refs, sought
from tests.systems.pypi_projects.service import NOT_FOUND, PAY, SHOP, PypiPlace, pypi_place

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tls: Tls, tmp_path: Path) -> Generator[PypiPlace]:
    with pypi_place(tls, tmp_path) as made:
        made.kept.projects[SHOP] |= {"alice": "Owner", "bob": "Maintainer"}
        made.kept.projects[PAY]["alice"] = "Maintainer"
        yield made
        assert made.service.wrong == []


def test_roles_are_told_by_project_and_an_owner_is_privileged(place: PypiPlace) -> None:
    accounts = place.accounts()

    assert accounts["alice"].standing_reason == f"PyPI: Maintainer of {PAY}; Owner of {SHOP}"
    assert (accounts["alice"].standing, accounts["alice"].privileged) == (Standing.WORKS, True)
    assert (accounts["bob"].privileged, accounts["bob"].privileged_by) == (False, "")


def test_whoever_is_named_as_author_is_no_account(place: PypiPlace) -> None:
    assert place.accounts().keys() == {"alice", "bob", "corp-bot"}
    assert not [fact for fact in place.source().collect() if "ann@corp.example" in repr(fact)]


def test_a_role_that_is_not_known_is_neither(tmp_path: Path) -> None:
    with pypi_place(None, tmp_path) as place:
        place.kept.projects[SHOP]["carl"] = "Emperor"

        assert place.accounts()["carl"].standing is Standing.UNKNOWN


def test_what_an_organization_s_members_may_is_said_not_to_be_told(place: PypiPlace) -> None:
    place.kept.organizations[PAY] = "corp"

    (gap,) = of(Gap, place.source().collect())

    assert not gap.red
    for what in (
        "members of the organization corp",
        "trusted publishers",
        "others' tokens",
        "projects that aren't named",
    ):
        assert what in gap.text


def test_a_project_that_can_not_be_read_costs_itself_and_shows_nobody_gone(place: PypiPlace) -> None:
    known = refs(place.source().collect(), "alice", "bob")
    place.kept.refuses[SHOP] = NOT_FOUND

    facts = list(place.source().detail(known))

    assert [account.native_id for account in of(Account, facts)] == ["alice"]
    errors = {scope.scope: scope.error for scope in of(ScopeRead, facts)}
    assert errors["alice"] == ""
    assert "Look whether the project is called so" in errors["bob"]
    with pytest.raises(FatalError, match=f"project {SHOP}: 404"):
        list(place.source().collect_for(sought("bob"), []))


def test_an_index_that_tells_no_owners_tells_nothing(tmp_path: Path) -> None:
    with pypi_place(None, tmp_path) as place:
        place.kept.tells_owners = False

        with pytest.raises(FatalError, match="not PyPI's answer"):
            list(place.source().collect())


def test_a_name_that_leads_to_another_is_not_followed(tmp_path: Path) -> None:
    with pypi_place(None, tmp_path) as place:
        place.kept.refuses[SHOP] = Answered(status=301, headers={"Location": "/pypi/corp-shop-2/json"})

        assert "it redirects to" in error_of(list(place.source().collect()))


def test_too_often_is_waited_for_and_then_given_up(tmp_path: Path) -> None:
    with pypi_place(None, tmp_path) as place:
        place.kept.limits = [Answered(status=429, headers={"Retry-After": "1"})]
        assert "corp-bot" in place.accounts()

        place.kept.limits = [Answered(status=429, headers={"Retry-After": "120"})]
        with pytest.raises(RetriableError, match="asked too often"):
            place.accounts(max_wait_minutes=1)


def test_a_user_whom_the_register_gives_to_two_is_not_checked(place: PypiPlace) -> None:
    place.register.write_text("username,login\nalice,akim\nalice,mallory\n", "utf-8")

    facts = list(place.source().collect())

    assert "alice" not in {account.native_id for account in of(Account, facts)}
    assert "Leave the one that holds it" in error_of(facts)


def test_the_register_knows_users_in_whatever_case(place: PypiPlace) -> None:
    place.kept.projects[SHOP]["OctoCat"] = "Owner"
    place.register.write_text("username,login\noctocat,akim\nALICE,bkim\nalice,mallory\n", "utf-8")

    accounts = place.accounts()

    assert accounts["OctoCat"].login == "akim"
    assert "alice" not in accounts  # of two


def test_the_form_s_test_asks_for_a_project_of_pypi_s_own(place: PypiPlace) -> None:
    place.kept.projects["sampleproject"] = {"someone": "Owner"}
    assert greet(place.connection()) == "It answers, and tells who owns a project."

    del place.kept.projects["sampleproject"]
    with pytest.raises(FatalError, match="404"):
        greet(place.connection())


def test_a_request_that_pypi_would_not_take_and_a_wrong_answer_are_noted(tls: Tls, tmp_path: Path) -> None:
    """The control: what holds ours to what is published would see it."""
    with pypi_place(tls, tmp_path) as place:
        place.kept.projects[SHOP]["carl"] = "Emperor"
        trusted = ssl.create_default_context(cafile=str(tls.authority))
        for path in ("json?owners=yes", "json"):
            httpx.get(f"https://127.0.0.1:{place.service.port}/pypi/{SHOP}/{path}", verify=trusted)
        assert len(place.service.wrong) == 2

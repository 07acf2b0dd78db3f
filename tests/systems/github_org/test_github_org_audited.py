"""An organization on GitHub: what its audit log tells beside its lists, of suspended managed users and of Apps."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from github import Auth, Github

from demo.github_answers import ORG
from demo.github_log import OWNER_TOKEN
from demo.slapd import Tls
from offboarding.interfaces import Source
from offboarding.model import Account, AccountRef, Credential, Gap, IdentityKeyOrigin, ScopeRead, Standing
from tests.contract.source_contract import error_of, of
from tests.systems.github_org.service import GithubOrgPlace, github_org_place

pytestmark = pytest.mark.slow

EARLIER, SINCE, LATEST = "2026-10-01T09:00:00Z", "2026-11-10T09:00:00Z", "2026-11-20T09:00:00Z"
LONG_AGO = "2026-03-01T09:00:00Z"
MANY = 101
"""More than a page of the log."""


@pytest.fixture
def place(tls: Tls) -> Generator[GithubOrgPlace]:
    """Kim and Lee are managed users."""
    with github_org_place(tls) as found:
        for login in ("kim_corp", "lee_corp"):
            found.kept.add(login)
        yield found
        assert found.service.wrong == []


def reader(place: GithubOrgPlace, *, app: bool = False, **settings: Any) -> Source:
    """By an enterprise owner's token, unless an App asks."""
    given: dict[str, Any] = {"saml": False, "shortcode": "corp", "enterprise": "corp-group"}
    return place.source(app=app, **(given | settings))


def everything(place: GithubOrgPlace, **settings: Any) -> list[Any]:
    return list(reader(place, **settings).collect())


def red(facts: Sequence[Any]) -> list[str]:
    return [gap.text for gap in of(Gap, facts) if gap.red]


def standings(facts: Sequence[Any]) -> dict[str, Standing]:
    return {each.native_id: each.standing for each in of(Account, facts)}


def look(place: GithubOrgPlace, account: Account, **settings: Any) -> list[Any]:
    ref = AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)
    return list(reader(place, **settings).detail([ref]))


# --- suspended managed users ----------------------------------------------------------------------------------------


def test_a_suspended_managed_user_is_still_listed_and_dead_by_the_enterprise_s_word(place: GithubOrgPlace) -> None:
    kim, lee = place.kept.suspend("kim_corp", SINCE), place.kept.of("lee_corp")

    facts = everything(place)

    assert standings(facts) == {str(kim.id): Standing.DEAD, str(lee.id): Standing.WORKS}
    account = next(each for each in of(Account, facts) if each.native_id == str(kim.id))
    assert account.standing_reason == "GitHub: a member of the organization; suspended since 2026-11-10"
    assert account.disabled_at is not None
    again, *rest = look(place, account)
    assert again == account
    assert {(each.standing, each.can_reactivate) for each in of(Credential, rest)} == {(Standing.DEAD, True)}
    assert red(facts) == []


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        pytest.param([("user.suspend", EARLIER), ("user.unsuspend", SINCE)], Standing.WORKS, id="let back in"),
        pytest.param(
            [("user.suspend", EARLIER), ("user.unsuspend", SINCE), ("user.suspend", LATEST)], Standing.DEAD, id="again"
        ),
        pytest.param([("user.suspend", SINCE), ("user.unsuspend", SINCE)], Standing.WORKS, id="at once"),
        pytest.param([("user.suspend", LONG_AGO)], Standing.WORKS, id="for longer than the log is kept"),
        pytest.param([("user.rename", SINCE)], Standing.WORKS, id="renamed"),
    ],
)
def test_the_last_word_on_a_managed_user_counts(
    place: GithubOrgPlace, events: list[tuple[str, str]], standing: Standing
) -> None:
    kim = place.kept.of("kim_corp")
    for action, at in events:
        place.kept.logged(action, at, user_id=kim.id)

    assert standings(everything(place))[str(kim.id)] is standing


def test_a_word_that_does_not_say_who_was_let_back_in_may_be_about_anybody(place: GithubOrgPlace) -> None:
    """GitHub's description promises no user_id."""
    kim = place.kept.of("kim_corp")
    place.kept.logged("user.suspend", EARLIER, user_id=kim.id)
    place.kept.logged("user.suspend", EARLIER, user="park_corp")  # about whom nothing is said then
    assert (standings(everything(place))[str(kim.id)], red(everything(place))) == (Standing.DEAD, [])

    place.kept.logged("user.unsuspend", SINCE, user="kim_corp")
    facts = everything(place)

    assert standings(facts)[str(kim.id)] is Standing.WORKS
    (gap,) = red(facts)
    assert "one user.unsuspend doesn't say who was let back in" in gap
    assert gap.endswith("Not checked which managed users are suspended")


@pytest.mark.parametrize("settings", [{"enterprise": None}, {}], ids=["not asked", "longer ago than the log is kept"])
def test_who_is_named_as_a_suspended_user_is_not_checked_where_nobody_says_so(
    place: GithubOrgPlace, settings: dict[str, Any]
) -> None:
    kim, lee = place.kept.suspend("kim_corp", LONG_AGO), place.kept.of("lee_corp")

    facts = everything(place, **settings)

    assert standings(facts) == {str(kim.id): Standing.UNKNOWN, str(lee.id): Standing.WORKS}
    account = next(each for each in of(Account, facts) if each.native_id == str(kim.id))
    assert {each.standing for each in of(Credential, look(place, account, **settings))} == {Standing.UNKNOWN}


def test_without_a_shortcode_nobody_is_taken_for_a_managed_user(place: GithubOrgPlace) -> None:
    kim = place.kept.suspend("kim_corp", LONG_AGO)

    assert standings(everything(place, shortcode=None))[str(kim.id)] is Standing.WORKS


def test_an_audit_log_that_may_not_be_read_is_said_so_and_nobody_is_taken_for_suspended(place: GithubOrgPlace) -> None:
    """No App may read an enterprise's."""
    kim = place.kept.of("kim_corp")
    place.kept.logged("user.suspend", SINCE, user_id=kim.id)

    facts = everything(place, app=True)

    assert standings(facts)[str(kim.id)] is Standing.WORKS
    (gap,) = red(facts)
    assert "enterprises/ENTERPRISE/audit-log: 403" in gap
    assert gap.endswith("Not checked which managed users are suspended")
    account = next(each for each in of(Account, facts) if each.native_id == str(kim.id))
    assert red(look(place, account, app=True)) == [gap]


def test_a_log_of_several_pages_is_read_to_its_end(place: GithubOrgPlace) -> None:
    kim = place.kept.of("kim_corp")
    place.kept.logged("user.suspend", EARLIER, user_id=kim.id)
    for number in range(MANY):
        place.kept.logged("user.suspend", SINCE, user_id=10_000 + number)

    assert standings(everything(place))[str(kim.id)] is Standing.DEAD


@pytest.mark.parametrize(("links", "standing"), [(True, Standing.DEAD), (False, Standing.WORKS)])
def test_a_full_page_is_the_last_only_where_links_come_through(
    place: GithubOrgPlace, links: bool, standing: Standing
) -> None:
    kim, place.kept.log_links = place.kept.of("kim_corp"), links
    place.kept.logged("user.suspend", EARLIER, user_id=kim.id)
    for number in range(MANY - 1):
        place.kept.logged("user.unsuspend", SINCE, user_id=10_000 + number)

    facts = everything(place)

    assert standings(facts)[str(kim.id)] is standing
    assert ["links to its pages are lost" in text for text in red(facts)] == ([] if links else [True])


def test_an_event_that_cannot_be_read_may_be_anybody_s(place: GithubOrgPlace) -> None:
    place.kept.logged("user.suspend", SINCE, user_id=place.kept.of("kim_corp").id)
    assert place.kept.log
    place.kept.log[0]["@timestamp"] = 10**15

    facts = everything(place)

    assert set(standings(facts).values()) == {Standing.WORKS}
    assert "one can't be read" in red(facts)[0]


def test_that_managed_users_are_not_asked_about_is_said(place: GithubOrgPlace) -> None:
    def unseen(**settings: Any) -> str:
        return next(gap.text for gap in of(Gap, everything(place, **settings)) if "not looked at" in gap.text)

    words = "which managed users are suspended, since enterprise isn't set"
    assert words in unseen(enterprise=None)
    assert words not in unseen()
    assert words not in unseen(enterprise=None, shortcode=None)


# --- Apps -----------------------------------------------------------------------------------------------------------


def apps(facts: Sequence[Any]) -> dict[str, Account]:
    return {each.native_id: each for each in of(Account, facts) if each.native_id.startswith("installation/")}


def test_an_installed_app_is_nobody_s_and_names_who_installed_it(place: GithubOrgPlace) -> None:
    kept = place.kept.install("ci", by="kim_corp", contents="write", metadata="read")

    (app,) = apps(facts := everything(place)).values()

    assert (app.native_id, app.label) == (f"installation/{kept.id}", f"App ci (installation {kept.id})")
    assert (app.standing, app.service_like, app.privileged) == (Standing.WORKS, True, False)
    assert app.standing_reason == "GitHub: an installed App that may write contents, on all repositories"
    assert [(key.value, key.origin) for key in app.keys] == [("kim_corp", IdentityKeyOrigin.OWNER)]
    assert (app.owner_labels, app.created_by) == (("kim_corp",), "kim_corp")
    assert error_of(facts) == ""
    assert [fact for fact in look(place, app) if isinstance(fact, Account)] == [app]


def test_an_app_goes_on_when_whoever_installed_it_leaves(place: GithubOrgPlace) -> None:
    place.kept.install("ci", by="kim_corp")
    del place.kept.people[place.kept.of("kim_corp").id]

    (app,) = apps(everything(place)).values()

    assert (app.standing, app.owner_labels) == (Standing.WORKS, ("kim_corp",))


def test_a_suspended_app_gets_nothing(place: GithubOrgPlace) -> None:
    place.kept.install("ci", by="kim_corp").suspended = SINCE

    (app,) = apps(everything(place)).values()

    assert (app.standing, app.standing_reason) == (
        Standing.DEAD,
        "GitHub: an installed App, suspended since 2026-11-10",
    )


def test_an_app_that_may_let_others_in_is_privileged(place: GithubOrgPlace) -> None:
    place.kept.install("boss", members="write", organization_administration="write", contents="read")

    (app,) = apps(everything(place)).values()

    assert (app.privileged, app.privileged_by) == (True, "members, organization_administration")


def test_the_reader_s_own_app_is_known_as_such(place: GithubOrgPlace) -> None:
    own, other = place.kept.install("offboarding"), place.kept.install("ci")
    own.id = 417

    found = apps(everything(place, app=True, enterprise=None))

    assert {each.label: each.is_reader for each in found.values()} == {
        "App offboarding (installation 417)": True,
        f"App ci (installation {other.id})": False,
    }


def test_who_installed_an_app_may_not_be_told(place: GithubOrgPlace) -> None:
    """Most organizations have no audit log that can be asked."""
    place.kept.install("ci")
    place.kept.log = None

    facts = everything(place, enterprise=None)

    (app,) = apps(facts).values()
    assert (app.keys, app.owner_labels) == ((), ())
    (gap,) = (gap for gap in of(Gap, facts) if "who installed Apps" in gap.text)
    assert not gap.red
    assert error_of(facts) == ""


@pytest.mark.parametrize(
    ("logged", "by"),
    [
        pytest.param([("kim_corp", EARLIER), ("lee_corp", SINCE)], "lee_corp", id="the last"),
        pytest.param([("kim_corp", EARLIER)], "", id="one before this"),
        pytest.param([("kim_corp", LONG_AGO)], "", id="longer ago than the log is kept"),
    ],
)
def test_an_app_that_was_installed_again_is_whoever_s_did_it_last(
    place: GithubOrgPlace, logged: list[tuple[str, str]], by: str
) -> None:
    place.kept.install("ci", at=SINCE)
    for login, at in logged:
        place.kept.logged("integration_installation.create", at, actor=login, application_client_id="Iv1.ci")

    (app,) = apps(everything(place)).values()

    assert app.created_by == by


def test_apps_that_may_not_be_seen_leave_people_told_and_nobody_gone(place: GithubOrgPlace) -> None:
    del place.kept.rights["organization_administration"]

    facts = everything(place, app=True, enterprise=None)

    assert len(of(Account, facts)) == 2
    assert "orgs/ORG/installations: 403" in error_of(facts)
    assert "organization_administration=read" in error_of(facts)
    assert "switch installations off" in error_of(facts)
    assert error_of(everything(place, app=True, enterprise=None, installations=False)) == ""


def test_an_app_that_was_uninstalled_is_gone(place: GithubOrgPlace) -> None:
    kept = place.kept.install("ci")
    (app,) = apps(everything(place)).values()
    del place.kept.installed[kept.id]

    (*gaps, gone) = look(place, app)

    assert gaps == []
    assert isinstance(gone, ScopeRead)
    assert not gone.error


def test_pygithub_sees_the_same_apps(place: GithubOrgPlace, tls: Tls) -> None:
    for number in range(3):
        place.kept.install(f"ci{number}", contents="write")
    base = f"https://127.0.0.1:{place.service.port}/api/v3"
    with Github(base_url=base, auth=Auth.Token(OWNER_TOKEN), verify=str(tls.authority), retry=None) as control:
        seen = {f"installation/{each.id}" for each in control.get_organization(ORG).get_installations()}

    assert seen == apps(everything(place)).keys()


# --- archived repositories ------------------------------------------------------------------------------------------


def test_a_deploy_key_of_an_archived_repository_reads_as_before(place: GithubOrgPlace) -> None:
    """Nobody writes there; whoever has the key gets the code."""
    place.kept.archived.add(1)
    archived, other = place.kept.deploy("kim_corp"), place.kept.deploy("kim_corp", repository=2)

    found = {each.native_id: each for each in of(Account, everything(place))}

    key, beside = found[f"deploy-key/1/{archived.id}"], found[f"deploy-key/2/{other.id}"]
    assert key.standing is beside.standing is Standing.WORKS
    assert key.standing_reason == "GitHub: a deploy key that reads, of an archived repository"
    assert beside.standing_reason == "GitHub: a deploy key that writes"
    assert [each for each in look(place, key) if isinstance(each, Account)] == [key]

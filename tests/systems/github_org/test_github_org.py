"""An organization on GitHub, beyond what every source must do: each way in which it could look emptier than it is."""

import ssl
from collections.abc import Generator, Sequence
from typing import Any

import httpx
import pytest
from github import Auth, Github

from demo.github import app_key
from demo.github_answers import ORG
from demo.github_kept import KeptToken
from demo.github_log import OWNER_TOKEN
from demo.slapd import Tls
from offboarding.interfaces import Chooser, Source
from offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service import api
from offboarding.sources import github_org
from offboarding.sources.github_org.connection import greet
from tests.contract.source_contract import detail, error_of, of, refs, wrong
from tests.support.described.server import Answered
from tests.systems.github_org.service import GithubOrgPlace, github_org_place

pytestmark = pytest.mark.slow

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
MANY = 104
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[GithubOrgPlace]:
    """Ann owns it, Kim is a member, Zed an outside collaborator."""
    with github_org_place(tls) as found:
        found.kept.add("ann", "admin", mail="ann@corp.example")
        found.kept.add("kim", mail="kim@corp.example")
        found.kept.add("zed", "outside")
        yield found
        assert found.service.wrong == []


def whole(facts: Sequence[Any]) -> bool:
    """Whether a read says that it saw all of it."""
    return [scope.error for scope in of(ScopeRead, facts) if not scope.scope] == [""]


# --- who is in ------------------------------------------------------------------------------------------------------


def test_members_collaborators_and_invitations_are_ways_in(place: GithubOrgPlace) -> None:
    place.kept.invited[31] = (None, "lee@corp.example", "direct_member")
    place.kept.invited[32] = ("joe", None, "admin")

    accounts = place.accounts()

    shown = {label: (each.native_id, each.standing, each.privileged) for label, each in accounts.items()}
    assert shown == {
        "ann": (str(place.kept.of("ann").id), Standing.WORKS, True),
        "kim": (str(place.kept.of("kim").id), Standing.WORKS, False),
        "zed": (str(place.kept.of("zed").id), Standing.WORKS, None),
        "invitation 31 of lee@corp.example": ("invitation/31", Standing.WORKS, False),
        "invitation 32 of joe": ("invitation/32", Standing.WORKS, True),
    }
    assert accounts["ann"].privileged_by == "owner of the organization"


def test_an_invitation_that_was_taken_back_is_gone(place: GithubOrgPlace) -> None:
    place.kept.invited[31] = ("lee", None, "direct_member")
    source = place.source()
    known = [ref for ref in refs(source.collect()) if ref.native_id == "invitation/31"]

    assert len(of(Account, source.detail(known))) == 1
    del place.kept.invited[31]

    (gone,) = source.detail(known)
    assert isinstance(gone, ScopeRead)
    assert not gone.error


def test_pygithub_sees_the_same_people(place: GithubOrgPlace, tls: Tls) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
    authority = str(tls.authority)
    base = f"https://127.0.0.1:{place.service.port}/api/v3"
    with Github(base_url=base, auth=Auth.Token(OWNER_TOKEN), verify=authority, retry=None) as control:
        theirs = control.get_organization(ORG)
        seen = {str(each.id) for each in (*theirs.get_members(), *theirs.get_outside_collaborators())}
        repositories = {each.full_name for each in theirs.get_repos()}

    facts = list(place.source().collect())

    assert {each.native_id for each in of(Account, facts)} == seen
    assert len(seen) == MANY + 3
    assert repositories == {"corp/shop", "corp/pay"}


def test_a_request_that_github_would_not_take_is_noticed(tls: Tls) -> None:
    with github_org_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        address = f"https://127.0.0.1:{found.service.port}/api/v3/orgs/corp/members?role=owner"
        answer = httpx.get(address, verify=verify, headers={"Authorization": f"Bearer {OWNER_TOKEN}"}, trust_env=False)

        assert answer.status_code == 422
        assert "role" in found.service.wrong[0]


def test_who_has_no_second_factor_is_told(place: GithubOrgPlace) -> None:
    place.kept.of("kim").weak = True

    accounts = place.accounts()

    assert accounts["kim"].standing_reason == "GitHub: a member of the organization; without a second factor"
    assert accounts["ann"].standing_reason == "GitHub: an owner of the organization"


# --- traps: what looks like less than there is ----------------------------------------------------------------------


def test_public_members_alone_are_not_all_of_them_for_an_app(place: GithubOrgPlace) -> None:
    """GitHub answers 200 with public members to whoever may not see more."""
    place.kept.of("ann").public = True
    del place.kept.rights["members"]

    with pytest.raises(FatalError, match="public members alone"):
        list(place.source().collect())


def test_public_members_alone_are_not_all_of_them_for_a_token(place: GithubOrgPlace) -> None:
    place.kept.scopes = "repo, gist"

    with pytest.raises(FatalError, match="read:org"):
        list(place.source(app=False).collect())

    place.kept.scopes = "repo, read:org"
    assert whole(list(place.source(app=False).collect()))


def test_a_short_page_with_a_next_link_is_not_the_last(place: GithubOrgPlace) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")

    facts = list(place.source().collect())

    assert len(of(Account, facts)) == MANY + 3
    assert whole(facts)


def test_a_full_page_whose_link_was_lost_is_not_the_last(place: GithubOrgPlace) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
    place.kept.links = lambda link: ""

    facts = list(place.source().collect())

    assert len(of(Account, facts)) == MANY + 3


@pytest.mark.parametrize(
    ("links", "said"),
    [
        pytest.param(lambda link: link.replace("127.0.0.1", "elsewhere.example"), "another host", id="another host"),
        pytest.param(lambda link: link.replace("page=2", "page=1"), "came twice", id="the same page again"),
    ],
)
def test_a_list_that_leads_astray_is_no_list(place: GithubOrgPlace, links: Any, said: str) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
    place.kept.links = links

    with pytest.raises(FatalError, match=said):
        list(place.source().collect())


def test_nobody_slips_between_two_pages(place: GithubOrgPlace) -> None:
    """Who leaves moves everybody after them onto pages that were read already."""
    first = [place.kept.add(f"more{number:03}") for number in range(MANY)][:5]
    moved = place.kept.of("more098")

    def leave() -> None:
        for each in first:
            del place.kept.people[each.id]

    place.kept.between_pages = leave

    facts = list(place.source().collect())

    assert str(moved.id) in {each.native_id for each in of(Account, facts)}
    assert whole(facts)


@pytest.mark.parametrize("lost", ["members", "administration", "metadata"])
def test_what_is_refused_is_not_checked_and_names_the_right(place: GithubOrgPlace, lost: str) -> None:
    source = place.source()
    before = list(source.collect())
    del place.kept.rights[lost]
    place.kept.rights |= {"members": "read"} if lost != "members" else {}

    said = ""
    facts: list[Any] = []
    try:
        facts = list(place.source().collect())
        said = error_of(facts)
    except FatalError as error:
        said = str(error)

    assert before
    assert not whole(facts)
    assert lost in said.lower()


def test_members_stay_told_where_deploy_keys_are_refused(place: GithubOrgPlace) -> None:
    del place.kept.rights["administration"]

    facts = list(place.source().collect())

    assert {each.label for each in of(Account, facts)} == {"ann", "kim", "zed"}
    assert "Administration: read" in error_of(facts)
    assert not [line for line in place.service.asked if line.endswith("/keys")]
    assert whole(list(place.source(deploy_keys=False).collect()))


def test_an_app_on_some_repositories_has_not_seen_all_deploy_keys(place: GithubOrgPlace) -> None:
    place.kept.selection = "selected"

    assert "some repositories alone" in error_of(list(place.source().collect()))


def test_a_token_that_sees_some_repositories_has_not_seen_all_deploy_keys(place: GithubOrgPlace) -> None:
    place.kept.unseen = 1

    assert "sees 2 repositories" in error_of(list(place.source(app=False).collect()))


def test_a_missing_identity_provider_is_no_empty_one(place: GithubOrgPlace) -> None:
    """Whoever may not see it gets null as well: mails that were known must not look taken away."""
    place.kept.saml = False

    facts = list(place.source().collect())

    assert of(Account, facts) == []
    assert "samlIdentityProvider" in error_of(facts)
    assert whole(list(place.source(saml=False).collect()))


def test_an_error_beside_identities_is_no_answer(place: GithubOrgPlace) -> None:
    place.kept.graphql_error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}

    assert "Resource not accessible" in error_of(list(place.source().collect()))

    place.kept.graphql_error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    with pytest.raises(RetriableError):
        list(place.source().collect())


def test_a_member_who_can_not_be_read_costs_themselves() -> None:
    with github_org_place(None) as found:
        found.kept.add("ann", "admin")
        found.kept.add("kim")
        found.kept.spoils = lambda person: person | ({"id": "no number"} if person["login"] == "kim" else {})

        facts = list(found.source(saml=False).collect())

        assert [each.label for each in of(Account, facts)] == ["ann"]
        assert "one can't be read, whose id is wrong" in error_of(facts)


def test_a_server_without_invitations_is_whole(place: GithubOrgPlace) -> None:
    place.kept.is_server = True

    assert whole(list(place.source().collect()))


def test_managed_users_are_whole_without_invitations(place: GithubOrgPlace) -> None:
    place.kept.invites = False

    assert not whole(list(place.source().collect()))
    assert whole(list(place.source(shortcode="corp").collect()))


def test_a_suspended_user_of_a_server_is_dead_with_all_they_hold(place: GithubOrgPlace) -> None:
    place.kept.is_server = True
    source = place.source()
    facts = list(source.collect())
    place.kept.of("kim").suspended = True

    looked = detail(source, facts, "kim")

    assert {each.standing for each in (*of(Account, looked), *of(Credential, looked))} == {Standing.DEAD}
    assert all(each.can_reactivate for each in of(Credential, looked))


def test_whoever_is_shown_by_another_login_alone_is_not_gone(place: GithubOrgPlace) -> None:
    """Neither their number nor the login that they had finds them; the lists do."""
    source = place.source()
    facts = list(source.collect())
    for login in ("kim", "zed"):
        person = place.kept.of(login)
        person.hidden, person.login = True, f"{login}-renamed"

    looked = detail(source, facts, "kim", "zed")

    assert {each.label for each in of(Account, looked)} == {"kim-renamed", "zed-renamed"}
    assert not wrong(looked)


def test_a_login_that_somebody_else_took_is_not_the_leaver_s(place: GithubOrgPlace) -> None:
    """It's free once its holder has another, or leaves GitHub: whoever takes it is somebody else by their number."""
    source = place.source()
    facts = list(source.collect())
    gone = place.kept.people.pop(place.kept.of("kim").id)
    place.kept.add("kim", "admin")

    looked = detail(source, facts, "kim")

    assert of(Account, looked) == of(Credential, looked) == []
    assert {scope.scope for scope in of(ScopeRead, looked)} == {str(gone.id)}
    assert not wrong(looked)


def test_what_has_no_list_is_said_not_to_be_looked_at(place: GithubOrgPlace) -> None:
    """Whoever leaves may know the secret of a webhook, and have a classic token that nobody authorized."""
    (gap,) = of(Gap, list(place.source().collect()))

    assert not gap.red
    for what in ("classic personal access tokens", "OAuth tokens", "secrets of webhooks, Actions and runners"):
        assert what in gap.text


def test_whoever_is_nowhere_is_gone_unless_a_list_can_not_be_read(place: GithubOrgPlace) -> None:
    source = place.source(saml=False)
    facts = list(source.collect())
    del place.kept.people[place.kept.of("kim").id]

    assert of(Account, looked := detail(source, facts, "kim")) == []
    assert not wrong(looked)

    with github_org_place(None) as other:
        other.kept.add("ann", "admin")
        other.kept.add("kim")
        source = other.source(saml=False)
        facts = list(source.collect())
        other.kept.of("kim").hidden = True
        other.kept.of("kim").login = "renamed"
        other.kept.spoils = lambda person: person | ({"login": None} if person["login"] == "renamed" else {})

        (said,) = wrong(detail(source, facts, "kim"))
        assert "one can't be read, whose login is wrong" in said


def test_a_token_that_can_not_be_read_hides_no_other() -> None:
    with github_org_place(None) as found:
        found.kept.add("ann", "admin")
        found.kept.add("kim")
        found.kept.spoils_token = lambda token: (
            token | ({"token_expired": "perhaps"} if token["owner"]["login"] == "ann" else {})
        )
        source = found.source(saml=False)

        looked = detail(source, list(source.collect()), "ann", "kim")

        assert len([each for each in of(Credential, looked) if each.kind is SubjectKind.SERVICE_CREDENTIAL]) == 1
        (said,) = wrong(looked)
        assert "one can't be read, whose token_expired is wrong" in said


# --- whose they are -------------------------------------------------------------------------------------------------


def test_mails_are_the_identity_providers_and_never_the_profiles(place: GithubOrgPlace) -> None:
    accounts = place.accounts()

    mails = {key.value: key.name for key in accounts["kim"].keys if key.kind is IdentityKeyKind.MAIL}
    assert mails == {"kim@corp.example": "SAML nameId"}
    assert not [key for key in accounts["zed"].keys if key.kind is IdentityKeyKind.MAIL]
    assert not [line for line in place.service.asked if "/user/" in line or "/users/" in line]


def test_a_managed_user_is_known_without_the_shortcode(place: GithubOrgPlace) -> None:
    place.kept.add("lee_corp")

    accounts = place.accounts(shortcode="corp")

    logins = [key.value for key in accounts["lee_corp"].keys if key.kind is IdentityKeyKind.LOGIN]
    assert logins == ["lee_corp", "lee"]
    assert [key.value for key in accounts["kim"].keys if key.kind is IdentityKeyKind.LOGIN] == ["kim"]
    assert (accounts["lee_corp"].product, accounts["kim"].product) == ("managed user", "member")


# --- what lets them in ----------------------------------------------------------------------------------------------


def test_tokens_and_keys_of_whom_is_looked_at(place: GithubOrgPlace) -> None:
    kim = place.kept.of("kim")
    kim.tokens = [
        KeptToken(id=51, name="laptop"),
        KeptToken(id=52, name="old", ends="2026-10-01T00:00:00Z"),
        KeptToken(id=53, name="classic", kind="personal access token"),
        KeptToken(id=54, name="laptop, authorized", kind="personal access token", of=51),
    ]
    source = place.source()

    facts = detail(source, list(source.collect()), "kim")

    tokens = {each.native_id: each.standing for each in of(Credential, facts) if each.kind is TOKEN}
    assert tokens == {"token/51": Standing.WORKS, "token/52": Standing.DEAD, "authorization/53": Standing.WORKS}
    (key,) = (each for each in of(Credential, facts) if each.kind is SSH_KEY)
    assert key.fingerprint.startswith("SHA256:")
    assert (key.standing, key.standing_reason) == (
        Standing.UNKNOWN,
        "GitHub: listed; not authorized for single sign-on",
    )


def test_an_outside_collaborator_passes_no_single_sign_on(place: GithubOrgPlace) -> None:
    source = place.source()

    facts = detail(source, list(source.collect()), "zed")

    (key,) = (each for each in of(Credential, facts) if each.kind is SSH_KEY)
    assert key.standing is Standing.WORKS


def test_classic_tokens_outside_single_sign_on_are_told_as_not_looked_at(place: GithubOrgPlace) -> None:
    """GitHub has no list of a member's classic tokens."""
    gaps = of(Gap, list(place.source().collect()))

    assert ["classic personal access tokens" in gap.text for gap in gaps if not gap.red] == [True]


def test_without_an_app_no_token_looks_gone(place: GithubOrgPlace) -> None:
    source = place.source(app=False)

    facts = detail(source, list(source.collect()), "kim")

    assert not [scope for scope in of(ScopeRead, facts) if TOKEN in scope.kinds]
    assert any("only an App" in gap.text for gap in of(Gap, list(source.collect())))


def test_a_deploy_key_outlives_whoever_added_it(place: GithubOrgPlace) -> None:
    key = place.kept.deploy("kim")
    del place.kept.people[place.kept.of("kim").id]

    (account,) = (each for each in place.accounts().values() if each.native_id == f"deploy-key/1/{key.id}")

    assert account.label == f"deploy key {key.id} of corp/shop (ci)"
    assert (account.standing, account.created_by, account.owner_labels) == (Standing.WORKS, "kim", ("kim",))
    assert account.service_like
    assert account.password_set_at == account.created_at
    assert [(each.value, each.origin) for each in account.keys] == [("kim", IdentityKeyOrigin.OWNER)]


def test_a_deploy_key_that_is_switched_off_is_dead(place: GithubOrgPlace) -> None:
    key = place.kept.deploy("kim", enabled=False)

    accounts = place.accounts()

    assert accounts[f"deploy key {key.id} of corp/shop (ci)"].standing is Standing.DEAD


def known_key(place: GithubOrgPlace, source: Source) -> AccountRef:
    place.kept.deploy("kim")
    (account,) = (each for each in of(Account, source.collect()) if each.native_id.startswith("deploy-key/"))
    return AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login="")


def test_a_deploy_key_is_looked_at_through_a_rename_and_gone_once_deleted(place: GithubOrgPlace) -> None:
    source = place.source()
    ref = known_key(place, source)
    place.kept.repositories[1] = "store"

    assert [each.native_id for each in of(Account, source.detail([ref]))] == [ref.native_id]
    place.kept.deploy_keys.clear()

    (gone,) = source.detail([ref])
    assert isinstance(gone, ScopeRead)
    assert not gone.error


def test_a_deploy_key_whose_repository_is_gone_is_gone_and_one_that_is_refused_is_not(place: GithubOrgPlace) -> None:
    source = place.source()
    ref = known_key(place, source)
    del place.kept.rights["administration"]
    (refused,) = of(ScopeRead, source.detail([ref]))
    assert "administration=read" in refused.error

    place.kept.rights["administration"] = "read"
    del place.kept.repositories[1]

    (gone,) = source.detail([ref])
    assert isinstance(gone, ScopeRead)
    assert not gone.error


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(Answered(status=429, body={"message": "slow down"}, headers={"Retry-After": "7"}), id="429"),
        pytest.param(
            Answered(
                status=403,
                body={"message": "You have exceeded a secondary rate limit"},
                headers={"Retry-After": "7"},
            ),
            id="a secondary one",
        ),
        pytest.param(
            Answered(
                status=403,
                body={"message": "API rate limit exceeded"},
                headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
            ),
            id="used up",
        ),
    ],
)
def test_whoever_is_told_to_wait_waits(place: GithubOrgPlace, limit: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = list[float]()
    monkeypatch.setattr(api, "sleep", waits.append)
    source = place.source()
    place.kept.limits = [limit]

    assert whole(list(source.collect()))
    assert waits == [7 if "Retry-After" in limit.headers else 1]
    assert source.requests.overhead > 0


def test_a_wait_that_is_too_long_is_another_days(place: GithubOrgPlace) -> None:
    limit = Answered(status=429, body={"message": "slow down"}, headers={"Retry-After": "600"})
    place.kept.limits = [limit]

    with pytest.raises(RetriableError, match="600 seconds"):
        list(place.source(max_wait_minutes=5).collect())


def test_a_budget_that_is_used_up_is_said_and_nothing_is_concluded(place: GithubOrgPlace) -> None:
    with pytest.raises(FatalError, match="max_requests"):
        list(place.source(max_requests=6).collect())


# --- setting it up --------------------------------------------------------------------------------------------------


class Says(Chooser):
    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        del question, options, more
        assert key == "organization"
        return ORG


def test_a_first_configuration_says_what_it_saw(place: GithubOrgPlace) -> None:
    made = github_org.propose("corp_github", place.connection(), Says())

    assert made.settings == {"organization": ORG, "saml": True}
    place.kept.saml = False
    assert github_org.propose("corp_github", place.connection(), Says()).settings == {"organization": ORG}


def test_the_form_s_test_says_who_is_let_in(place: GithubOrgPlace) -> None:
    assert greet(place.connection(app=False)) == "The token is taken, and is reader's."
    assert "members: read" in greet(place.connection())
    with pytest.raises(FatalError):
        greet(place.connection(app=False, password="another"))
    assert app_key() not in greet(place.connection())

"""A group on GitLab, beyond what every source must do: each way in which it could look emptier than it is."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from gitlab import Gitlab

from demo.answering import Answered
from demo.slapd import Tls
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
from offboarding.model.errors import FatalError
from tests.contract.source_contract import detail, error_of, of, refs, sought, wrong
from tests.systems.gitlab_users.service import (
    FORBIDDEN,
    GROUP,
    NOT_FOUND,
    READER_TOKEN,
    GitlabUsersPlace,
    gitlab_users_place,
)

pytestmark = pytest.mark.slow

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
MANY = 104
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[GitlabUsersPlace]:
    """Ann owns the group, Kim develops in it."""
    with gitlab_users_place(tls) as found:
        found.kept.is_admin = False
        found.kept.add("ann", {("groups", GROUP): 50})
        found.kept.add("kim")
        yield found
        assert found.service.wrong == []


def read(place: GitlabUsersPlace, **settings: Any) -> list[Any]:
    return list(place.source(group=True, **settings).collect())


def looked_at(place: GitlabUsersPlace, login: str, **settings: Any) -> list[Any]:
    """A whole read, and then a look at one."""
    source = place.source(group=True, **settings)
    return detail(source, list(source.collect()), login)


def covered(facts: Sequence[Any]) -> set[SubjectKind]:
    return {kind for scope in of(ScopeRead, facts) if not scope.error for kind in scope.kinds}


def people(facts: Sequence[Any]) -> dict[str, Account]:
    return {each.login: each for each in of(Account, facts) if each.native_id.isdecimal()}


# --- who is in ------------------------------------------------------------------------------------------------------


def test_python_gitlab_sees_the_same_people(place: GitlabUsersPlace, tls: Tls) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
    place.kept.add("below", {("projects", 22): 10})
    url = f"https://127.0.0.1:{place.service.port}"
    control = Gitlab(url, private_token=READER_TOKEN, ssl_verify=str(tls.authority), per_page=100)
    group = control.groups.get(GROUP)
    seen = {str(each.id) for each in group.members_all.list(iterator=True)}
    for each in group.projects.list(include_subgroups=True, get_all=True):
        seen |= {str(found.id) for found in control.projects.get(each.id, lazy=True).members_all.list(iterator=True)}

    facts = read(place)

    assert {each.native_id for each in of(Account, facts)} == seen
    assert len(seen) == MANY + 3
    assert error_of(facts) == ""


def test_who_has_a_role_in_a_project_or_subgroup_alone_is_in(place: GitlabUsersPlace) -> None:
    """`members/all` of the group doesn't tell them."""
    place.kept.add("sue", {("groups", 8): 30})
    place.kept.add("pat", {("projects", 22): 40})
    place.kept.add("out", {})

    found = people(read(place))

    assert set(found) == {"ann", "kim", "sue", "pat"}
    assert found["sue"].standing_reason == "GitLab: active; Developer of corp/pay"
    assert found["pat"].standing_reason == "GitLab: active; Maintainer of corp/pay/api"


def test_the_highest_role_counts_and_an_owner_of_anything_is_privileged(place: GitlabUsersPlace) -> None:
    place.kept.add("sue", {("groups", GROUP): 10, ("projects", 21): 50})

    found = people(read(place))

    assert {(each.product, each.reached_by.rpartition("/api/v4/")[2]) for each in found.values()} == {
        ("member", f"groups/{GROUP}")
    }
    shown = {name: (each.privileged, each.privileged_by) for name, each in found.items()}
    assert shown == {
        "ann": (True, "owner of corp"),
        "kim": (False, ""),
        "sue": (True, "owner of corp/shop"),
    }


def test_what_one_list_alone_tells_of_somebody_is_kept_whichever_role_counts(place: GitlabUsersPlace) -> None:
    """Who somebody is at the identity provider is told at the top."""
    kim = place.kept.of("kim")
    kim.saml = {"provider": "group_saml", "extern_uid": "kim.im@corp.example", "saml_provider_id": 10}
    kim.roles[("projects", 21)] = 40

    found = people(read(place))["kim"]

    keys = {(key.kind, key.value, key.name) for key in found.keys}
    assert (IdentityKeyKind.MAIL, "kim.im@corp.example", "identity group_saml") in keys
    assert (IdentityKeyKind.MAIL, "kim@corp.example", "email") in keys
    assert "Maintainer of corp/shop" in found.standing_reason


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        ("active", Standing.WORKS),
        ("deactivated", Standing.WORKS),
        ("blocked", Standing.DEAD),
        ("odd", Standing.UNKNOWN),
    ],
)
def test_a_member_stands_as_the_user_does(place: GitlabUsersPlace, state: str, standing: Standing) -> None:
    place.kept.of("kim").state = state

    assert people(read(place))["kim"].standing is standing


def test_whoever_awaits_that_an_owner_lets_them_in_is_not_known_to_be_in(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").awaiting = True

    kim = people(read(place))["kim"]

    assert kim.standing is Standing.UNKNOWN
    assert "awaits" in kim.standing_reason


def test_invitations_to_group_and_projects_are_ways_in(place: GitlabUsersPlace) -> None:
    group = place.kept.invite("lee@corp.example")
    project = place.kept.invite("joe@corp.example", "projects", 22, level=50)

    source = place.source(group=True)
    found = {each.native_id: each for each in of(Account, source.collect()) if "invitation" in each.native_id}

    assert {name: (each.standing, each.privileged) for name, each in found.items()} == {
        f"invitation/{group}": (Standing.WORKS, False),
        f"invitation/{project}": (Standing.WORKS, True),
    }
    assert [key.value for key in found[f"invitation/{group}"].keys] == ["lee@corp.example"]
    assert found[f"invitation/{project}"].reached_by.endswith("/projects/22")

    known = [AccountRef(realm="gitlab:group-7-20200301090000", native_id=f"invitation/{group}", label="", login="")]
    assert len(of(Account, source.detail(known))) == 1
    del place.kept.invitations[group]
    (gone,) = source.detail(known)
    assert isinstance(gone, ScopeRead)
    assert not gone.error


def test_the_realm_is_the_group_s_number_and_birth_whatever_its_path(place: GitlabUsersPlace) -> None:
    before = {each.realm for each in of(Account, read(place))}
    place.kept.groups[GROUP] = ("renamed", None)

    assert {each.realm for each in of(Account, read(place))} == before == {"gitlab:group-7-20200301090000"}


# --- bots and service accounts --------------------------------------------------------------------------------------


def test_a_bot_is_no_person_and_who_made_its_token_is_not_told(place: GitlabUsersPlace) -> None:
    bots = [place.kept.bot("projects", 22, "kim"), place.kept.bot("groups", GROUP, "kim")]

    for bot in bots:
        facts = looked_at(place, bot.username)
        (account,) = of(Account, facts)
        assert (account.service_like, account.has_own_login, account.owner_labels) == (True, False, ())
        assert [each.native_id for each in of(Credential, facts)] == [f"token/{number}" for number in bot.tokens]
        assert TOKEN in covered(facts)


def test_whoever_calls_themselves_a_bot_is_none(place: GitlabUsersPlace) -> None:
    """The list of access tokens says whose the bots are, and not a name that people choose."""
    place.kept.of("kim").username = "project_21_bot_c0ffee"
    place.kept.of("ann").username = "project_99_bot"

    facts = read(place)

    assert error_of(facts) == ""
    assert not any(each.service_like for each in people(facts).values())
    assert all(each.has_own_login for each in people(facts).values())


def test_where_bots_cannot_be_told_nobody_is_taken_for_one(place: GitlabUsersPlace) -> None:
    bot = place.kept.bot("projects", 21, "kim")
    place.kept.refuses["/projects/21/access_tokens"] = FORBIDDEN

    facts = read(place)

    assert not people(facts)[bot.username].service_like
    assert "projects/21/access_tokens" in error_of(facts)


def test_a_service_account_is_no_person(place: GitlabUsersPlace) -> None:
    account = place.kept.add("deployer", by="kim", bot=True, service_account=True, enterprise=False)

    facts = looked_at(place, "deployer")

    (found,) = of(Account, facts)
    assert (found.service_like, found.has_own_login, found.owner_labels) == (True, False, ())
    assert {key.origin for key in found.keys} == {IdentityKeyOrigin.ATTRIBUTE}
    assert f"token/{min(account.tokens)}" in {each.native_id for each in of(Credential, facts)}


@pytest.mark.parametrize("answer", [NOT_FOUND, FORBIDDEN])
def test_where_service_accounts_are_not_listed_each_counts_as_a_person(place: GitlabUsersPlace, answer: Any) -> None:
    place.kept.add("deployer", bot=True, service_account=True, enterprise=False)
    place.kept.refuses[f"/groups/{GROUP}/service_accounts"] = answer

    facts = read(place)

    assert not people(facts)["deployer"].service_like
    (gap,) = of(Gap, facts)
    assert "which members are service accounts" in gap.text
    assert error_of(facts) == ""


def test_where_the_list_of_service_accounts_is_refused_otherwise_that_is_told_as_not_checked(
    place: GitlabUsersPlace,
) -> None:
    place.kept.add("deployer", bot=True, service_account=True, enterprise=False)
    place.kept.refuses[f"/groups/{GROUP}/service_accounts"] = Answered(
        status=400, body={"error": "order_by does not have a valid value"}
    )

    facts = read(place)

    assert "service_accounts: 400, order_by does not have a valid value" in error_of(facts)
    assert [each.text for each in of(Gap, facts) if "doesn't list for this group" in each.text] == []


# --- tokens and keys ------------------------------------------------------------------------------------------------


def test_an_empty_list_of_tokens_of_who_is_no_enterprise_user_is_not_none(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").enterprise = False

    facts = looked_at(place, "kim")

    assert TOKEN not in covered(facts)
    assert SSH_KEY in covered(facts)
    assert {each.kind for each in of(Credential, facts)} == {SSH_KEY}


def test_an_enterprise_user_s_tokens_are_told_and_nobody_else_s(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim")

    facts = looked_at(place, "kim")

    assert TOKEN in covered(facts)
    tokens = [each.native_id for each in of(Credential, facts) if each.kind is TOKEN]
    assert tokens == [f"token/{number}" for number in kim.tokens]


def test_without_enterprise_no_list_of_tokens_is_asked_for_and_the_report_says_so(place: GitlabUsersPlace) -> None:
    facts = looked_at(place, "kim", enterprise=False)
    (gap,) = of(Gap, read(place, enterprise=False))

    assert TOKEN not in covered(facts)
    assert "since enterprise is off" in gap.text
    assert not [each for each in place.service.asked if "/manage/" in each]


def test_tokens_of_enterprise_users_are_listed_once_for_all_who_are_looked_at(place: GitlabUsersPlace) -> None:
    lee = place.kept.add("lee")
    source = place.source(group=True)
    facts = list(source.collect())

    found = of(Credential, detail(source, facts, "kim", "lee"))

    kinds = [(each.account_native_id, each.kind) for each in found]
    assert kinds.count((str(lee.id), TOKEN)) == kinds.count((str(place.kept.of("kim").id), TOKEN)) == 1
    assert place.service.asked.count(f"GET /groups/{GROUP}/manage/personal_access_tokens") == 1


def test_tokens_that_are_refused_are_not_checked(place: GitlabUsersPlace) -> None:
    place.kept.refuses[f"/groups/{GROUP}/manage/personal_access_tokens"] = NOT_FOUND

    facts = looked_at(place, "kim")

    (refused,) = [scope for scope in of(ScopeRead, facts) if scope.error]
    assert refused.kinds == (TOKEN,)
    assert "an owner of the group" in refused.error


def test_a_blocked_member_s_token_and_key_are_dead_and_come_back(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").state = "blocked"

    facts = of(Credential, looked_at(place, "kim"))

    assert {(each.standing, each.can_reactivate) for each in facts} == {(Standing.DEAD, True)}


# --- what is nobody -------------------------------------------------------------------------------------------------


def test_deploy_tokens_of_groups_and_projects_say_where_they_are_revoked(place: GitlabUsersPlace) -> None:
    group, project = place.kept.deploy_token("groups", 8), place.kept.deploy_token("projects", 22)

    found = {each.native_id: each.reached_by for each in of(Account, read(place))}

    assert found[f"deploy-token/{group}"].endswith("/api/v4/groups/8")
    assert found[f"deploy-token/{project}"].endswith("/api/v4/projects/22")


def test_a_deploy_key_of_several_projects_is_one(place: GitlabUsersPlace) -> None:
    number = place.kept.deploy_key({21: True, 22: False})

    (found,) = [each for each in of(Account, read(place)) if each.native_id == f"deploy-key/{number}"]

    assert found.standing is Standing.UNKNOWN
    assert "writes corp/shop and reads corp/pay/api" in found.standing_reason


def test_what_triggers_pipelines_is_its_owner_s(place: GitlabUsersPlace) -> None:
    number = place.kept.trigger("kim", project=22)

    found = {each.native_id: each for each in of(Account, read(place))}

    assert found[f"trigger/{number}"].owner_labels == ("kim",)


@pytest.mark.parametrize("sort", ["invitations", "deploy_tokens", "deploy_keys", "members/all"])
def test_one_place_that_is_refused_makes_nothing_gone_and_costs_the_others_nothing(
    place: GitlabUsersPlace, sort: str
) -> None:
    kept = place.kept
    kept.add("pat", {("projects", 22): 30})
    kept.invite("lee@corp.example", "projects", 22)
    kept.deploy_token("projects", 22)
    kept.deploy_key({22: False})
    whole = {each.native_id for each in of(Account, read(place))}
    kept.refuses[f"/projects/21/{sort}"] = FORBIDDEN

    facts = read(place)

    assert f"projects/21/{sort}" in error_of(facts)
    assert {each.native_id for each in of(Account, facts)} == whole


def test_a_place_whose_members_are_refused_leaves_nobody_gone(place: GitlabUsersPlace) -> None:
    """Whoever isn't in the lists that were read may be in the one that wasn't."""
    place.kept.add("pat", {("projects", 22): 30})
    source = place.source(group=True)
    facts = list(source.collect())
    place.kept.refuses["/projects/22/members/all"] = FORBIDDEN

    looked = detail(source, facts, "pat", "kim")

    assert of(Account, looked) == []
    assert "projects/22/members/all" in next(iter(wrong(looked)))
    assert covered(looked) == set()


# --- traps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 40])
def test_a_reader_who_is_no_owner_may_see_only_some(place: GitlabUsersPlace, level: int) -> None:
    known = refs(read(place), "kim")
    place.kept.level = level

    with pytest.raises(FatalError, match="an owner of the group"):
        read(place)
    (scope,) = place.source(group=True).detail(known)
    assert isinstance(scope, ScopeRead)
    assert "an owner of the group" in scope.error


@pytest.mark.parametrize("sort", ["descendant_groups", "projects"])
def test_without_the_list_of_what_is_below_nothing_is_whole(place: GitlabUsersPlace, sort: str) -> None:
    place.kept.refuses[f"/groups/{GROUP}/{sort}"] = FORBIDDEN

    facts = read(place)

    assert sort in error_of(facts)


def test_a_project_that_cannot_be_read_is_told(place: GitlabUsersPlace) -> None:
    rows = [{"id": 21, "path_with_namespace": "corp/shop", "archived": False}, {"id": "x"}]
    place.kept.refuses[f"/groups/{GROUP}/projects"] = Answered(body=rows)

    facts = read(place)

    place.service.wrong.clear()
    assert "one can't be read" in error_of(facts)


def test_a_member_who_cannot_be_read_may_be_whoever_is_looked_for(place: GitlabUsersPlace) -> None:
    source = place.source(group=True)
    facts = list(source.collect())
    ann = place.kept.of("ann").id
    place.kept.spoils = lambda row: row | {"access_level": "high"} if row["id"] == ann else row

    looked = detail(source, facts, "kim")

    place.service.wrong.clear()
    assert of(Account, looked) == []
    assert "whose access_level is wrong" in next(iter(wrong(looked)))


def test_a_departure_finds_members_of_projects_and_what_they_own(place: GitlabUsersPlace) -> None:
    pat = place.kept.add("pat", {("projects", 22): 30})
    trigger = place.kept.trigger("pat")

    facts = list(place.source(group=True).collect_for(sought("pat"), []))

    assert {each.native_id for each in of(Account, facts)} == {str(pat.id), f"trigger/{trigger}"}


def test_who_left_the_group_has_no_way_into_it(place: GitlabUsersPlace) -> None:
    source = place.source(group=True)
    facts = list(source.collect())
    place.kept.of("kim").roles.clear()

    (gone,) = detail(source, facts, "kim")

    assert isinstance(gone, ScopeRead)
    assert not gone.error
    assert set(gone.kinds) == {SubjectKind.ACCOUNT, TOKEN, SSH_KEY}

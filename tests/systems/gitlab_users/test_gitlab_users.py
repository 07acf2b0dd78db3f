"""A GitLab of one's own, beyond what every source must do: each way in which it could look emptier than it is."""

import ssl
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from gitlab import Gitlab
from pydantic import ValidationError

from demo.answering import Answered
from demo.slapd import Tls
from offboarding.interfaces import Chooser
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
from offboarding.sources import gitlab_users
from offboarding.sources.gitlab_users import proposing
from offboarding.sources.gitlab_users.connection import greet
from tests.contract.source_contract import detail, error_of, of, refs, sought, wrong
from tests.systems.gitlab_users.service import (
    EPOCH,
    FORBIDDEN,
    INVITE_TOKEN,
    LATER,
    NOT_FOUND,
    READER_TOKEN,
    TRIGGER_TOKEN,
    GitlabUsersPlace,
    gitlab_users_place,
    limited,
)

pytestmark = pytest.mark.slow

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
MANY = 104
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[GitlabUsersPlace]:
    """Ann administrates it, Kim works there."""
    with gitlab_users_place(tls) as found:
        found.kept.add("ann", is_admin=True)
        found.kept.add("kim")
        yield found
        assert found.service.wrong == []


def looked_at(place: GitlabUsersPlace, login: str) -> list[Any]:
    """A whole read, and then a look at one."""
    source = place.source()
    return detail(source, list(source.collect()), login)


def held(facts: Sequence[Any]) -> dict[str, Standing]:
    return {each.native_id: each.standing for each in of(Credential, facts)}


# --- who gets in ----------------------------------------------------------------------------------------------------


def test_python_gitlab_sees_the_same_people(place: GitlabUsersPlace, tls: Tls) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}", state="blocked" if number % 2 else "active")
    place.kept.bot("projects", 21, "ann")
    url = f"https://127.0.0.1:{place.service.port}"
    control = Gitlab(url, private_token=READER_TOKEN, ssl_verify=str(tls.authority), per_page=100)
    seen = {
        str(each.id): (each.username, each.state)
        for each in control.users.list(iterator=True, pagination="keyset", order_by="id", sort="asc")
    }
    kim = next(number for number, (name, _) in seen.items() if name == "kim")
    theirs = {each.id for each in control.personal_access_tokens.list(user_id=kim, get_all=True)}
    keys = {each.id for each in control.users.get(int(kim)).keys.list(get_all=True)}

    source = place.source()
    facts = list(source.collect())
    people = {each.native_id: each.login for each in of(Account, facts) if each.native_id.isdecimal()}
    found = held(detail(source, facts, "kim"))

    assert people == {number: name for number, (name, _) in seen.items()}
    assert len(seen) == MANY + 4
    assert set(found) == {f"token/{each}" for each in theirs} | {str(each) for each in keys}


def test_a_request_that_gitlab_would_not_take_is_noticed(tls: Tls) -> None:
    with gitlab_users_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        address = f"https://127.0.0.1:{found.service.port}/api/v4/users?state=blocked"
        answer = httpx.get(address, verify=verify, headers={"PRIVATE-TOKEN": READER_TOKEN}, trust_env=False)

        assert answer.status_code == 422
        assert "state" in found.service.wrong[0]


def test_an_answer_that_gitlab_would_not_give_is_noticed(tls: Tls) -> None:
    with gitlab_users_place(tls) as found:
        found.kept.spoils = lambda row: row | {"user_type": "human"}
        list(found.source().collect())

        assert any("user_type" in each for each in found.service.wrong)


@pytest.mark.parametrize(
    ("state", "standing", "said"),
    [
        pytest.param("active", Standing.WORKS, "active", id="active"),
        pytest.param("deactivated", Standing.WORKS, "which they end themselves by signing in", id="deactivated"),
        pytest.param("blocked", Standing.DEAD, "unblocks", id="blocked"),
        pytest.param("banned", Standing.DEAD, "unbans", id="banned"),
        pytest.param("ldap_blocked", Standing.DEAD, "the directory", id="ldap_blocked"),
        pytest.param("blocked_pending_approval", Standing.DEAD, "approves", id="pending"),
        pytest.param("on_holiday", Standing.UNKNOWN, "a state that isn't known here", id="unknown"),
    ],
)
def test_a_state_says_whether_somebody_gets_in(
    place: GitlabUsersPlace, state: str, standing: Standing, said: str
) -> None:
    place.kept.of("kim").state = state

    kim = place.accounts()["kim"]

    assert kim.standing is standing
    assert said in kim.standing_reason


def test_a_locked_user_gets_in_again_by_waiting_and_their_tokens_always(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").locked = True

    facts = looked_at(place, "kim")

    (kim,) = of(Account, facts)
    assert kim.standing is Standing.WORKS
    assert "locked for now" in kim.standing_reason
    assert set(held(facts).values()) == {Standing.WORKS}


def test_who_administrates_or_audits_is_privileged(place: GitlabUsersPlace) -> None:
    place.kept.add("odo", is_auditor=True)

    accounts = place.accounts()

    shown = {name: (accounts[name].privileged, accounts[name].privileged_by) for name in ("ann", "kim", "odo")}
    assert shown == {"ann": (True, "administrator"), "kim": (False, ""), "odo": (True, "auditor")}


def test_gitlab_s_own_users_are_nobody_s_and_left_out(place: GitlabUsersPlace) -> None:
    place.kept.add("ghost", internal=True)

    assert "ghost" not in place.accounts()


def test_the_last_use_is_the_later_of_sign_in_and_activity_and_never_exact(place: GitlabUsersPlace) -> None:
    kept = place.kept
    kept.of("kim").signed_in, kept.of("kim").active_on = LATER, "2026-10-01"
    kept.of("ann").signed_in, kept.of("ann").active_on = EPOCH, "2026-11-02"
    kept.add("new", signed_in=None, active_on=None)

    accounts = place.accounts()

    assert accounts["kim"].last_used_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert accounts["ann"].last_used_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert accounts["new"].last_used_at is None
    assert not any(each.last_used_exact for each in accounts.values())


def test_the_reader_is_told_as_the_checker_s_own(place: GitlabUsersPlace) -> None:
    accounts = place.accounts()

    assert [name for name, each in accounts.items() if each.is_reader] == ["reader"]


def test_the_realm_is_what_the_configuration_says_whatever_the_address(place: GitlabUsersPlace) -> None:
    assert {each.realm for each in place.accounts().values()} == {"gitlab:corp"}


# --- who somebody is elsewhere --------------------------------------------------------------------------------------


def test_identities_link_by_what_they_are(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim")
    kim.identities = [
        {"provider": "ldapmain", "extern_uid": r"uid=k\,im,ou=people,dc=corp,dc=example"},
        {"provider": "saml", "extern_uid": "kim@corp.example"},
        {"provider": "azure_activedirectory_v2", "extern_uid": "3F0E7A10-0001-4c0e-9d0f-000000000001"},
        {"provider": "kerberos", "extern_uid": "k.im@CORP.EXAMPLE"},
        {"provider": "google_oauth2", "extern_uid": "8776128412476123468721346"},
        {"provider": "ldapsecondary", "extern_uid": "cn=kim@other.example,ou=people,dc=corp,dc=example"},
        {"provider": "openid_connect", "extern_uid": "https://id.example/kim@corp.example"},
        {"provider": "crowd", "extern_uid": None},
    ]
    kim.scim = [{"extern_uid": "kim.i@corp.example", "group_id": 1, "active": True}]

    found = {(key.kind, key.value, key.name) for key in place.accounts()["kim"].keys}

    assert found == {
        (IdentityKeyKind.LOGIN, "kim", "username"),
        (IdentityKeyKind.MAIL, "kim@corp.example", "email"),
        (IdentityKeyKind.LOGIN, "k,im", "identity ldapmain"),
        (IdentityKeyKind.MAIL, "kim@corp.example", "identity saml"),
        (IdentityKeyKind.DIRECTORY_ID, "3F0E7A10-0001-4c0e-9d0f-000000000001", "identity azure_activedirectory_v2"),
        (IdentityKeyKind.MAIL, "k.im@CORP.EXAMPLE", "identity kerberos"),
        (IdentityKeyKind.MAIL, "kim.i@corp.example", "identity scim"),
    }


def test_what_somebody_says_of_themselves_is_no_key(place: GitlabUsersPlace) -> None:
    """`public_email`, the name and the note are told, and never read."""
    told = repr(place.accounts())

    assert "somebody@else.example" not in told
    assert "left, they say" not in told


# --- bots, and what is nobody ---------------------------------------------------------------------------------------


def test_a_bot_is_no_person_and_its_maker_owns_it(place: GitlabUsersPlace) -> None:
    bot = place.kept.bot("projects", 21, "kim")

    facts = looked_at(place, bot.username)

    (account,) = of(Account, facts)
    assert account.service_like
    assert not account.has_own_login
    assert account.owner_labels == ("kim",)
    assert [(key.kind, key.value, key.origin) for key in account.keys] == [
        (IdentityKeyKind.LOGIN, bot.username, IdentityKeyOrigin.ATTRIBUTE),
        (IdentityKeyKind.LOGIN, "kim", IdentityKeyOrigin.OWNER),
    ]
    assert [each.label.partition(" (")[0] for each in of(Credential, facts)] == [f"access token {min(bot.tokens)}"]


def test_access_tokens_of_groups_and_projects_outlive_whoever_made_them(place: GitlabUsersPlace) -> None:
    bot = place.kept.bot("groups", 7, "kim")
    place.kept.of("kim").state = "blocked"

    facts = looked_at(place, bot.username)

    assert of(Account, facts)[0].standing is Standing.WORKS
    assert set(held(facts).values()) == {Standing.WORKS}


def test_a_deactivated_bot_cannot_wake_itself(place: GitlabUsersPlace) -> None:
    bot = place.kept.bot("projects", 21, "kim", state="deactivated")

    facts = looked_at(place, bot.username)

    assert of(Account, facts)[0].standing is Standing.DEAD
    assert set(held(facts).values()) == {Standing.DEAD}


def test_a_person_whom_somebody_made_is_not_theirs(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").by = "ann"

    kim = place.accounts()["kim"]

    assert (kim.created_by, kim.owner_labels) == ("ann", ())
    assert {key.origin for key in kim.keys} == {IdentityKeyOrigin.ATTRIBUTE}


def test_whoever_calls_themselves_a_bot_is_none(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").username = "project_21_bot_c0ffee"

    account = place.accounts()["project_21_bot_c0ffee"]

    assert not account.service_like
    assert account.has_own_login


def test_a_workload_is_known_by_its_pattern(place: GitlabUsersPlace) -> None:
    place.kept.add("svc-build")

    facts = of(Account, place.source(patterns=("svc-*",)).collect())

    assert [each.login for each in facts if each.service_like] == ["svc-build"]


def test_deploy_tokens_outlive_whoever_made_them_and_do_not_say_who(place: GitlabUsersPlace) -> None:
    kept = place.kept
    numbers = [
        kept.deploy_token(username="kim"),
        kept.deploy_token(revoked=True),
        kept.deploy_token(expired=True),
        kept.deploy_token(expires_at="2026-11-24T16:30:00.000Z"),
        kept.deploy_token(expires_at="2026-11-24T16:30:01.000Z"),
    ]
    kept.of("kim").state = "blocked"

    found = {each.native_id: each for each in place.accounts().values()}
    shown = [found[f"deploy-token/{number}"] for number in numbers]

    works, dead = Standing.WORKS, Standing.DEAD
    assert [each.standing for each in shown] == [works, dead, dead, dead, works]
    # Its username is whatever its maker wrote: nobody's login.
    assert {(each.login, each.keys, each.service_like) for each in shown} == {("", (), True)}


def test_a_deploy_key_is_not_known_to_work_since_its_owner_may_be_blocked(place: GitlabUsersPlace) -> None:
    kept = place.kept
    numbers = [
        kept.deploy_key({21: True, 22: False}),
        kept.deploy_key({}),
        kept.deploy_key(expires_at="2026-11-24T16:30:00.000Z"),
    ]

    found = {each.native_id: each for each in place.accounts().values()}
    shown = [found[f"deploy-key/{number}"] for number in numbers]

    assert [each.standing for each in shown] == [Standing.UNKNOWN, Standing.UNKNOWN, Standing.DEAD]
    assert "writes corp/shop and reads corp/pay/api" in shown[0].standing_reason
    assert "no project that is told" in shown[1].standing_reason
    assert {each.service_like for each in shown} == {True}


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        pytest.param("active", Standing.WORKS, id="active"),
        pytest.param("blocked", Standing.DEAD, id="blocked"),
        pytest.param("deactivated", Standing.WORKS, id="deactivated"),
        pytest.param("on_holiday", Standing.UNKNOWN, id="unknown"),
    ],
)
def test_what_triggers_pipelines_is_its_owner_s_and_runs_as_them(
    place: GitlabUsersPlace, state: str, standing: Standing
) -> None:
    number = place.kept.trigger("kim")
    place.kept.of("kim").state = state

    account = place.accounts()[f"pipeline trigger {number} of corp/shop (deploy)"]

    assert account.standing is standing
    assert account.owner_labels == ("kim",)
    assert [(key.value, key.origin) for key in account.keys] == [("kim", IdentityKeyOrigin.OWNER)]
    assert account.reached_by.endswith("/api/v4/projects/21")
    assert account.created_at == account.password_set_at == datetime(2020, 3, 1, 9, tzinfo=UTC)


def test_a_trigger_without_owner_or_beyond_its_end(place: GitlabUsersPlace) -> None:
    place.kept.trigger(None, description="nobody's")
    place.kept.trigger("kim", description="ended", expires_at="2026-11-24T16:30:00.000Z")

    found = {each.label.rpartition("(")[2]: each for each in place.accounts().values() if "trigger" in each.label}

    assert found["nobody's)"].standing is Standing.UNKNOWN
    assert found["nobody's)"].keys == ()
    assert found["ended)"].standing is Standing.DEAD


def test_projects_whose_pipelines_are_off_or_archived_cost_nothing(place: GitlabUsersPlace) -> None:
    """GitLab refuses their triggers even to an administrator."""
    place.kept.without_pipelines.add(21)
    place.kept.archived.add(22)

    assert error_of(list(place.source().collect())) == ""
    assert not [each for each in place.service.asked if each.endswith("/triggers")]


def test_one_project_that_is_refused_makes_nothing_gone_and_costs_the_others_nothing(place: GitlabUsersPlace) -> None:
    number = place.kept.trigger("kim", project=22)
    place.kept.refuses["/projects/21/triggers"] = FORBIDDEN

    facts = list(place.source().collect())

    assert "projects/21/triggers" in error_of(facts)
    assert f"trigger/{number}" in {each.native_id for each in of(Account, facts)}


def test_without_triggers_no_project_is_asked_for_and_the_report_says_so(place: GitlabUsersPlace) -> None:
    number = place.kept.trigger("kim")
    ref = next(ref for ref in refs(place.source().collect()) if ref.native_id == f"trigger/{number}")
    place.service.asked.clear()

    source = place.source(triggers=False)
    facts = list(source.collect())
    looked = list(source.detail([ref]))

    assert error_of(facts) == ""
    assert not [each for each in place.service.asked if "/projects" in each]
    (gap,) = of(Gap, facts)
    assert "since triggers is off" in gap.text
    assert not gap.red
    assert "not looked at as the source is set" in next(iter(wrong(looked)))


@pytest.mark.parametrize("sort", ["deploy_tokens", "deploy_keys", "triggers"])
def test_what_is_nobody_is_looked_at_again_by_its_list(place: GitlabUsersPlace, sort: str) -> None:
    kept = place.kept
    number = {"deploy_tokens": kept.deploy_token, "deploy_keys": kept.deploy_key}.get(
        sort, lambda: kept.trigger("kim")
    )()
    source = place.source()
    known = [ref for ref in refs(source.collect()) if ref.native_id.endswith(f"/{number}")]

    assert [each.native_id for each in of(Account, source.detail(known))] == [known[0].native_id]

    getattr(kept, sort).clear()
    (gone,) = source.detail(known)
    assert isinstance(gone, ScopeRead)
    assert not gone.error

    path = "/projects/21/triggers" if sort == "triggers" else f"/{sort}"
    kept.refuses[path] = FORBIDDEN
    assert path.strip("/") in next(iter(wrong(list(source.detail(known)))))


# --- tokens and keys ------------------------------------------------------------------------------------------------


def test_what_has_no_list_is_said_not_to_be_looked_at(place: GitlabUsersPlace) -> None:
    """Tokens of feeds never end, and whoever set up a runner or an agent may know its token."""
    (gap,) = of(Gap, list(place.source().collect()))

    assert not gap.red
    for what in ("tokens of feeds and of incoming mail", "tokens of runners, agents and jobs", "sessions"):
        assert what in gap.text


def test_a_token_of_a_blocked_user_still_says_that_it_is_active_and_is_dead(place: GitlabUsersPlace) -> None:
    """And comes back once its user is unblocked."""
    place.kept.of("kim").state = "blocked"

    facts = looked_at(place, "kim")

    assert len(of(Credential, facts)) == 2
    for each in of(Credential, facts):
        assert each.standing is Standing.DEAD
        assert each.can_reactivate
        assert "refused while its user is blocked" in each.standing_reason


def test_what_a_deactivated_user_holds_works_since_they_wake_it_by_signing_in(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").state = "deactivated"

    facts = looked_at(place, "kim")

    assert [each.standing for each in of(Credential, facts)] == [Standing.WORKS] * 2
    assert all("until its user, who is deactivated, signs in" in each.standing_reason for each in of(Credential, facts))


def test_what_somebody_holds_whose_state_is_unknown_is_not_known_either(place: GitlabUsersPlace) -> None:
    place.kept.of("kim").state = "on_holiday"

    assert set(held(looked_at(place, "kim")).values()) == {Standing.UNKNOWN}


def test_each_token_is_told_with_its_scopes_end_and_last_use(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim")
    expired = place.kept.token(kim, active=False, expires_at="2026-01-01", last_used_at=None)
    endless = place.kept.token(kim, expires_at=None, scopes=["read_api", "sudo"])
    revoked = place.kept.token(kim, active=False, revoked=True)
    impersonating = place.kept.token(kim, impersonating=True)
    gone = place.kept.token(kim, impersonating=True, active=False, revoked=True)

    found = {each.native_id: each for each in of(Credential, looked_at(place, "kim")) if each.kind is TOKEN}

    assert f"token/{revoked}" not in found
    shown = {name: (each.standing, each.can_reactivate) for name, each in found.items()}
    assert shown == {
        f"token/{min(kim.tokens)}": (Standing.WORKS, False),
        f"token/{expired}": (Standing.DEAD, False),
        f"token/{endless}": (Standing.WORKS, False),
        f"impersonation/{impersonating}": (Standing.WORKS, False),
        f"impersonation/{gone}": (Standing.DEAD, False),
    }
    assert found[f"token/{expired}"].expires_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert found[f"token/{expired}"].standing_reason == "GitLab: expired; scopes api"
    assert found[f"token/{endless}"].expires_at is None
    assert found[f"token/{endless}"].last_used_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert "scopes read_api, sudo" in found[f"token/{endless}"].standing_reason
    assert found[f"impersonation/{impersonating}"].label.startswith("impersonation token")


def test_an_expired_token_of_a_blocked_user_does_not_come_back(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim")
    expired = place.kept.token(kim, active=False, expires_at="2026-01-01")
    kim.state = "blocked"

    found = {each.native_id: each for each in of(Credential, looked_at(place, "kim"))}

    assert not found[f"token/{expired}"].can_reactivate
    assert found[f"token/{min(kim.tokens)}"].can_reactivate


def test_a_key_that_signs_alone_lets_nobody_in_and_an_expired_one_neither(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim")
    (first,) = kim.keys
    signing = place.kept.key(kim, usage_type="signing")
    expired = place.kept.key(kim, usage_type="auth", expires_at="2026-11-24T16:30:00.000Z")

    found = {each.native_id: each for each in of(Credential, looked_at(place, "kim")) if each.kind is SSH_KEY}

    assert str(signing) not in found
    assert {name: each.standing for name, each in found.items()} == {
        str(first): Standing.WORKS,
        str(expired): Standing.DEAD,
    }
    assert all(each.fingerprint.startswith("SHA256:") for each in found.values())


def test_whoever_is_no_administrator_sees_their_own_tokens_alone_and_no_kind_is_covered(
    place: GitlabUsersPlace,
) -> None:
    """An auditor sees everybody, and nobody's tokens: 401 is of that list, and not of the connection."""
    facts = list(place.source().collect())
    place.kept.is_admin, place.kept.is_auditor = False, True

    looked = detail(place.source(), facts, "kim")

    assert {kind for scope in of(ScopeRead, looked) if scope.error for kind in scope.kinds} == {TOKEN}
    assert "an administrator" in next(iter(wrong(looked)))
    assert SSH_KEY in {kind for scope in of(ScopeRead, looked) if not scope.error for kind in scope.kinds}


def test_tokens_of_others_in_a_list_that_ignores_whose_are_asked_for_are_not_theirs(place: GitlabUsersPlace) -> None:
    ann, kim = place.kept.of("ann"), place.kept.of("kim")
    place.kept.refuses["/personal_access_tokens"] = Answered(body=[*ann.tokens.values(), *kim.tokens.values()])

    found = held(looked_at(place, "kim"))

    assert {each for each in found if each.startswith("token/")} == {f"token/{number}" for number in kim.tokens}


# --- traps: what looks like less than there is ----------------------------------------------------------------------


def test_a_reader_who_is_no_administrator_is_told_less_without_a_word(place: GitlabUsersPlace) -> None:
    """Also an administrator whose token lacks admin_mode."""
    known = refs(place.source().collect(), "kim")
    place.kept.is_admin = False

    with pytest.raises(FatalError, match="admin_mode"):
        list(place.source().collect())
    (scope,) = place.source().detail(known)
    assert isinstance(scope, ScopeRead)
    assert "an administrator" in scope.error


def test_rows_as_anybody_sees_them_are_no_whole_read(place: GitlabUsersPlace) -> None:
    """Admin Mode may end as the list is read."""
    to_nobody_else = {"is_admin", "is_auditor", "note", "created_by", "namespace_id"}
    place.kept.spoils = lambda row: {name: each for name, each in row.items() if name not in to_nobody_else}

    facts = list(place.source().collect())

    assert "an administrator" in error_of(facts)
    assert not [each for each in of(Account, facts) if each.native_id.isdecimal()]


def test_a_token_without_the_scope_names_it(place: GitlabUsersPlace) -> None:
    place.kept.scopes.clear()

    with pytest.raises(FatalError, match="one of the scopes api read_api"):
        list(place.source().collect())


def test_an_auditor_is_not_shown_who_is_blocked_and_nobody_of_them_is_gone(place: GitlabUsersPlace) -> None:
    source = place.source()
    known = refs(source.collect(), "kim")
    place.kept.of("kim").state = "blocked"
    place.kept.is_admin, place.kept.is_auditor = False, True

    facts = list(source.collect())

    assert "an auditor's token isn't shown who is blocked" in error_of(facts)
    assert "kim" not in {each.login for each in of(Account, facts)}
    assert "ann" in {each.login for each in of(Account, facts)}
    assert [each.standing for each in of(Account, source.detail(known))] == [Standing.DEAD]
    with pytest.raises(FatalError, match="an auditor's token"):
        list(source.collect_for(sought("kim"), []))


def test_a_user_who_cannot_be_read_costs_themselves_and_is_told(place: GitlabUsersPlace) -> None:
    kim = place.kept.of("kim").id
    place.kept.spoils = lambda row: row | {"created_at": "yesterday"} if row["id"] == kim else row

    facts = list(place.source().collect())

    place.service.wrong.clear()
    assert "ann" in {each.login for each in of(Account, facts)}
    assert "one can't be read, whose created_at is wrong" in error_of(facts)
    assert "yesterday" not in error_of(facts)


@pytest.mark.parametrize("link", ["lost", "whole"])
def test_lists_are_read_to_their_proved_end(place: GitlabUsersPlace, link: str) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
        place.kept.deploy_token()
    if link == "lost":
        place.kept.links = lambda _: ""

    facts = list(place.source().collect())

    assert error_of(facts) == ""
    assert len([each for each in of(Account, facts) if each.native_id.isdecimal()]) == MANY + 3
    assert len([each for each in of(Account, facts) if each.native_id.startswith("deploy-token/")]) == MANY


def test_whoever_moves_onto_a_page_that_was_read_is_seen(place: GitlabUsersPlace) -> None:
    numbers = [place.kept.deploy_token() for _ in range(MANY)]
    place.kept.between_pages = lambda: place.kept.deploy_tokens.__delitem__(numbers[0])

    facts = list(place.source().collect())

    told = {each.native_id for each in of(Account, facts)}
    assert {f"deploy-token/{number}" for number in numbers[1:]} <= told
    assert error_of(facts) == ""


def test_nobody_slips_between_two_pages_of_users(place: GitlabUsersPlace) -> None:
    people = [place.kept.add(f"more{number:03}") for number in range(MANY)]
    place.kept.between_pages = lambda: place.kept.users.__delitem__(people[0].id)

    told = {each.login for each in of(Account, place.source().collect())}

    assert {each.username for each in people[1:]} <= told


def test_a_list_that_leads_elsewhere_is_not_followed(place: GitlabUsersPlace) -> None:
    for number in range(MANY):
        place.kept.add(f"more{number:03}")
    place.kept.links = lambda link: link.replace("127.0.0.1", "elsewhere.example")

    with pytest.raises(FatalError, match="lies on another host"):
        list(place.source().collect())


def test_what_is_no_list_is_no_answer_of_gitlab_s(place: GitlabUsersPlace) -> None:
    place.kept.refuses["/users"] = Answered(body={"users": []})

    with pytest.raises(FatalError, match="not GitLab's answer"):
        list(place.source().collect())
    place.service.wrong.clear()


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry_After": "7"}, range(7, 8), id="retry-after"),
        pytest.param({"RateLimit_Reset": "in 30"}, range(28, 32), id="reset"),
        pytest.param({}, range(60, 61), id="untold"),
    ],
)
def test_a_limit_is_waited_for(
    place: GitlabUsersPlace, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], seconds: range
) -> None:
    told = {name: str(int(time.time()) + 30) if text == "in 30" else text for name, text in headers.items()}
    place.kept.limits = [limited(**told)]
    waited: list[int] = []
    monkeypatch.setattr(api, "sleep", waited.append)

    assert "kim" in place.accounts()

    assert len(waited) == 1
    assert waited[0] in seconds


def test_more_waiting_than_a_read_may_is_tried_again_later(place: GitlabUsersPlace) -> None:
    place.kept.limits = [limited(Retry_After="61")]

    with pytest.raises(RetriableError, match="try again in 61 seconds"):
        list(place.source(max_wait_minutes=1).collect())


# --- secrets, and some people alone ---------------------------------------------------------------------------------


def test_tokens_that_lists_tell_are_held_nowhere(place: GitlabUsersPlace) -> None:
    place.kept.trigger("kim")
    place.kept.invite("lee@corp.example")
    source = place.source()
    facts = list(source.collect())
    facts += source.detail(refs(facts))
    facts += place.source(group=True).collect()

    assert TRIGGER_TOKEN not in repr(facts)
    assert INVITE_TOKEN not in repr(facts)
    assert READER_TOKEN not in repr(facts)


def test_a_departure_finds_what_somebody_owns_too(place: GitlabUsersPlace) -> None:
    trigger, bot = place.kept.trigger("kim"), place.kept.bot("projects", 21, "kim")

    facts = list(place.source().collect_for(sought("kim"), []))

    assert {each.native_id for each in of(Account, facts)} == {
        str(place.kept.of("kim").id),
        str(bot.id),
        f"trigger/{trigger}",
    }


def test_a_departure_that_cannot_read_all_of_it_says_so(place: GitlabUsersPlace) -> None:
    place.kept.refuses["/projects/21/triggers"] = FORBIDDEN

    with pytest.raises(FatalError, match="projects/21/triggers"):
        list(place.source().collect_for(sought("kim"), []))


def test_a_user_who_was_deleted_is_gone_with_all_they_held(place: GitlabUsersPlace) -> None:
    source = place.source()
    known = refs(source.collect(), "kim")
    del place.kept.users[place.kept.of("kim").id]

    (gone,) = source.detail(known)

    assert isinstance(gone, ScopeRead)
    assert not gone.error
    assert set(gone.kinds) == {SubjectKind.ACCOUNT, TOKEN, SSH_KEY}


def test_one_who_cannot_be_read_costs_themselves(place: GitlabUsersPlace) -> None:
    facts = list(place.source().collect())
    place.kept.refuses[f"/users/{place.kept.of('kim').id}"] = FORBIDDEN

    looked = detail(place.source(), facts, "kim", "ann")

    assert [each.login for each in of(Account, looked)] == ["ann"]
    assert len(wrong(looked)) == 1


def test_keys_that_are_refused_are_not_checked(place: GitlabUsersPlace) -> None:
    facts = list(place.source().collect())
    place.kept.refuses[f"/users/{place.kept.of('kim').id}/keys"] = NOT_FOUND

    looked = detail(place.source(), facts, "kim")

    assert {kind for scope in of(ScopeRead, looked) if scope.error for kind in scope.kinds} == {SSH_KEY}


def test_an_id_of_something_else_is_no_request(place: GitlabUsersPlace) -> None:
    ref = AccountRef(realm="gitlab:corp", native_id="runner/1", label="runner 1", login="")

    (scope,) = place.source().detail([ref])

    assert isinstance(scope, ScopeRead)
    assert "runner: not looked at" in scope.error


# --- the configuration ----------------------------------------------------------------------------------------------


class Says(Chooser):
    """Whoever takes what is proposed, and else says one word."""

    def choose(
        self,
        key: str,
        question: str,
        options: Sequence[str] = (),
        *,
        proposed: str | None = None,
        confirm: bool = False,
    ) -> str:
        del question, options, confirm
        return proposed or f"the {key}"


def test_a_first_configuration_names_the_instance_as_its_address_does(place: GitlabUsersPlace) -> None:
    made = gitlab_users.propose("corp_gitlab", place.connection(), Says())
    place.kept.is_admin = False
    refused = gitlab_users.propose("corp_gitlab", place.connection(), Says())

    assert made.settings == refused.settings == {"instance": "127.0.0.1"}
    assert made.warnings == ()
    assert "an administrator" in refused.warnings[0]


def test_a_first_configuration_of_gitlab_com_asks_for_the_group(
    place: GitlabUsersPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "RENTED", "127.0.0.1")
    monkeypatch.setattr(Says, "choose", lambda *_, **__: "corp")

    assert gitlab_users.propose("corp_gitlab", place.connection(), Says()).settings == {"group": "corp"}


def test_a_gitlab_that_does_not_answer_may_be_looked_at_later(place: GitlabUsersPlace) -> None:
    made = gitlab_users.propose("corp_gitlab", place.connection(port=9), Says())

    assert made.notes == ("It couldn't be looked at: run doctor.",)


def test_the_form_s_test_says_whose_the_token_is(place: GitlabUsersPlace) -> None:
    assert (
        greet(place.connection()) == "The token is taken, and is the administrator reader's, with the scopes read_api."
    )
    place.kept.is_admin = False
    assert greet(place.connection()).startswith("The token is taken, and is the user reader's")
    with pytest.raises(FatalError, match="Renew the token"):
        greet(place.connection(password="another"))


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({}, id="neither"),
        pytest.param({"instance": "corp", "group": "corp"}, id="both"),
        pytest.param({"instance": "corp", "enterprise": True}, id="enterprise of an instance"),
        pytest.param({"instance": "Corp GitLab"}, id="no name"),
        pytest.param({"group": "corp//pay"}, id="no path"),
    ],
)
def test_settings_say_what_is_read(own: dict[str, Any]) -> None:
    given = {"name": "gitlab", "kind": "gitlab_users", "connection": "corp_gitlab"}
    with pytest.raises(ValidationError):
        gitlab_users.Settings.model_validate(given | own)

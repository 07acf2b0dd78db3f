"""An Okta org, beyond what every source must do: each way in which it could look emptier, or shut, and isn't."""

import asyncio
import shlex
import ssl
from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from okta.api.api_token_api import ApiTokenApi
from okta.api.user_api import UserApi
from okta.cache.no_op_cache import NoOpCache
from okta.request_executor import RequestExecutor

from demo.okta import API_TOKEN, EPOCH, READER, SCOPES
from demo.okta_app import CLIENT_ID, app_key, other_key
from demo.okta_service_apps import APP_SCOPES
from demo.slapd import Tls
from offboarding.interfaces import Chooser, Source
from offboarding.model import (
    Account,
    Credential,
    Gap,
    IdentityKeyKind,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.service import api
from offboarding.sources import okta
from offboarding.sources.okta.connection import greet
from tests.contract.source_contract import error_of, of, refs, sought, wrong
from tests.support import cases
from tests.support.described.server import Asked, Nested
from tests.systems.okta.service import OktaPlace, description, limited, okta_place

pytestmark = pytest.mark.slow

TOKEN = SubjectKind.SERVICE_CREDENTIAL
MANY = 210
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[OktaPlace]:
    """Ann administrates, Kim and Lee work there."""
    with okta_place(tls) as found:
        found.kept.add("ann@corp.example", roles=["SUPER_ADMIN"])
        found.kept.add("kim@corp.example", number="1042")
        found.kept.add("lee@corp.example")
        yield found
        assert found.service.wrong == []


@pytest.fixture
def many() -> Generator[OktaPlace]:
    """Without TLS, so that nothing is checked: as long as two pages."""
    with okta_place(None) as found:
        for number in range(MANY):
            found.kept.add(f"more{number:03}@corp.example")
        yield found


def whole(facts: Sequence[Any]) -> bool:
    """Whether a read says that it saw all of it."""
    return error_of(facts) == ""


def detail(source: Source, *logins: str) -> list[Any]:
    return list(source.detail(refs(source.collect(), *logins)))


def tokens(looked: Sequence[Any]) -> dict[str, tuple[Standing, str]]:
    return {each.native_id: (each.standing, each.standing_reason) for each in of(Credential, looked)}


# --- who is in --------------------------------------------------------------------------------------------------------


def test_what_users_end_themselves_works(place: OktaPlace) -> None:
    works = {"ACTIVE", "PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"}
    dead = {"STAGED", "SUSPENDED", "DEPROVISIONED"}
    for status in works | dead:
        place.kept.add(f"{status}@corp.example", status=status)
    source = place.source()

    accounts = {each.label.partition("@")[0]: each for each in of(Account, source.collect())}

    assert {status for status in works | dead if accounts[status].standing is Standing.WORKS} == works
    assert {status for status in works | dead if accounts[status].standing is Standing.DEAD} == dead
    assert all(status in accounts[status].standing_reason for status in works | dead)
    known = refs(source.collect(), *(f"{status}@corp.example" for status in works | dead))
    assert {each.label: each.standing for each in of(Account, source.detail(known))} == {
        each.label: each.standing for status, each in accounts.items() if status in works | dead
    }


def test_whose_password_it_is_and_since_when_somebody_is_shut_out_is_told(place: OktaPlace) -> None:
    place.kept.add("ad@corp.example", provider="ACTIVE_DIRECTORY")
    place.kept.of("lee@corp.example").status = "SUSPENDED"

    accounts = place.accounts()

    assert {label.partition("@")[0]: each.keeps_password for label, each in accounts.items()} == {
        "ad": False,
        **dict.fromkeys(("ann", "kim", "lee", "reader"), True),
    }
    assert [label for label, each in accounts.items() if each.disabled_at] == ["lee@corp.example"]
    assert accounts["lee@corp.example"].disabled_at == datetime.fromisoformat(EPOCH)


def test_a_status_that_is_not_known_is_not_checked() -> None:
    """The description knows no other, so that nothing is held to it here."""
    with okta_place(None) as found:
        found.kept.add("kim", status="ACTIVATING")

        account = found.accounts()["kim"]

        assert account.standing is Standing.UNKNOWN
        assert {each[0] for each in tokens(detail(found.source(), "kim")).values()} == {Standing.UNKNOWN}


@pytest.mark.parametrize(("status", "becoming"), [("ACTIVE", "DEPROVISIONED"), ("DEPROVISIONED", "ACTIVE")])
def test_what_is_on_its_way_is_not_checked_until_it_is_there(place: OktaPlace, status: str, becoming: str) -> None:
    kim = place.kept.of("kim@corp.example")
    kim.status, kim.becoming = status, becoming

    looked = detail(place.source(), "kim@corp.example")

    assert [each.standing for each in of(Account, looked)] == [Standing.UNKNOWN]
    assert {each[0] for each in tokens(looked).values()} == {Standing.UNKNOWN}


def test_whoever_was_deactivated_is_listed_and_not_gone(place: OktaPlace) -> None:
    """A list without a filter leaves them out."""
    place.kept.of("kim@corp.example").status = "DEPROVISIONED"

    facts = list(place.source().collect())

    assert "kim@corp.example" in {each.label for each in of(Account, facts)}
    assert whole(facts)


def test_a_search_that_is_behind_hides_nobody(place: OktaPlace) -> None:
    place.kept.behind = {place.kept.of("kim@corp.example").id}

    assert "kim@corp.example" in place.accounts()
    assert [each.label for each in of(Account, detail(place.source(), "kim@corp.example"))] == ["kim@corp.example"]


@pytest.mark.filterwarnings("ignore:ssl_context is deprecated")  # as it hands it to aiohttp
def test_okta_s_own_client_sees_the_same_people_and_tokens(place: OktaPlace, tls: Tls) -> None:
    place.kept.add("gone@corp.example", status="DEPROVISIONED")
    app = {"authorizationMode": "PrivateKey", "clientId": CLIENT_ID, "privateKey": app_key(), "scopes": [*SCOPES]}
    app |= {"oauthTokenRenewalOffset": 5}
    trusts = {"sslContext": ssl.create_default_context(cafile=str(tls.authority)), "rateLimit": {}}
    config = {"client": {"orgUrl": place.kept.api} | app | trusts}

    async def seen() -> tuple[set[str], set[str]]:
        people: Any = UserApi(config)
        held: Any = ApiTokenApi(config)
        # As its Client does, which brings twelve hundred modules.
        people._request_executor = held._request_executor = RequestExecutor(config, NoOpCache())
        users, _, error = await people.list_users(filter='lastUpdated gt "2000-01-01T00:00:00.000Z"')
        found, _, more = await held.list_api_tokens()
        assert error is more is None
        return {each.id for each in users}, {each.id for each in found}

    users, api_tokens = asyncio.run(seen())
    source = place.source()
    facts = list(source.collect())

    assert {each.native_id for each in of(Account, facts)} == users
    assert len(users) == 5
    assert set(tokens(list(source.detail(refs(facts))))) == api_tokens


def test_a_request_that_okta_would_not_take_is_noticed(tls: Tls) -> None:
    with okta_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        address = f"{found.kept.api}/api/v1/users/{READER}/clients/0oa1/tokens?limit=500"
        answer = httpx.get(address, verify=verify, headers={"Authorization": f"SSWS {API_TOKEN}"}, trust_env=False)

        assert answer.status_code == 422
        assert "500" in found.service.wrong[0]


def test_an_answer_that_okta_would_not_give_is_noticed(tls: Tls) -> None:
    with okta_place(tls) as found:
        found.kept.add("kim@corp.example", status="ASLEEP")

        list(found.source().collect())

        assert "ASLEEP" in found.service.wrong[0]


def test_who_administrates_is_privileged_and_by_what(place: OktaPlace) -> None:
    accounts = place.accounts()

    assert (accounts["ann@corp.example"].privileged, accounts["ann@corp.example"].privileged_by) == (
        True,
        "Super Admin",
    )
    assert accounts["kim@corp.example"].privileged is False


def test_administrators_are_read_to_the_last_page(place: OktaPlace) -> None:
    place.kept.most_admins = 1
    place.kept.of("lee@corp.example").roles = ["APP_ADMIN"]

    accounts = place.accounts()

    assert {label for label, each in accounts.items() if each.privileged} == {
        "reader@corp.example",
        "ann@corp.example",
        "lee@corp.example",
    }


def test_a_role_that_is_not_in_force_is_none(place: OktaPlace) -> None:
    place.kept.of("ann@corp.example").roles = ["SUPER_ADMIN INACTIVE"]

    assert place.accounts()["ann@corp.example"].privileged is False
    place.kept.roles[:] = ["READ_ONLY_ADMIN INACTIVE"]
    assert "no admin role" in error_of(list(place.source().collect()))


def test_whoever_has_roles_that_are_not_told_is_not_checked(place: OktaPlace) -> None:
    place.kept.hides_roles.add(place.kept.of("ann@corp.example").id)

    accounts = place.accounts()

    assert accounts["ann@corp.example"].privileged is None
    assert accounts["kim@corp.example"].privileged is False


def test_where_an_administrator_can_not_be_read_anybody_else_may_be_one() -> None:
    with okta_place(None) as found:
        found.kept.add("ann", roles=["SUPER_ADMIN"])
        found.kept.add("kim", roles=["SUPER_ADMIN"])
        kim = found.kept.of("kim").id
        found.kept.spoils_admin = lambda admin: admin | ({"id": None} if admin["id"] == kim else {})

        facts = list(found.source().collect())

        assert {each.label: each.privileged for each in of(Account, facts)} == {
            "reader@corp.example": True,
            "ann": True,
            "kim": None,
        }
        assert "one can't be read, whose id is wrong" in error_of(facts)


def test_a_role_by_a_group_is_seen_where_somebody_is_looked_at(place: OktaPlace) -> None:
    """Whether the org's list of administrators names who is one by a group isn't documented."""
    kim = place.kept.of("kim@corp.example")
    kim.roles, kim.by_group = ["HELP_DESK_ADMIN"], True

    (account,) = of(Account, detail(place.source(), "kim@corp.example"))

    assert account.privileged_by == "Help Desk Admin"


def test_whose_api_token_reads_is_the_reader(place: OktaPlace) -> None:
    accounts = place.accounts(app=False)

    assert [label for label, each in accounts.items() if each.is_reader] == ["reader@corp.example"]
    assert not any(each.is_reader for each in place.accounts().values())


def test_whose_they_are_is_told_by_what_they_may_not_edit_and_never_by_a_private_mail(place: OktaPlace) -> None:
    kim = place.kept.of("kim@corp.example")
    kim.email, kim.second = "kim@alias.example", "kim@home.example"

    keys = {key.name: (key.kind, key.value) for key in place.accounts()["kim@corp.example"].keys}

    assert keys == {
        "login": (IdentityKeyKind.LOGIN, "kim@corp.example"),
        "email": (IdentityKeyKind.MAIL, "kim@alias.example"),
        "employeeNumber": (IdentityKeyKind.NUMBER, "1042"),
    }


def test_a_workload_s_login_is_known_with_and_without_what_stands_behind_its_at(place: OktaPlace) -> None:
    for login in ("svc-sync@corp.example", "ci-bot@corp.example"):
        place.kept.add(login)

    accounts = place.accounts(patterns=("SVC-*", "*-bot"))

    assert {label for label, each in accounts.items() if each.service_like} == {
        "svc-sync@corp.example",
        "ci-bot@corp.example",
    }


# --- traps: what looks like less than there is ------------------------------------------------------------------------


def test_a_login_that_reads_as_a_deleted_users_id_is_somebody_else(place: OktaPlace) -> None:
    """Okta takes what stands before a login's @ for an id as well."""
    source = place.source()
    known = refs(source.collect(), "kim@corp.example")
    gone = place.kept.users.pop(known[0].native_id)
    place.kept.add(f"{gone.id}@corp.example")

    (scope,) = source.detail(known)

    assert isinstance(scope, ScopeRead)
    assert not scope.error
    assert TOKEN in scope.kinds


@pytest.mark.parametrize("app", [True, False])
def test_a_role_that_may_be_held_to_some_users_proves_nobody_gone(place: OktaPlace, app: bool) -> None:
    source = place.source(app=app)
    known = refs(source.collect(), "kim@corp.example")
    place.kept.roles[:] = ["HELP_DESK_ADMIN"]
    del place.kept.users[known[0].native_id]

    facts = list(source.collect())

    assert "Help Desk Admin, which may be held to some users" in error_of(facts)
    assert of(Account, facts)
    (said,) = wrong(list(source.detail(known)))
    assert "may only be unseen" in said
    with pytest.raises(FatalError, match="may only be unseen"):
        list(source.collect_for(sought("nobody"), []))


def test_a_reader_that_may_not_read_its_own_roles_proves_nobody_gone_without_a_word_on_it(place: OktaPlace) -> None:
    """To see who administrates takes more than a read-only administrator's role."""
    place.kept.scopes.discard("okta.roles.read")

    said = error_of(list(place.source().collect()))
    assert "okta.roles.read" in said
    assert "say sees_all" in said
    facts = list(place.source(sees_all=True).collect())
    assert whole(facts)
    assert {each.privileged for each in of(Account, facts)} == {None}


def test_tokens_of_the_reader_alone_may_be_all_that_it_sees(place: OktaPlace) -> None:
    place.kept.tokens.clear()
    place.kept.token(place.kept.users[READER])

    (said,) = wrong(detail(place.source(app=False), "kim@corp.example"))
    assert "nobody else's API token" in said

    assert not wrong(detail(place.source(app=False, sees_all=True), "kim@corp.example"))
    place.kept.roles[:] = ["SUPER_ADMIN"]
    assert not wrong(detail(place.source(app=False), "kim@corp.example"))


@pytest.mark.parametrize("grants_some", [True, False])
def test_a_scope_that_is_missing_costs_what_it_is_for_and_is_named(place: OktaPlace, grants_some: bool) -> None:
    """Whether an app that wasn't granted one of several gets the others, or nothing, isn't documented."""
    place.kept.apps.add("ci")
    known = refs(place.source().collect(), "kim@corp.example")
    place.kept.grants_some = grants_some
    for scope in SCOPES:
        place.kept.scopes = {*SCOPES} - {scope}

        facts = list(place.source().collect())
        looked = list(place.source().detail(known))

        said = wrong(facts) | wrong(looked)
        assert said
        assert all(scope in each for each in said)
        assert (of(Account, facts) == []) is (scope == "okta.users.read")
        assert (of(Credential, looked) == []) is (scope in {"okta.users.read", "okta.apiTokens.read"})


def test_an_app_without_any_scope_is_not_let_in(place: OktaPlace) -> None:
    place.kept.scopes.clear()

    with pytest.raises(FatalError, match="any of the requested scopes"):
        list(place.source().collect())


def test_a_list_is_read_to_its_end(many: OktaPlace) -> None:
    facts = list(many.source().collect())

    assert len(of(Account, facts)) == MANY + 1
    assert whole(facts)


def test_whoever_comes_twice_is_told_once(many: OktaPlace) -> None:
    many.kept.overlap = 3

    assert len(of(Account, many.source().collect())) == MANY + 1


def test_a_full_page_whose_links_were_lost_is_no_end(many: OktaPlace) -> None:
    many.kept.links = lambda link: ""

    assert "take Link headers out" in error_of(list(many.source().collect()))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        pytest.param(lambda link: link.replace("127.0.0.1", "elsewhere.example"), "another host", id="another host"),
        pytest.param(lambda link: link.replace('rel="self"', 'rel="next"'), "circle", id="itself"),
    ],
)
def test_a_list_that_leads_astray_is_no_list(many: OktaPlace, links: Any, said: str) -> None:
    many.kept.links = links

    assert said in error_of(list(many.source().collect()))


def test_nobody_slips_between_two_pages(many: OktaPlace) -> None:
    first = [*many.kept.users][1:6]
    last = many.kept.of(f"more{MANY - 1:03}@corp.example")

    def leave() -> None:
        for each in first:
            del many.kept.users[each]

    many.kept.between_pages = leave

    assert last.id in {each.native_id for each in of(Account, many.source().collect())}


def test_a_user_who_can_not_be_read_costs_themselves() -> None:
    with okta_place(None) as found:
        found.kept.add("ann")
        found.kept.add("kim")
        found.kept.spoils = lambda user: user | ({"profile": None} if user["profile"]["login"] == "kim" else {})

        facts = list(found.source().collect())

        assert [each.label for each in of(Account, facts)] == ["reader@corp.example", "ann"]
        assert "one can't be read, whose profile is wrong" in error_of(facts)


# --- what stands for them ---------------------------------------------------------------------------------------------


def test_an_api_token_outlives_a_lock_and_a_reset_and_ends_with_its_user(place: OktaPlace) -> None:
    expected = {
        "LOCKED_OUT": Standing.WORKS,
        "RECOVERY": Standing.WORKS,
        "PASSWORD_EXPIRED": Standing.WORKS,
        "SUSPENDED": Standing.UNKNOWN,
        "STAGED": Standing.UNKNOWN,
        "DEPROVISIONED": Standing.DEAD,
    }
    by_id = {place.kept.add(f"{status}@corp.example", status=status).id: status for status in expected}

    looked = detail(place.source(), *(f"{status}@corp.example" for status in expected))

    assert {by_id[each.account_native_id]: each.standing for each in of(Credential, looked)} == expected


def test_a_refresh_token_of_whoever_was_deactivated_is_not_checked(place: OktaPlace) -> None:
    """Okta says what deactivation does to API tokens, and not what to these."""
    kim = place.kept.of("kim@corp.example")
    token = place.kept.grant(kim, "0oa7")
    kim.status = "DEPROVISIONED"

    assert tokens(detail(place.source(), "kim@corp.example"))[f"refresh/0oa7/{token}"][0] is Standing.UNKNOWN


def test_apps_of_whoever_was_deactivated_may_be_nowhere_and_of_nobody_else(place: OktaPlace) -> None:
    place.kept.hides_clients = True
    place.kept.of("kim@corp.example").status = "DEPROVISIONED"

    assert not wrong(detail(place.source(), "kim@corp.example"))
    (said,) = wrong(detail(place.source(), "lee@corp.example"))
    assert "api/v1/users/ID/clients: 404" in said


def test_what_was_revoked_or_has_expired_is_dead(place: OktaPlace) -> None:
    kim = place.kept.of("kim@corp.example")
    place.kept.tokens.clear()
    ended = {
        place.kept.token(kim, expiresAt=EPOCH),
        f"refresh/0oa7/{place.kept.grant(kim, '0oa7', status='REVOKED')}",
        f"refresh/0oa7/{place.kept.grant(kim, '0oa7', expiresAt=EPOCH)}",
    }
    works = {place.kept.token(kim, name="ci"), f"refresh/0oa8/{place.kept.grant(kim, '0oa8')}"}

    found = tokens(detail(place.source(), "kim@corp.example"))

    assert {native_id for native_id, (standing, _) in found.items() if standing is Standing.DEAD} == ended
    assert {native_id for native_id, (standing, _) in found.items() if standing is Standing.WORKS} == works


def test_an_api_token_was_used_when_its_end_was_moved_last(place: OktaPlace) -> None:
    """Okta moves it with each call, by 30 days or as the token says, and tells no last use."""
    kim = place.kept.of("kim@corp.example")
    place.kept.tokens.clear()
    made = {"created": "2026-11-02T09:00:00.000Z"}
    used = {
        place.kept.token(kim, expiresAt="2026-12-22T09:30:00.000Z", **made): "2026-11-22T09:30",
        place.kept.token(kim, expiresAt="2026-12-02T09:00:00.000Z", **made): None,
        place.kept.token(kim, expiresAt="2026-11-25T09:05:00.000Z", tokenWindow="PT5M", **made): "2026-11-25T09:00",
        place.kept.token(kim, expiresAt="2026-12-22T09:30:00.000Z", tokenWindow="P1M", **made): None,
        place.kept.token(kim, expiresAt="2026-12-22T09:30:00.000Z", clientName="Okta AD Agent", **made): None,
        place.kept.token(kim, expiresAt=None, **made): None,
    }

    looked = of(Credential, detail(place.source(), "kim@corp.example"))

    assert {each.native_id: each.last_used_at and f"{each.last_used_at:%Y-%m-%dT%H:%M}" for each in looked} == used
    assert {each.standing for each in looked} == {Standing.WORKS}


def test_an_agent_s_token_says_that_it_is_one(place: OktaPlace) -> None:
    kim = place.kept.of("kim@corp.example")
    place.kept.tokens.clear()
    token = place.kept.token(kim, name="sync", clientName="Okta AD Agent")

    (found,) = of(Credential, detail(place.source(), "kim@corp.example"))

    assert found.label == f"API token {token} of Okta AD Agent (sync)"


def test_a_token_without_an_owner_leaves_everybodys_unread(place: OktaPlace) -> None:
    place.kept.token(place.kept.of("kim@corp.example"), userId=None)

    (said,) = wrong(detail(place.source(), "lee@corp.example"))

    assert "one can't be read, whose userId is wrong" in said


def test_sessions_are_told_as_not_looked_at(place: OktaPlace) -> None:
    (gap,) = of(Gap, list(place.source().collect()))

    assert "sessions, at Okta and at apps" in gap.text
    assert not gap.red


@pytest.mark.parametrize("remedy", [Remedy.DISABLE, Remedy.KEEP_TRACES])
@pytest.mark.parametrize("native_id", ["00u1", "00T1", "refresh/0oa7/oar1"])
def test_what_a_ticket_says_to_type_okta_takes(remedy: Remedy, native_id: str) -> None:
    kind = SubjectKind.ACCOUNT if native_id == "00u1" else TOKEN
    account = cases.directory_account(native_id="00u1", reached_by="https://corp.okta.com")

    steps = cases.steps(remedy, "okta", account, Subject(kind=kind, native_id=native_id, label="label"))

    typed = [shlex.split(line) for step in steps for line in step.splitlines() if line.startswith("curl ")]
    assert typed
    for words in typed:
        path, _, query = words[-1].removeprefix("https://corp.okta.com").partition("?")
        asked = Asked(
            method=words[words.index("--request") + 1],
            path=unquote(path),
            query=dict(parse_qsl(query, strict_parsing=bool(query))),
            headers={},
            body=None,
            raw_path=path,
        )
        assert description().wrong_in_request(asked) == ""


# --- being let in, and limits -----------------------------------------------------------------------------------------


def test_an_app_is_let_in_once_for_a_read_unless_that_ends_before(place: OktaPlace) -> None:
    list(place.source().collect())
    assert place.service.asked.count("POST /oauth2/v1/token") == 1

    place.kept.lasts = 60
    assert whole(list(place.source().collect()))
    assert place.service.asked.count("POST /oauth2/v1/token") > 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"password": "no key"}, "no private key in PEM", id="no key"),
        pytest.param({"password": other_key("secp384r1")}, "curve P-256", id="another curve"),
        pytest.param({"password": ""}, "has no password", id="nothing"),
        pytest.param({"host": ""}, "has no host", id="no host"),
    ],
)
def test_a_connection_that_can_not_be_right_is_refused_before_anything_is_asked(
    place: OktaPlace, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        place.source(place.connection(**changes))

    assert place.service.asked == []


def test_an_app_signs_by_a_key_of_its_own_kind_and_says_which(place: OktaPlace) -> None:
    extra = {**place.connection().extra, "key_id": "k2"}

    assert whole(list(place.source(place.connection(password=other_key(), extra=extra)).collect()))
    assert place.kept.signed_by == {"k2"}


def test_another_s_client_id_is_refused_and_says_what_to_mend(place: OktaPlace) -> None:
    with pytest.raises(FatalError, match=r"Unknown client\. Renew"):
        list(place.source(place.connection(login="0oaAnother")).collect())


def test_a_refusal_that_can_not_be_read_is_one_without_words() -> None:
    with okta_place(None) as found:
        found.kept.limits = [Nested(status=400)]

        with pytest.raises(FatalError, match="400, no reason told"):
            list(found.source(app=False).collect())


@pytest.mark.parametrize("ahead", [0, 86_400, -86_400])
def test_whoever_is_told_to_wait_waits_by_okta_s_clock(
    place: OktaPlace, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr(api, "sleep", waits.append)
    source = place.source()
    place.kept.limits = [limited(7, ours=ahead)]

    assert whole(list(source.collect()))
    assert waits == [7]


def test_a_wait_that_is_too_long_is_another_days(place: OktaPlace) -> None:
    place.kept.limits = [limited(int(timedelta(minutes=10).total_seconds()))]

    with pytest.raises(RetriableError, match="600 seconds"):
        list(place.source(max_wait_minutes=5).collect())


# --- setting it up ----------------------------------------------------------------------------------------------------


class Silent(Chooser):
    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        raise AssertionError(key, question, options, more)


def test_a_first_configuration_says_what_it_saw(place: OktaPlace) -> None:
    assert okta.propose("corp_okta", place.connection(), Silent()) == okta.Proposal(settings={})
    place.kept.roles[:] = ["HELP_DESK_ADMIN"]

    made = okta.propose("corp_okta", place.connection(), Silent())

    assert "sees_all" in made.notes[0]
    assert "Help Desk Admin" in made.warnings[0]
    assert made.settings == {}


@pytest.mark.parametrize("scope", APP_SCOPES)
def test_a_first_configuration_leaves_out_apps_that_may_not_be_read(place: OktaPlace, scope: str) -> None:
    place.kept.scopes.discard(scope)

    made = okta.propose("corp_okta", place.connection(), Silent())

    assert made.settings == {"service_apps": False}
    assert [scope in each for each in made.warnings] == [True]


def test_the_form_s_test_says_who_is_let_in(place: OktaPlace) -> None:
    assert greet(place.connection(app=False)) == "The API token is taken, and is reader@corp.example's."
    assert greet(place.connection()) == f"The app is let in, with {', '.join(sorted(SCOPES))}."
    with pytest.raises(FatalError):
        greet(place.connection(app=False, password="another"))
    assert app_key() not in greet(place.connection())

"""Service apps of an Okta org: whose they are, what lets them in, and each way in which one could be overlooked."""

import asyncio
import shlex
import ssl
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from okta.api.application_api import ApplicationApi
from okta.api.application_sso_public_keys_api import ApplicationSSOPublicKeysApi
from okta.cache.no_op_cache import NoOpCache
from okta.request_executor import RequestExecutor

from demo.okta import SCOPES
from demo.okta_app import CLIENT_ID, app_key
from demo.okta_service_apps import APP_SCOPES, KNOWS, MADE, SECRET_VALUE
from demo.slapd import Tls
from offboarding.interfaces import Source
from offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.sources.okta.service_apps import SERVICE_APP
from tests.contract.source_contract import error_of, of, sought, wrong
from tests.support import cases
from tests.support.described.server import Asked
from tests.systems.okta.service import OktaPlace, description, okta_place

pytestmark = pytest.mark.slow

KIM = "kim@corp.example"
MANY = 210
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[OktaPlace]:
    """Kim works there."""
    with okta_place(tls) as found:
        found.kept.add(KIM)
        yield found
        assert found.service.wrong == []


def apps(place: OktaPlace, **settings: Any) -> dict[str, Account]:
    """By their native ids."""
    facts = place.source(**settings).collect()
    return {each.native_id: each for each in of(Account, facts) if each.product}


def looked_at(place: OktaPlace, *ids: str, **settings: Any) -> list[Any]:
    return list(look(place.source(**settings), *ids))


def look(source: Source, *ids: str) -> Sequence[Any]:
    refs = [AccountRef(realm="okta:00o1n8sbwArJ7OQRw406", native_id=f"app/{each}", label="", login="") for each in ids]
    return list(source.detail(refs))


def kim(place: OktaPlace) -> tuple[str, str]:
    return place.kept.of(KIM).id, KIM


def standings(looked: Sequence[Any]) -> dict[str, Standing]:
    return {each.native_id: each.standing for each in of(Credential, looked)}


# --- which there are, and whose ---------------------------------------------------------------------------------------


def test_an_app_that_gets_in_by_itself_is_a_workload_s_account_and_no_other_app_is(place: OktaPlace) -> None:
    service = place.kept.apps.add("ci", kim(place))
    place.kept.apps.add("intranet", kim(place), grant_types=["authorization_code"])
    place.kept.apps.add("bookmarks", signOnMode="BOOKMARK", settings={}, credentials={})

    (account,) = apps(place).values()

    assert account.native_id == f"app/{service['id']}"
    assert account.label == f"service app ci ({service['id']})"
    assert account.service_like
    assert not account.has_own_login
    assert account.standing is Standing.WORKS
    assert not account.is_reader


def test_whoever_made_it_or_a_secret_of_it_is_its_owner_by_what_they_are_called_now(place: OktaPlace) -> None:
    made, known = place.kept.add("lee@corp.example"), place.kept.of(KIM)
    app = place.kept.apps.add("ci", (made.id, "before@corp.example"))
    place.kept.apps.event(KNOWS, (known.id, KIM), app["id"])

    (account,) = apps(place).values()

    assert account.owner_labels == ("lee@corp.example", KIM)
    assert account.created_by == "lee@corp.example"
    assert {(key.kind, key.value) for key in account.keys} == {
        (kind, login) for login in account.owner_labels for kind in (IdentityKeyKind.LOGIN, IdentityKeyKind.MAIL)
    }
    assert {key.origin for key in account.keys} == {IdentityKeyOrigin.OWNER}


def test_whoever_only_made_a_secret_did_not_make_the_app(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci")
    place.kept.apps.event(KNOWS, kim(place), app["id"])

    (account,) = apps(place).values()

    assert account.owner_labels == (KIM,)
    assert account.created_by == ""


def test_a_maker_who_is_gone_is_named_as_the_log_named_them(place: OktaPlace) -> None:
    place.kept.apps.add("ci", ("00uGone", "gone@corp.example"))

    (account,) = apps(place).values()

    assert account.owner_labels == ("gone@corp.example",)


def test_an_app_is_known_by_its_client_id_too(place: OktaPlace) -> None:
    client = {"oauthClient": {"client_id": "nightly-sync", "token_endpoint_auth_method": "client_secret_basic"}}
    place.kept.apps.add("sync", credentials=client)
    place.kept.apps.event(MADE, kim(place), "nightly-sync")

    (account,) = apps(place).values()

    assert account.owner_labels == (KIM,)
    assert account.login == ""  # it can be chosen, and may read as somebody's login


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"outcome": {"result": "FAILURE"}}, id="it didn't come off"),
        pytest.param({"actor": {"id": "0oa1", "type": "PublicClientApp", "alternateId": KIM}}, id="another app"),
        pytest.param({"eventType": "application.lifecycle.update"}, id="something else"),
        pytest.param({"published": "2026-08-01T09:00:00.000Z"}, id="longer ago than the log reaches"),
        pytest.param({"target": None}, id="of nothing"),
    ],
)
def test_what_makes_nobody_its_owner(place: OktaPlace, event: dict[str, Any]) -> None:
    app = place.kept.apps.add("ci")
    place.kept.apps.event(MADE, kim(place), app["id"], **event)

    (account,) = apps(place).values()

    assert account.owner_labels == ()
    assert account.keys == ()


def test_the_profile_names_an_owner_for_good(place: OktaPlace) -> None:
    place.kept.apps.add("ci", profile={"Owner": KIM, "managedBy": ["1042"], "team": "x@corp.example", "owner2": 7})

    (account,) = apps(place).values()

    assert {(key.value, key.name) for key in account.keys} == {(KIM, "profile Owner"), ("1042", "profile managedBy")}
    (other,) = apps(place, owner=["team"]).values()
    assert {key.value for key in other.keys} == {"x@corp.example"}


def test_a_departure_finds_the_apps_that_somebody_answers_for(place: OktaPlace) -> None:
    theirs = place.kept.apps.add("ci", kim(place))
    place.kept.apps.add("other")

    found = of(Account, place.source().collect_for(sought(KIM), []))

    assert f"app/{theirs['id']}" in {each.native_id for each in found}
    assert len([each for each in found if each.product]) == 1


@pytest.mark.parametrize("scope", APP_SCOPES)
def test_a_departure_finds_people_where_apps_may_not_be_read_and_says_so(place: OktaPlace, scope: str) -> None:
    place.kept.apps.add("ci", kim(place))
    place.kept.scopes.discard(scope)

    facts = list(place.source().collect_for(sought(KIM), []))

    assert [each.label for each in of(Account, facts)] == [KIM]
    (gap,) = of(Gap, facts)
    assert gap.red
    assert scope in gap.text


def test_the_reader_s_own_app_is_this_checker_s(place: OktaPlace) -> None:
    place.kept.apps.add("checker", way="private_key_jwt", credentials={"oauthClient": {"client_id": CLIENT_ID}})

    assert [each.is_reader for each in apps(place).values()] == [True]
    assert [each.is_reader for each in apps(place, app=False).values()] == [False]


def test_an_admin_role_makes_an_app_privileged(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci")
    place.kept.apps.roles[app["id"]] = ["ORG_ADMIN"]

    (account,) = apps(place).values()

    assert (account.privileged, account.privileged_by) == (True, "Org Admin")


# --- traps: what looks like less than there is ------------------------------------------------------------------------


def test_what_was_deactivated_is_listed_and_not_gone(place: OktaPlace) -> None:
    """A list leaves it out unless it's asked for."""
    app = place.kept.apps.add("ci", status="INACTIVE")

    (account,) = apps(place).values()
    looked = looked_at(place, app["id"])

    assert account.standing is Standing.DEAD
    assert [each.standing for each in of(Account, looked)] == [Standing.DEAD]
    assert set(standings(looked).values()) == {Standing.DEAD}
    assert all(each.can_reactivate for each in of(Credential, looked))


@pytest.mark.parametrize("scope", APP_SCOPES)
@pytest.mark.parametrize("grants_some", [True, False])
def test_a_scope_that_is_missing_costs_the_apps_alone_and_is_named(
    place: OktaPlace, scope: str, grants_some: bool
) -> None:
    app = place.kept.apps.add("ci", kim(place))
    place.kept.grants_some = grants_some
    place.kept.scopes.discard(scope)

    facts, looked = list(place.source().collect()), looked_at(place, app["id"])

    assert scope in error_of(facts)
    assert KIM in {each.label for each in of(Account, facts)}
    assert not [each for each in of(Account, facts) if each.product]
    assert [scope in each for each in wrong(looked)] == [True]
    assert of(Account, looked) == []


def test_without_apps_nothing_of_them_is_asked_and_that_is_said(place: OktaPlace) -> None:
    place.kept.apps.add("ci", kim(place))
    place.kept.scopes -= set(APP_SCOPES)

    facts = list(place.source(service_apps=False).collect())

    assert error_of(facts) == ""
    assert "service apps, since service_apps is off" in of(Gap, facts)[0].text


def test_the_log_is_asked_for_nothing_where_there_is_no_service_app(place: OktaPlace) -> None:
    place.kept.scopes.discard("okta.logs.read")

    assert error_of(list(place.source().collect())) == ""


def test_apps_and_the_log_are_read_to_their_last_page(tls: Tls) -> None:
    with okta_place(None) as found:
        user = found.kept.add("kim")
        made = [found.kept.apps.add(f"app {number}", (user.id, "kim")) for number in range(MANY)]

        told = apps(found)

        assert {each["id"] for each in made} == {native_id.removeprefix("app/") for native_id in told}
        assert {each.owner_labels for each in told.values()} == {("kim",)}


def test_an_app_that_can_not_be_read_costs_itself(tls: Tls) -> None:
    with okta_place(None) as found:
        found.kept.apps.add("good")
        found.kept.apps.add("bad")
        found.kept.apps.spoils = lambda app: app | ({"status": None} if app["label"] == "bad" else {})

        facts = list(found.source().collect())

        assert [each.display_name for each in of(Account, facts) if each.product] == ["good"]
        assert "one can't be read, whose status is wrong" in error_of(facts)


def test_an_app_that_is_not_there_is_gone_only_to_whoever_sees_all(place: OktaPlace) -> None:
    (scope,) = looked_at(place, "0oaGone")
    assert isinstance(scope, ScopeRead)
    assert not scope.error
    assert len(scope.kinds) == 2

    place.kept.roles[:] = ["APP_ADMIN"]
    assert "may only be unseen" in wrong(looked_at(place, "0oaGone")).pop()


# --- what lets it in --------------------------------------------------------------------------------------------------


def test_secrets_and_keys_let_in_as_they_stand(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci")["id"]
    (first,) = (each["id"] for each in place.kept.apps.secrets[app])
    off, odd = place.kept.apps.secret(app, status="INACTIVE"), place.kept.apps.secret(app, status="PAUSED")
    key = place.kept.apps.key(app)
    place.kept.apps.key(app, use="enc")

    looked = looked_at(place, app)

    assert standings(looked) == {
        f"client-secret/{first}": Standing.WORKS,
        f"client-secret/{off}": Standing.DEAD,
        f"client-secret/{odd}": Standing.UNKNOWN,
        f"client-key/{key}": Standing.UNKNOWN,
    }
    assert [each.native_id for each in of(Credential, looked) if each.can_reactivate] == [f"client-secret/{off}"]
    assert all(each.created_at for each in of(Credential, looked))
    assert [each.standing for each in of(Account, looked)] == [Standing.WORKS]


def test_an_app_that_signs_in_by_a_key_is_let_in_by_it(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci", secret=False)["id"]
    key, secret = place.kept.apps.key(app), place.kept.apps.secret(app)

    assert standings(looked_at(place, app)) == {
        f"client-key/{key}": Standing.WORKS,
        f"client-secret/{secret}": Standing.UNKNOWN,
    }


def test_keys_that_are_published_elsewhere_let_in_whoever_writes_there(place: OktaPlace) -> None:
    client = {"grant_types": ["client_credentials"], "jwks_uri": "https://keys.corp.example/ci"}
    app = place.kept.apps.add("ci", secret=False, settings={"oauthClient": client})["id"]

    (held,) = of(Credential, looked_at(place, app))

    assert (held.standing, held.created_at) == (Standing.WORKS, None)
    assert "keys.corp.example/ci" in held.label


def test_an_app_that_nothing_lets_in_is_dead_where_it_is_looked_at(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci", secret=False)["id"]
    place.kept.apps.secret(app, status="INACTIVE")

    assert [each.standing for each in of(Account, looked_at(place, app))] == [Standing.DEAD]


def test_a_secret_s_value_is_taken_over_nowhere(place: OktaPlace, caplog: pytest.LogCaptureFixture) -> None:
    """Okta tells it to whoever may view client credentials."""
    app = place.kept.apps.add("ci", kim(place))["id"]

    told = repr([*place.source().collect(), *looked_at(place, app)])

    assert SECRET_VALUE not in told + caplog.text
    assert "yk4SVx4sUWVJVbHt6M-UPA" not in told


def test_without_client_secrets_they_are_not_asked_for_and_nothing_is_concluded(place: OktaPlace) -> None:
    app = place.kept.apps.add("ci", kim(place))["id"]

    looked = looked_at(place, app, client_secrets=False)

    assert not [each for each in place.service.asked if each.endswith("/credentials/secrets")]
    assert of(Credential, looked) == []
    assert [len(each.kinds) for each in of(ScopeRead, looked)] == [1]
    assert [each.standing for each in of(Account, looked)] == [Standing.WORKS]
    assert "client_secrets is off" in of(Gap, place.source(client_secrets=False).collect())[0].text


# --- the same by others -----------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ssl_context is deprecated")  # as it hands it to aiohttp
def test_okta_s_own_client_sees_the_same_apps_and_secrets(place: OktaPlace, tls: Tls) -> None:
    place.kept.apps.add("off", status="INACTIVE")
    app = place.kept.apps.add("ci", kim(place))["id"]
    place.kept.apps.key(app)
    trusts = {"sslContext": ssl.create_default_context(cafile=str(tls.authority)), "rateLimit": {}}
    own = {"authorizationMode": "PrivateKey", "clientId": CLIENT_ID, "privateKey": app_key(), "scopes": [*SCOPES]}
    config = {"client": {"orgUrl": place.kept.api, "oauthTokenRenewalOffset": 5} | own | trusts}

    async def seen() -> tuple[set[str], set[str]]:
        listed: Any = ApplicationApi(config)
        held: Any = ApplicationSSOPublicKeysApi(config)
        listed._request_executor = held._request_executor = RequestExecutor(config, NoOpCache())
        found, _, error = await listed.list_applications(include_non_deleted=True)
        secrets, _, more = await held.list_o_auth2_client_secrets(app)
        keys, _, yet = await held.list_jwk(app)
        assert error is more is yet is None
        one_of = [f"client-key/{each.actual_instance.id}" for each in keys]
        return {f"app/{each.id}" for each in found}, {f"client-secret/{each.id}" for each in secrets} | {*one_of}

    there, lets_in = asyncio.run(seen())

    assert set(apps(place)) == there
    assert set(standings(looked_at(place, app))) == lets_in


def test_an_app_that_okta_would_not_tell_so_is_noticed(tls: Tls) -> None:
    """Of an OAuth client more is described than of any app."""
    with okta_place(tls) as found:
        found.kept.apps.add("ci", grant_types=["telepathy", "client_credentials"])

        list(found.source().collect())

        assert "telepathy" in found.service.wrong[0]


@pytest.mark.parametrize("remedy", [Remedy.DISABLE, Remedy.REPLACE, Remedy.KEEP_TRACES])
@pytest.mark.parametrize(
    ("native_id", "path"),
    [
        ("app/0oa'7", "apps/0oa%277/lifecycle/"),
        ("client-secret/ocs'1", "apps/0oa%277/credentials/secrets/ocs%271/lifecycle/"),
        ("client-key/pks1", "apps/0oa%277/credentials/jwks/pks1/lifecycle/"),
    ],
)
def test_what_a_ticket_says_to_type_okta_takes(remedy: Remedy, native_id: str, path: str) -> None:
    kind = SubjectKind.ACCOUNT if native_id.startswith("app/") else SubjectKind.SERVICE_CREDENTIAL
    account = cases.directory_account(native_id="app/0oa'7", product=SERVICE_APP, reached_by="https://corp.okta.com")

    steps = cases.steps(remedy, "okta", account, Subject(kind=kind, native_id=native_id, label="label"))

    typed = [shlex.split(line) for step in steps for line in step.splitlines() if line.startswith("curl ")]
    assert typed or (remedy is Remedy.REPLACE and native_id.startswith("client-key/"))
    for words in typed:
        raw, _, query = words[-1].removeprefix("https://corp.okta.com").partition("?")
        asked = Asked(
            method=words[words.index("--request") + 1],
            path=unquote(raw),
            query=dict(parse_qsl(query, strict_parsing=bool(query))),
            headers={},
            body=None,
            raw_path=raw,
        )
        assert description().wrong_in_request(asked) == ""
    if remedy is Remedy.DISABLE:
        told = [words[-1].removeprefix("https://corp.okta.com/api/v1/") for words in typed]
        assert told == [f"{path}deactivate", f"{path}activate"]


def test_what_is_published_elsewhere_is_ended_there_in_words() -> None:
    account = cases.directory_account(native_id="app/0oa7", product=SERVICE_APP)
    subject = Subject(kind=SubjectKind.SERVICE_CREDENTIAL, native_id="jwks-uri", label="keys")

    assert "curl" not in " ".join(cases.steps(Remedy.DISABLE, "okta", account, subject))

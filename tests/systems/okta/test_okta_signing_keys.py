"""Signing keys of an Okta org, beyond what every reader of keys must do: whose role lets them have a server sign."""

import asyncio
import shlex
import ssl
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from okta.api.authorization_server_api import AuthorizationServerApi
from okta.api.authorization_server_keys_api import AuthorizationServerKeysApi
from okta.cache.no_op_cache import NoOpCache
from okta.request_executor import RequestExecutor

from demo.okta import API_TOKEN
from demo.okta_app import CLIENT_ID, app_key
from demo.okta_signing_keys import MANAGE, SIGNING_SCOPE
from demo.slapd import Tls
from offboarding.custody.thumbprints import material_of_jwk
from offboarding.interfaces import Chooser
from offboarding.model import Exportable, Gap, Key, KeyAccess, KeyAction, Remedy, ScopeRead, Standing
from offboarding.sources.okta import signing_keys as okta_signing_keys
from offboarding.sources.okta.signing_keys.remedy import REMEDIES
from offboarding.store.connect import Session
from offboarding.tickets.remedies import written_out
from tests.contract.key_contract import of
from tests.support import key_cases
from tests.support.described.server import Asked
from tests.support.keys_read import KeyReader, hours
from tests.systems.okta.service import OktaPlace, description, okta_place

pytestmark = pytest.mark.slow

ROLES_SCOPE = "okta.roles.read"


@pytest.fixture
def place(tls: Tls) -> Generator[OktaPlace]:
    """Ann is a super administrator, Kim no administrator."""
    with okta_place(tls) as found:
        found.kept.add("ann@corp.example", roles=["SUPER_ADMIN"])
        found.kept.add("kim@corp.example")
        yield found
        assert found.service.wrong == []


def error_of(facts: Sequence[Any]) -> str:
    (scope,) = of(ScopeRead, facts)
    return scope.error


def read(place: OktaPlace, **settings: Any) -> list[Any]:
    return list(place.signing_keys(**settings).collect())


def reasons(facts: Sequence[Any]) -> dict[str, tuple[Standing, str]]:
    return {each.principal: (each.standing, each.reason) for each in of(KeyAccess, facts)}


# --- the keys ---------------------------------------------------------------------------------------------------------


def test_each_key_says_whether_it_signs_and_how_it_is_rotated_and_none_can_leave(place: OktaPlace) -> None:
    server = place.kept.signers.add("payments", "ACTIVE", "NEXT", "EXPIRED", "PAUSED")

    keys = of(Key, read(place))

    assert [each.standing for each in keys] == [Standing.WORKS] * 2 + [Standing.UNKNOWN] * 2
    assert {each.carryable for each in keys} == {Exportable.NO}
    assert {each.name for each in keys} == {f"authorizationServers/{server['id']}"}
    assert all(server["issuer"] in each.label for each in keys)
    assert keys[0].standing_reason == "Okta: ACTIVE: it signs since 2020-03-01, until 2026-12-01; rotation AUTO"
    assert {each.created_at for each in keys} == {None}  # since when it signs is no date of birth


def test_a_rotation_by_hand_says_since_when_nobody_did_it(place: OktaPlace) -> None:
    signing = {"kid": "k", "rotationMode": "MANUAL", "lastRotated": "2021-05-01T09:00:00.000Z", "use": "sig"}
    place.kept.signers.add("payments", credentials={"signing": signing})

    (key,) = of(Key, read(place))

    assert key.standing_reason.endswith("it signs since 2021-05-01; rotation MANUAL")


def test_a_key_is_the_same_as_where_it_is_published(place: OktaPlace) -> None:
    """By the thumbprint of its public half, whoever publishes it."""
    server = place.kept.signers.add("payments")["id"]
    own = place.kept.signers.publish()
    (shown,) = place.kept.signers.keys[server]

    keys = {each.native_id: each.material for each in of(Key, read(place))}

    assert keys == {
        f"authorizationServers/{server}/{shown['kid']}": material_of_jwk(shown),
        f"authorizationServers/org/{own['kid']}": material_of_jwk(own),
    }


def test_a_server_that_is_switched_off_is_not_checked(place: OktaPlace) -> None:
    place.kept.signers.add("payments", status="INACTIVE")

    assert [each.standing for each in of(Key, read(place))] == [Standing.UNKNOWN]


def test_servers_are_read_to_the_last_page() -> None:
    with okta_place(None) as found:
        for number in range(201):
            own = found.kept.signers.add(f"server {number}", "NONE")
            found.kept.signers.keys[own["id"]] = [{"kid": "k", "status": "ACTIVE"}]

        assert len({each.name for each in of(Key, read(found))}) == 201


def test_a_key_that_can_not_be_read_costs_itself() -> None:
    with okta_place(None) as found:
        found.kept.signers.add("payments", "ACTIVE", "NEXT")
        found.kept.signers.spoils = lambda key: key | ({"kid": None} if key["status"] == "NEXT" else {})

        facts = read(found)

        assert len(of(Key, facts)) == 1
        assert "one can't be read, whose kid is wrong" in error_of(facts)


def test_a_server_whose_keys_are_refused_costs_its_own(place: OktaPlace) -> None:
    place.kept.signers.add("payments")
    lost = place.kept.signers.add("login")["id"]
    place.kept.signers.refuses = {lost}

    facts = read(place)

    assert len(of(Key, facts)) == 1
    assert "credentials/keys: 403" in error_of(facts)


# --- who may have one sign --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "standing"),
    [
        ("SUPER_ADMIN", Standing.WORKS),
        ("ORG_ADMIN", Standing.WORKS),
        ("API_ACCESS_MANAGEMENT_ADMIN", Standing.WORKS),
        ("APP_ADMIN", None),
        ("READ_ONLY_ADMIN", None),
        ("ORG_ADMIN INACTIVE", None),
        ("cr0Signers", Standing.UNKNOWN),
        ("cr0Readers", None),
        ("cr0Hidden", Standing.UNKNOWN),
    ],
)
def test_a_role_lets_somebody_change_servers(place: OktaPlace, role: str, standing: Standing | None) -> None:
    place.kept.signers.add("payments")
    place.kept.signers.permissions = {"cr0Signers": [MANAGE], "cr0Readers": ["okta.authzServers.read"]}
    kim = place.kept.of("kim@corp.example")
    kim.roles = [role]

    facts = read(place)

    assert error_of(facts) == ""
    assert reasons(facts).get(kim.id, (None, ""))[0] is standing


def test_the_surest_of_several_roles_counts(place: OktaPlace) -> None:
    place.kept.signers.add("payments")
    kim = place.kept.of("kim@corp.example")
    kim.roles = ["cr0Hidden", "ORG_ADMIN", "APP_ADMIN"]

    assert reasons(read(place))[kim.id] == (Standing.WORKS, "role Org Admin")


def test_it_is_to_the_key_that_signs_now_alone(place: OktaPlace) -> None:
    server = place.kept.signers.add("payments", "ACTIVE", "NEXT")["id"]
    place.kept.signers.publish()
    ann = place.kept.of("ann@corp.example").id

    def signs() -> list[tuple[str, str]]:
        return [(each.principal, each.key) for each in of(KeyAccess, read(place)) if each.principal == ann]

    first, following = (f"authorizationServers/{server}/{each['kid']}" for each in place.kept.signers.keys[server])
    assert signs() == [(ann, first)]
    place.kept.signers.rotate(server)
    assert signs() == [(ann, following)]


@pytest.mark.parametrize("grants_some", [True, False])
def test_without_the_scope_for_roles_keys_are_told_and_who_is_not_checked(place: OktaPlace, grants_some: bool) -> None:
    place.kept.signers.add("payments")
    place.kept.grants_some = grants_some
    place.kept.scopes.discard(ROLES_SCOPE)

    facts = read(place)

    assert len(of(Key, facts)) == 1
    assert ROLES_SCOPE in error_of(facts)
    assert error_of(read(place, access=False)) == ""
    assert "access: false" in of(Gap, read(place, access=False))[0].text


def test_who_could_have_one_sign_still_can_for_all_that_is_known_once_access_is_switched_off(
    place: OktaPlace, store: Session
) -> None:
    place.kept.signers.add("payments")
    reader = KeyReader(store, name="okta", kind="okta_signing_keys")
    asked = "select principal, valid_to is null from key_access order by 1"
    reader.read(*read(place), at=hours(0))
    there = reader.ask(asked)
    assert {stands for _, stands in there} == {True}

    for night in (24, 48):
        assert reader.read(*read(place, access=False), at=hours(night)).status == "complete"
        assert reader.ask(asked) == there
    assert reader.ask("select distinct confirmed_at, access_at from copy_read") == [(hours(48), hours(0))]

    for each in of(KeyAccess, read(place)):
        place.kept.users[each.principal].roles.clear()
    reader.read(*read(place), at=hours(72))
    assert {stands for _, stands in reader.ask(asked)} == {False}


def test_without_the_scope_for_servers_none_of_theirs_is_told_and_it_is_named(place: OktaPlace) -> None:
    place.kept.signers.add("payments")
    place.kept.signers.publish()
    place.kept.scopes.discard(SIGNING_SCOPE)

    facts = read(place)

    assert [each.name for each in of(Key, facts)] == ["authorizationServers/org"]
    assert SIGNING_SCOPE in error_of(facts)


def test_where_somebody_s_roles_are_hidden_nobody_is_taken_to_have_none(place: OktaPlace) -> None:
    place.kept.signers.add("payments")
    place.kept.hides_roles.add(place.kept.of("ann@corp.example").id)

    facts = read(place)

    assert of(KeyAccess, facts) == []
    assert "who may have a server sign isn't known" in error_of(facts)


def test_what_is_not_looked_at_is_said(place: OktaPlace) -> None:
    (gap,) = of(Gap, read(place))

    assert "service apps with an admin role" in gap.text
    assert not gap.red


# --- the same by others, and what is to be done -----------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ssl_context is deprecated")  # as it hands it to aiohttp
def test_okta_s_own_client_sees_the_same_keys(place: OktaPlace, tls: Tls) -> None:
    server = place.kept.signers.add("payments", "ACTIVE", "NEXT")["id"]
    trusts = {"sslContext": ssl.create_default_context(cafile=str(tls.authority)), "rateLimit": {}}
    own = {"authorizationMode": "PrivateKey", "clientId": CLIENT_ID, "privateKey": app_key(), "scopes": [SIGNING_SCOPE]}
    config = {"client": {"orgUrl": place.kept.api, "oauthTokenRenewalOffset": 5} | own | trusts}

    async def seen() -> set[str]:
        servers: Any = AuthorizationServerApi(config)
        keys: Any = AuthorizationServerKeysApi(config)
        servers._request_executor = keys._request_executor = RequestExecutor(config, NoOpCache())
        (listed,), _, error = await servers.list_authorization_servers()
        found, _, more = await keys.list_authorization_server_keys(listed.id)
        assert error is more is None
        return {f"authorizationServers/{listed.id}/{each.kid}" for each in found}

    assert {each.native_id for each in of(Key, read(place))} == asyncio.run(seen())
    assert len(place.kept.signers.keys[server]) == 2


def test_a_request_that_okta_would_not_take_is_noticed(tls: Tls) -> None:
    with okta_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        address = f"{found.kept.api}/api/v1/authorizationServers?size=5"
        answer = httpx.get(address, verify=verify, headers={"Authorization": f"SSWS {API_TOKEN}"}, trust_env=False)

        assert answer.status_code == 422
        assert "size" in found.service.wrong[0]


def test_an_answer_that_okta_would_not_give_is_noticed(tls: Tls) -> None:
    with okta_place(tls) as found:
        found.kept.signers.add("payments", status="ASLEEP")

        read(found)

        assert "ASLEEP" in found.service.wrong[0]


@pytest.mark.parametrize("remedy", REMEDIES)
def test_what_a_ticket_says_to_type_okta_takes(remedy: Remedy) -> None:
    copy = key_cases.copy(source="okta-keys", source_kind="okta_signing_keys", name="authorizationServers/aus'1")

    steps = written_out([KeyAction(remedy=remedy, copy=copy, principals=("00u'1",))])

    typed = [shlex.split(line) for step in steps for line in step.splitlines() if line.startswith("curl ")]
    assert typed
    for words in typed:
        raw = words[-1].removeprefix("$OKTA_ORG_URL")
        body = words[words.index("--data") + 1].encode() if "--data" in words else b""
        asked = Asked(
            method=words[words.index("--request") + 1],
            path=unquote(raw),
            query={},
            headers={"content-type": "application/json"},
            body=None,
            raw=body,
            raw_path=raw,
        )
        assert description().wrong_in_request(asked) == ""
    assert any(each in {"00u%271", "aus%271"} for words in typed for each in words[-1].split("/"))


def test_the_org_s_own_keys_are_rotated_by_okta_alone() -> None:
    copy = key_cases.copy(source="okta-keys", source_kind="okta_signing_keys", name="authorizationServers/org")

    assert "curl" not in " ".join(written_out([KeyAction(remedy=Remedy.ISSUE, copy=copy, principals=())]))


class Silent(Chooser):
    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        raise AssertionError(key, question, options, more)


def test_a_first_configuration_says_what_it_saw(place: OktaPlace) -> None:
    assert okta_signing_keys.propose("it", place.connection(), Silent()) == okta_signing_keys.Proposal(settings={})
    place.kept.scopes.discard(ROLES_SCOPE)

    made = okta_signing_keys.propose("it", place.connection(), Silent())

    assert made.settings == {"access": False}
    assert ROLES_SCOPE in made.warnings[0]

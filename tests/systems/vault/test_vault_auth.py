"""Who logs in to a Vault, beyond what every source must do: each way in which it could look shut, and isn't.

What the server itself does with a token is asked of it in each.
"""

import os
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from offboarding.interfaces import Source
from offboarding.model import (
    Account,
    AccountAction,
    AccountRef,
    Credential,
    Fact,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import ConfigError, FatalError
from offboarding.sources.vault import auth as vault_auth
from offboarding.sources.vault._api import client
from offboarding.sources.vault.auth.connection import greet
from offboarding.sources.vault.auth.remedy import REMEDIES
from tests.contract.source_contract import of
from tests.systems.vault.logins import PASSWORD, Logins
from tests.systems.vault.vault import CONTEXT

pytestmark = pytest.mark.slow

TOKEN = SubjectKind.SERVICE_CREDENTIAL
WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
LATER = replace(CONTEXT, as_of=datetime.now(UTC) + timedelta(days=400))
ALL = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'


def accounts(logins: Logins, **settings: object) -> dict[str, Account]:
    """By label."""
    return {each.label: each for each in of(Account, logins.source(settings=settings).collect())}


def ref(account: Account) -> AccountRef:
    return AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)


def look(logins: Logins, account: Account, **settings: object) -> list[Fact]:
    return list(logins.source(settings=settings).detail([ref(account)]))


def only(facts: Iterable[Fact]) -> ScopeRead:
    """What is told of an account that isn't there, or can't be looked at."""
    (scope,) = facts
    assert isinstance(scope, ScopeRead)
    return scope


def held(facts: Sequence[Fact]) -> dict[str, Credential]:
    """By the accessor."""
    return {each.native_id.partition("/")[2]: each for each in of(Credential, facts)}


def covered(facts: Sequence[Fact]) -> set[SubjectKind]:
    return {kind for scope in of(ScopeRead, facts) if not scope.error for kind in scope.kinds}


@pytest.fixture
def kim(logins: Logins) -> dict[str, Any]:
    """Kim's login."""
    logins.user("kim", "default")
    return logins.log_in("kim")


class TestLogins:
    def test_a_user_who_was_deleted_leaves_tokens_that_work(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.server.ask("DELETE", f"auth/{logins.userpass}/users/kim")
        assert logins.works(kim["client_token"])

        facts = look(logins, accounts(logins)[f"kim at auth/{logins.userpass}"])

        (account,) = of(Account, facts)
        assert account.standing is DEAD
        assert account.has_own_login
        assert held(facts)[kim["accessor"]].standing is WORKS

    def test_a_disabled_entity_stops_its_tokens_until_it_is_enabled_again(
        self, logins: Logins, kim: dict[str, Any]
    ) -> None:
        logins.change(kim["entity_id"], disabled=True)
        assert not logins.works(kim["client_token"])
        found = accounts(logins)[f"kim at auth/{logins.userpass}"]

        token = held(look(logins, found))[kim["accessor"]]

        assert found.standing is token.standing is DEAD
        assert token.can_reactivate
        logins.change(kim["entity_id"], disabled=False)
        assert logins.works(kim["client_token"])
        assert held(look(logins, found))[kim["accessor"]].standing is WORKS

    def test_an_entity_that_was_deleted_takes_its_tokens_along_and_leaves_the_user(
        self, logins: Logins, kim: dict[str, Any]
    ) -> None:
        label = f"kim at auth/{logins.userpass}"
        before = accounts(logins)[label]
        logins.server.ask("DELETE", f"identity/entity/id/{kim['entity_id']}")
        assert not logins.works(kim["client_token"])

        # An hourly look doesn't close it before a night has told the user by itself.
        assert "a userpass user of its name" in only(look(logins, before)).error
        after = accounts(logins)[label]
        assert after.native_id != before.native_id
        assert after.standing is WORKS
        logins.server.ask("DELETE", f"auth/{logins.userpass}/users/kim")
        gone = only(look(logins, before))
        assert gone == ScopeRead(realm=before.realm, scope=before.native_id, kinds=(SubjectKind.ACCOUNT, TOKEN))

    def test_a_role_whose_entity_was_deleted_is_not_called_gone(self, logins: Logins) -> None:
        role_id = logins.role("build")
        token = logins.log_in_by_role(role_id, logins.secret_id("build")["secret_id"])
        before = accounts(logins)[f"build at auth/{logins.approle}"]
        logins.server.ask("DELETE", f"identity/entity/id/{token['entity_id']}")

        assert "a role of its name" in only(look(logins, before)).error

    def test_a_user_who_never_logged_in_is_told_and_is_not_called_gone_before_their_entity_is_told(
        self, logins: Logins
    ) -> None:
        logins.user("kim")
        before = accounts(logins)[f"kim at auth/{logins.userpass}"]
        assert before.standing is WORKS
        facts = look(logins, before)
        assert of(Account, facts) == [before]
        assert covered(facts) == {SubjectKind.ACCOUNT, TOKEN}

        logins.log_in("kim")

        after = accounts(logins)[f"kim at auth/{logins.userpass}"]
        assert after.native_id == logins.entity("kim")
        assert [key.value for key in after.keys] == ["kim"]
        scope = only(look(logins, before))
        assert "logged in for the first time" in scope.error
        scope = only(logins.source(LATER).detail([ref(before)]))
        assert scope.error == ""
        assert SubjectKind.ACCOUNT in scope.kinds

    def test_nobody_is_told_twice(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.user("lee")
        role = logins.role("build")
        logins.log_in_by_role(role, logins.secret_id("build")["secret_id"])
        logins.role("deploy")
        logins.hand_out()

        found = accounts(logins)

        assert kim["entity_id"] in {each.native_id for each in found.values()}
        people = [label for label, each in found.items() if not each.native_id.startswith("token/")]
        assert sorted(people) == sorted(
            [
                f"kim at auth/{logins.userpass}",
                f"lee at auth/{logins.userpass}",
                f"build at auth/{logins.approle}",
                f"deploy at auth/{logins.approle}",
            ]
        )
        # The reader's, root's, and the one that was handed out.
        assert len(found) - len(people) == 3

    def test_what_another_decides_is_neither_yes_nor_no(self, logins: Logins, kim: dict[str, Any]) -> None:
        made = logins.server.ask("POST", "identity/entity", {"name": "lee", "metadata": {"Mail": "lee@corp.example"}})
        logins.server.ask("POST", "sys/auth/sso", {"type": "jwt"})
        try:
            accessor = logins.server.ask("GET", "sys/auth")["sso/"]["accessor"]
            alias = {"name": "00u1", "canonical_id": made["id"], "mount_accessor": accessor}
            logins.server.ask("POST", "identity/entity-alias", alias)
            facts = list(logins.source().collect())
        finally:
            logins.server.ask("DELETE", "sys/auth/sso")

        (found,) = (each for each in of(Account, facts) if each.native_id == made["id"])
        assert found.standing is UNKNOWN
        assert not found.has_own_login
        assert found.privileged is None
        assert found.label == "00u1 at auth/sso (entity lee)"
        (gap,) = of(Gap, facts)
        assert not gap.red
        assert "auth/sso (jwt)" in gap.text

    def test_an_entity_whose_alias_was_deleted_keeps_its_tokens(self, logins: Logins, kim: dict[str, Any]) -> None:
        (alias,) = logins.server.ask("GET", f"identity/entity/id/{kim['entity_id']}")["aliases"]
        logins.server.ask("DELETE", f"identity/entity-alias/id/{alias['id']}")
        assert logins.works(kim["client_token"])

        (found,) = (each for each in accounts(logins).values() if each.native_id == kim["entity_id"])

        assert found.standing is DEAD
        assert held(look(logins, found))[kim["accessor"]].standing is WORKS

    def test_an_auth_method_that_is_gone_is_no_way_in(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.server.ask("DELETE", f"sys/auth/{logins.userpass}")
        assert not logins.works(kim["client_token"])

        (found,) = (each for each in accounts(logins).values() if each.native_id == kim["entity_id"])

        assert found.standing is DEAD
        assert of(Credential, look(logins, found)) == []
        logins.server.ask("POST", f"sys/auth/{logins.userpass}", {"type": "userpass"})

    def test_metadata_says_whose_something_is(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.change(kim["entity_id"], metadata={"email": "kim@corp.example", "employee-id": "1042"})
        token = logins.hand_out(meta={"owner": "lee@corp.example"})

        found = accounts(logins)

        keys = {(key.kind, key.value, key.origin) for key in found[f"kim at auth/{logins.userpass}"].keys}
        assert keys == {
            (IdentityKeyKind.LOGIN, "kim", IdentityKeyOrigin.ATTRIBUTE),
            (IdentityKeyKind.MAIL, "kim@corp.example", IdentityKeyOrigin.TAG),
            (IdentityKeyKind.NUMBER, "1042", IdentityKeyOrigin.TAG),
        }
        (of_nobody,) = (each for each in found.values() if each.native_id == f"token/{token['accessor']}")
        assert [(key.value, key.origin) for key in of_nobody.keys] == [("lee@corp.example", IdentityKeyOrigin.OWNER)]

    def test_who_may_give_themselves_everything_is_privileged(self, logins: Logins) -> None:
        logins.allow('path "sys/policies/acl/*" { capabilities = ["create", "update"] }', "writes-policies")
        logins.allow('path "secret/*" { capabilities = ["read"] }', "reads")
        logins.user("ann", "writes-policies")
        logins.user("kim", "reads")
        logins.user("lee", "reads")
        entity = logins.log_in("lee")["entity_id"]
        group = {"name": "admins", "policies": ["writes-policies"], "member_entity_ids": [entity]}
        logins.server.ask("POST", "identity/group", group)

        found = {each.login: each for each in accounts(logins).values()}

        told = {login: found[login].privileged for login in ("ann", "kim", "lee")}
        assert told == {"ann": True, "kim": False, "lee": True}
        assert found["ann"].privileged_by == "policy writes-policies"


class TestTokens:
    def test_a_token_that_was_made_with_another_is_the_same_entity_s(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.allow(ALL, "all")
        logins.user("kim", "all")
        login = logins.log_in("kim")
        child = logins.hand_out(token=login["client_token"])

        found = held(look(logins, accounts(logins)[f"kim at auth/{logins.userpass}"]))

        assert set(found) == {kim["accessor"], login["accessor"], child["accessor"]}

    @pytest.mark.parametrize("orphan", [{"no_parent": True}, {}], ids=["without a parent", "by create-orphan"])
    def test_an_orphan_is_nobody_s_and_outlives_the_entity_of_whoever_made_it(
        self, logins: Logins, orphan: dict[str, Any]
    ) -> None:
        logins.allow(ALL, "all")
        logins.user("kim", "all")
        login = logins.log_in("kim")
        path = "auth/token/create" if orphan else "auth/token/create-orphan"
        made = logins.hand_out(path, login["client_token"], **orphan)
        logins.change(login["entity_id"], disabled=True)
        assert logins.works(made["client_token"])

        (found,) = (each for each in accounts(logins).values() if each.native_id == f"token/{made['accessor']}")

        assert found.standing is WORKS
        assert found.service_like
        assert found.privileged
        assert of(Account, look(logins, found)) == [found]
        logins.server.ask("POST", "auth/token/revoke-accessor", {"accessor": made["accessor"]})
        gone = only(look(logins, found))
        assert gone.error == ""

    def test_when_a_token_ends_is_told_where_its_holder_can_t_put_it_off(self, logins: Logins) -> None:
        logins.allow(ALL, "all")
        logins.user("kim", "all")
        login = logins.log_in("kim")
        kinds: Mapping[str, dict[str, Any]] = {
            "renewable": {"renewable": True},
            "fixed": {"renewable": False},
            "periodic": {"period": "24h"},
            "capped": {"explicit_max_ttl": "48h", "renewable": True},
        }
        made = {
            name: logins.hand_out(token=login["client_token"], **settings)["accessor"]
            for name, settings in kinds.items()
        }

        found = held(look(logins, accounts(logins)[f"kim at auth/{logins.userpass}"]))

        ends = {name: found[accessor].expires_at for name, accessor in made.items()}
        assert ends["renewable"] is ends["periodic"] is None
        born = found[made["fixed"]].created_at
        assert ends["fixed"]
        assert born
        assert timedelta(minutes=59) < ends["fixed"] - born < timedelta(minutes=61)
        born = found[made["capped"]].created_at
        assert born
        assert ends["capped"] == born + timedelta(hours=48)
        assert "renewed for as long as" in found[made["periodic"]].standing_reason

    def test_a_root_token_never_ends_and_may_do_anything(self, logins: Logins) -> None:
        made = logins.hand_out(policies=["root"], ttl="0")

        (found,) = (each for each in accounts(logins).values() if each.native_id == f"token/{made['accessor']}")

        assert found.label.startswith("root token ")
        assert (found.standing, found.privileged) == (WORKS, True)
        assert "never ends" in found.standing_reason

    def test_batch_tokens_are_said_to_be_out_of_sight(self, logins: Logins) -> None:
        logins.allow(ALL, "all")
        logins.user("kim", "all")
        login = logins.log_in("kim")
        batch = logins.hand_out(token=login["client_token"], type="batch")
        assert batch["accessor"] == ""

        facts = list(logins.source().collect())
        (found,) = (each for each in of(Account, facts) if each.login == "kim")

        assert set(held(look(logins, found))) == {login["accessor"]}
        assert "batch tokens" in of(Gap, facts)[0].text
        # What is advised stops it: to disable the entity, and not to delete the user.
        logins.server.ask("DELETE", f"auth/{logins.userpass}/users/kim")
        assert logins.works(batch["client_token"])
        logins.change(login["entity_id"], disabled=True)
        assert not logins.works(batch["client_token"])

    def test_who_was_merged_into_another_holds_their_tokens_there(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.server.ask("POST", "sys/auth/second", {"type": "userpass"})
        try:
            logins.server.ask("POST", "auth/second/users/kim2", {"password": PASSWORD})
            other = logins.server.administrator.post("/v1/auth/second/login/kim2", json={"password": PASSWORD})
            second = other.json()["auth"]
            body = {"from_entity_ids": [second["entity_id"]], "to_entity_id": kim["entity_id"]}
            logins.server.ask("POST", "identity/entity/merge", body)
            assert logins.works(second["client_token"])
            logins.allow(
                f'{logins.documented}\npath "auth/second/users" {{ capabilities = ["list"] }}\n'
                'path "auth/second/users/*" { capabilities = ["read"] }'
            )

            found = accounts(logins)["kim2 at auth/second"]
            facts = look(logins, found)
            logins.change(kim["entity_id"], disabled=True)
            stopped = not logins.works(second["client_token"])
        finally:
            logins.server.ask("DELETE", "sys/auth/second")

        assert found.native_id == kim["entity_id"]
        assert set(held(facts)) == {kim["accessor"], second["accessor"]}
        assert stopped

    def test_the_reader_is_told_as_the_reader_and_a_login_of_its_own_leaves_nothing(self, logins: Logins) -> None:
        assert [each.is_reader for each in accounts(logins).values()].count(True) == 1
        role = logins.role("audit", token_policies=[logins.policy])
        made = logins.secret_id("audit")
        extra = {**logins.connection.extra, "approle_mount": logins.approle}

        def source() -> Source:
            return logins.source(login=role, password=made["secret_id"], extra=extra)

        first, again = list(source().collect()), list(source().collect())

        (own,) = (each for each in of(Account, first) if each.is_reader)
        assert own.label == f"audit at auth/{logins.approle}"
        assert sorted(map(repr, first)) == sorted(map(repr, again))
        (secret,) = of(Credential, source().detail([ref(own)]))
        assert secret.native_id == f"secret-id/{made['secret_id_accessor']}"

    def test_tokens_that_aren_t_wanted_are_said_not_to_be_looked_at(self, logins: Logins, kim: dict[str, Any]) -> None:
        (orphan,) = (each for each in accounts(logins).values() if each.is_reader)
        logins.forbid("auth/token/accessors")

        facts = list(logins.source(settings={"tokens": False}).collect())

        assert of(ScopeRead, facts)[-1].error == ""
        assert "tokens is off" in of(Gap, facts)[0].text
        found = accounts(logins, tokens=False)[f"kim at auth/{logins.userpass}"]
        assert covered(look(logins, found, tokens=False)) == {SubjectKind.ACCOUNT}
        scope = only(look(logins, orphan, tokens=False))
        assert "tokens is off" in scope.error

    def test_what_takes_more_requests_than_allowed_fails_and_says_so(self, logins: Logins, kim: dict[str, Any]) -> None:
        facts = list(logins.source(settings={"max_requests": 6}).collect())

        assert "Raise max_requests" in of(ScopeRead, facts)[-1].error


class TestAppRoles:
    def test_a_role_is_in_by_its_secret_ids(self, logins: Logins) -> None:
        role_id = logins.role("build", secret_id_ttl="24h")
        label = f"build at auth/{logins.approle}"
        assert accounts(logins)[label].standing is DEAD
        made = logins.secret_id("build")
        before = accounts(logins)[label]
        assert (before.standing, before.has_own_login, before.service_like) == (WORKS, False, True)
        facts = look(logins, before)
        assert covered(facts) == {SubjectKind.ACCOUNT, TOKEN}
        (secret,) = held(facts).values()
        assert secret.expires_at
        assert made["secret_id"] not in repr(facts)

        token = logins.log_in_by_role(role_id, made["secret_id"])

        after = accounts(logins)[label]
        assert after.native_id == token["entity_id"]
        assert set(held(look(logins, after))) == {token["accessor"], made["secret_id_accessor"]}
        (later,) = (
            each for each in of(Credential, logins.source(LATER).detail([ref(after)])) if "secret" in each.label
        )
        assert later.standing is DEAD

    def test_a_role_that_was_deleted_leaves_tokens_that_work(self, logins: Logins) -> None:
        role_id = logins.role("build")
        token = logins.log_in_by_role(role_id, logins.secret_id("build")["secret_id"])
        logins.server.ask("DELETE", f"auth/{logins.approle}/role/build")
        assert logins.works(token["client_token"])

        (found,) = (each for each in accounts(logins).values() if each.native_id == token["entity_id"])

        assert found.standing is DEAD
        assert [each.standing for each in of(Credential, look(logins, found))] == [WORKS]

    def test_a_role_that_asks_for_no_secret_id_is_a_login(self, logins: Logins) -> None:
        role_id = logins.role("open", bind_secret_id=False, token_bound_cidrs=["127.0.0.0/8"])
        assert logins.works(logins.log_in_by_role(role_id, "")["client_token"])

        found = accounts(logins)[f"open at auth/{logins.approle}"]

        assert (found.standing, found.has_own_login) == (WORKS, True)


class TestRights:
    @pytest.mark.parametrize(
        "path",
        [
            *("auth/token/lookup-self", "sys/auth", "identity/entity/id"),
            *("auth/token/accessors", "auth/token/lookup-accessor"),
        ],
    )
    def test_without_a_list_nothing_is_concluded(self, logins: Logins, kim: dict[str, Any], path: str) -> None:
        logins.forbid(path)
        error = ""
        try:
            facts = list(logins.source().collect())
            (error,) = (scope.error for scope in of(ScopeRead, facts))
        except FatalError as refused:
            error = str(refused)

        assert path in error
        assert "docs/permissions/vault.md" in error
        assert "kim" not in error

    def test_a_list_that_is_larger_than_it_may_be_fails_and_names_no_setting_that_it_has_not(
        self, logins: Logins, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "MOST_MEGABYTES", 0)

        (scope,) = of(ScopeRead, logins.source().collect())

        assert "auth/token/accessors: an answer of more than 0 MB. Look where" in scope.error
        assert "max_megabytes" not in scope.error

    def test_an_entity_that_can_t_be_read_is_not_checked(self, logins: Logins, kim: dict[str, Any]) -> None:
        found = accounts(logins)[f"kim at auth/{logins.userpass}"]
        logins.forbid("identity/entity/id/*")

        facts = list(logins.source().collect())
        scope = only(look(logins, found))

        assert kim["entity_id"] not in {each.native_id for each in of(Account, facts)}
        for error in (of(ScopeRead, facts)[-1].error, scope.error):
            assert "identity/entity/id/" in error
            assert "docs/permissions/vault.md" in error

    def test_whether_a_user_is_still_there_is_not_checked(self, logins: Logins, kim: dict[str, Any]) -> None:
        found = accounts(logins)[f"kim at auth/{logins.userpass}"]
        logins.forbid(f"auth/{logins.userpass}/users")

        facts = list(logins.source().collect())
        scope = only(look(logins, found))

        (told,) = (each for each in of(Account, facts) if each.native_id == found.native_id)
        assert told.standing is UNKNOWN
        for error in (of(ScopeRead, facts)[-1].error, scope.error):
            assert f"auth/{logins.userpass}/users" in error
            assert "docs/permissions/vault.md" in error

    @pytest.mark.parametrize("path", ["auth/userpass/users/*", "identity/group/id/*", "sys/policies/acl/*"])
    def test_what_policies_give_can_t_be_told(self, logins: Logins, kim: dict[str, Any], path: str) -> None:
        logins.server.ask("POST", "identity/group", {"name": "g", "member_entity_ids": [kim["entity_id"]]})
        label = f"kim at auth/{logins.userpass}"
        assert accounts(logins)[label].privileged is False

        logins.forbid(path.replace("auth/userpass/", f"auth/{logins.userpass}/"))

        found = accounts(logins)[label]
        assert (found.standing, found.privileged) == (WORKS, None)

    @pytest.mark.parametrize("path", ["auth/token/accessors", "auth/token/lookup-accessor"])
    def test_tokens_are_not_checked(self, logins: Logins, kim: dict[str, Any], path: str) -> None:
        found = accounts(logins)[f"kim at auth/{logins.userpass}"]
        logins.forbid(path)

        facts = look(logins, found)

        assert of(Account, facts) == [found]
        assert covered(facts) == {SubjectKind.ACCOUNT}
        (error,) = (scope.error for scope in of(ScopeRead, facts) if scope.error)
        assert path in error

    @pytest.mark.parametrize("below", ["", "/+", "/+/role-id", "/+/secret-id", "/+/secret-id-accessor/lookup"])
    def test_what_a_role_lets_in_is_not_checked(self, logins: Logins, below: str) -> None:
        role_id = logins.role("build")
        token = logins.log_in_by_role(role_id, logins.secret_id("build")["secret_id"])
        found = accounts(logins)[f"build at auth/{logins.approle}"]
        logins.forbid(f"auth/{logins.approle}/role{below}")

        facts = list(logins.source().collect())
        scope = only(look(logins, found))

        (told,) = (each for each in of(Account, facts) if each.native_id == token["entity_id"])
        assert told.standing is UNKNOWN
        assert logins.approle in of(ScopeRead, facts)[-1].error
        assert "docs/permissions/vault.md" in scope.error

    def test_the_documented_rights_change_nothing(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.role("build")
        paths = {
            f"auth/{logins.userpass}/users/kim": "update",
            f"identity/entity/id/{kim['entity_id']}": "update",
            f"auth/{logins.approle}/role/build/secret-id": "update",
            "auth/token/revoke-accessor": "update",
            "auth/token/create": "update",
            "sys/policies/acl/x": "update",
        }
        body = {"token": logins.token, "paths": list(paths)}
        may = logins.server.ask("POST", "sys/capabilities", body)

        assert not [path for path, capability in paths.items() if capability in may[path] or "root" in may[path]]


class TestTyped:
    """What a ticket says, by the server's own command line."""

    def _type(self, logins: Logins, steps: Sequence[str], tmp_path: Path, *, undo: bool = False) -> None:
        """Type the command of the first step that has one; with `undo`, of the last."""
        command = [step.partition("\n")[2] for step in steps if "\nvault " in step][-1 if undo else 0]
        program = tmp_path / "vault"
        if not program.exists():
            program.symlink_to(Path(sysconfig.get_path("scripts")) / "bao")
        env = {
            "HOME": str(tmp_path),
            "BAO_TOKEN": logins.server.root_token,
            "BAO_CACERT": str(logins.server.authority),
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
        }
        done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def _steps(
        self, account: Account, credential: Credential | None = None, remedy: Remedy = Remedy.DISABLE
    ) -> Sequence[str]:
        subject = Subject(
            kind=credential.kind if credential else account.kind,
            native_id=credential.native_id if credential else account.native_id,
            label=credential.label if credential else account.label,
            account_label=account.label,
        )
        action = AccountAction(remedy=remedy, kind="vault_auth", account=account, subject=subject)
        return [str(step) for step in REMEDIES[remedy](action)]

    def test_an_entity_is_disabled_and_enabled(self, logins: Logins, kim: dict[str, Any], tmp_path: Path) -> None:
        steps = self._steps(accounts(logins)[f"kim at auth/{logins.userpass}"])

        self._type(logins, steps, tmp_path)
        assert not logins.works(kim["client_token"])
        self._type(logins, steps, tmp_path, undo=True)
        assert logins.works(kim["client_token"])

    def test_a_token_is_revoked_and_a_secret_id_destroyed(self, logins: Logins, tmp_path: Path) -> None:
        role_id = logins.role("build")
        made = logins.secret_id("build")
        token = logins.log_in_by_role(role_id, made["secret_id"])
        account = accounts(logins)[f"build at auth/{logins.approle}"]
        for credential in held(look(logins, account)).values():
            self._type(logins, self._steps(account, credential), tmp_path)

        assert not logins.works(token["client_token"])
        assert held(look(logins, account)) == {}

    def test_a_disabled_entity_s_token_is_revoked_for_good(
        self, logins: Logins, kim: dict[str, Any], tmp_path: Path
    ) -> None:
        logins.change(kim["entity_id"], disabled=True)
        account = accounts(logins)[f"kim at auth/{logins.userpass}"]
        (token,) = held(look(logins, account)).values()

        self._type(logins, self._steps(account, token, Remedy.REMOVE), tmp_path)

        logins.change(kim["entity_id"], disabled=False)
        assert not logins.works(kim["client_token"])
        assert held(look(logins, account)) == {}

    def test_a_user_gets_a_password_that_nobody_knows(self, logins: Logins, tmp_path: Path) -> None:
        logins.user("kim")

        self._type(logins, self._steps(accounts(logins)[f"kim at auth/{logins.userpass}"]), tmp_path)

        with pytest.raises(httpx.HTTPStatusError):
            logins.log_in("kim")

    def test_a_role_s_id_alone_lets_nobody_in(self, logins: Logins, tmp_path: Path) -> None:
        role_id = logins.role("open", bind_secret_id=False, token_bound_cidrs=["127.0.0.0/8"])
        steps = self._steps(accounts(logins)[f"open at auth/{logins.approle}"])

        self._type(logins, steps, tmp_path)
        with pytest.raises(httpx.HTTPStatusError):
            logins.log_in_by_role(role_id, "")
        self._type(logins, steps, tmp_path, undo=True)
        assert logins.log_in_by_role(role_id, "")


class TestConnection:
    def test_the_form_s_test_says_which_policies_the_token_bears(self, logins: Logins) -> None:
        assert greet(logins.connection) == f"The token is taken, and bears {logins.policy}."
        with pytest.raises(FatalError, match="connection vault"):
            greet(replace(logins.connection, password="s.none"))
        with pytest.raises(ConfigError, match="host"):
            greet(replace(logins.connection, host=""))

    def test_a_first_configuration_says_whether_tokens_can_be_read(self, logins: Logins) -> None:
        class Nobody:
            def choose(self, key: str, question: str, *_: object, **__: object) -> str:
                raise AssertionError(key, question)

        assert vault_auth.propose("vault", logins.connection, Nobody()).warnings == ()
        logins.forbid("auth/token/accessors")
        (warning,) = vault_auth.propose("vault", logins.connection, Nobody()).warnings
        assert "auth/token/accessors" in warning

    def test_a_namespace_is_a_realm_of_its_own(self, logins: Logins, kim: dict[str, Any]) -> None:
        logins.server.ask("POST", "sys/namespaces/team", {})
        within = {"X-Vault-Namespace": "team"}
        ask = logins.server.administrator.post
        try:
            ask("/v1/sys/auth/userpass", json={"type": "userpass"}, headers=within).raise_for_status()
            ask("/v1/auth/userpass/users/lee", json={"password": PASSWORD}, headers=within).raise_for_status()
            ask("/v1/sys/policies/acl/all", json={"policy": ALL}, headers=within).raise_for_status()
            made = ask("/v1/auth/token/create", json={"policies": ["all"], "ttl": "1h"}, headers=within)
            token = made.json()["auth"]
            extra = {**logins.connection.extra, "namespace": "team"}

            facts = list(logins.source(password=token["client_token"], extra=extra).collect())
            outside = accounts(logins)
        finally:
            logins.server.ask("DELETE", "sys/namespaces/team")

        inside = of(Account, facts)
        assert "lee" in {each.login for each in inside}
        assert "ns_token" not in of(Gap, facts)[0].text
        assert {each.realm for each in inside} == {f"{outside[f'kim at auth/{logins.userpass}'].realm}/team"}
        assert "lee" not in {each.login for each in outside.values()}

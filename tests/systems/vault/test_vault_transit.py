"""Transit keys of a real OpenBao: versions, what they verify, who may take them along."""

import base64
import contextlib
import json
import os
import random
import ssl
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding

from demo.certificates import make_certificate
from offboarding.custody.thumbprints import material_of, thumbprint
from offboarding.model import Exportable, Fact, Gap, Key, KeyAccess, PrincipalKind, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.service import asking
from offboarding.sources.vault._api.policies import PathRule, rules_of, verdict
from offboarding.store.connect import Session
from tests.contract.key_contract import of
from tests.support import echo
from tests.support.keys_read import KeyReader, hours
from tests.support.relay import Answer, Do, Plan, relay
from tests.systems.vault.vault import AUDIT_POLICY, HOST, Engine, source

pytestmark = pytest.mark.slow


def keys(engine: Engine) -> dict[str, Key]:
    return {key.native_id.removeprefix(f"{engine.mount}/"): key for key in of(Key, engine.facts(access=False))}


def access(engine: Engine) -> set[tuple[str, str, bool, Standing]]:
    """Principal, action, whether it carries, standing."""
    told = of(KeyAccess, engine.facts())
    return {(each.principal, each.action, each.carries, each.standing) for each in told}


def test_a_version_of_an_asymmetric_key(engine: Engine) -> None:
    engine.make("login", type="rsa-2048")
    began = datetime.now(UTC)

    key = keys(engine)["login:1"]

    told = engine.server.ask("GET", f"{engine.mount}/keys/login")["keys"]["1"]["public_key"]
    public = serialization.load_pem_public_key(told.encode())
    assert key == Key(
        realm=key.realm,
        native_id=f"{engine.mount}/login:1",
        material=material_of(public),
        kind=SubjectKind.SIGNING_KEY,
        name=f"{engine.mount}/login",
        label=f"{engine.mount}/login version 1",
        version="1",
        algorithm="rsa-2048",
        created_at=key.created_at,
        carryable=Exportable.NO,
        carryable_reason="Made in Vault, not exportable, no plaintext backup: it can't leave.",
        verifies=True,
        standing=Standing.WORKS,
        standing_reason="accepted: min_decryption_version 1, latest_version 1",
    )
    assert key.created_at
    assert abs(key.created_at - began) < timedelta(minutes=1)


def test_the_realm_is_the_clusters_own_id(engine: Engine) -> None:
    engine.make("login", type="ed25519")

    health = engine.server.administrator.get("/v1/sys/health").json()
    assert {key.realm for key in keys(engine).values()} == {health["cluster_id"]}


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-3072"])
def test_every_kind_that_signs_has_a_thumbprint(engine: Engine, kind: str) -> None:
    engine.make("it", type=kind)

    key = keys(engine)["it:1"]

    assert key.material.startswith("jkt:")
    assert key.kind is SubjectKind.SIGNING_KEY


@pytest.mark.parametrize(
    ("settings", "kind", "dated"),
    [
        ({"type": "aes256-gcm96"}, SubjectKind.SHARED_SECRET, True),
        ({"type": "hmac", "key_size": 32}, SubjectKind.SIGNING_KEY, False),
        ({"type": "ed25519", "derived": True}, SubjectKind.SIGNING_KEY, True),
    ],
)
def test_what_shows_no_public_half_goes_by_its_name(
    engine: Engine, settings: dict[str, object], kind: SubjectKind, dated: bool
) -> None:
    engine.make("it", **settings)

    key = keys(engine)["it:1"]

    assert key.material == f"ref:{key.realm}/{engine.mount}/it:1"
    assert (key.kind, key.created_at is not None) == (kind, dated)


def test_rotating_alone_leaves_the_old_version_trusted(engine: Engine) -> None:
    engine.make("login", type="ed25519")
    old = keys(engine)["login:1"]
    signature = engine.server.ask("POST", f"{engine.mount}/sign/login", {"input": "aGk="})["signature"]
    engine.rotate("login")

    both = keys(engine)

    assert {name: key.standing for name, key in both.items()} == {
        "login:1": Standing.WORKS,
        "login:2": Standing.WORKS,
    }
    assert both["login:1"].material == old.material != both["login:2"].material
    assert verifies(engine, signature)


def test_raising_the_minimum_ends_the_old_version(engine: Engine) -> None:
    """And the server itself refuses it from then on."""
    engine.make("login", type="ed25519")
    signature = engine.server.ask("POST", f"{engine.mount}/sign/login", {"input": "aGk="})["signature"]
    engine.rotate("login")
    engine.configure("login", min_decryption_version=2)

    told = engine.facts(access=False)

    assert [key.version for key in of(Key, told) if key.standing is Standing.WORKS] == ["2"]
    assert [(scope.scope, scope.error) for scope in of(ScopeRead, told)] == [(f"{engine.mount}/", "")]
    assert not verifies(engine, signature)


def test_an_hmac_keys_minimum_counts_too(engine: Engine) -> None:
    engine.make("hook", type="hmac", key_size=32)
    engine.rotate("hook")
    assert list(keys(engine)) == ["hook:1", "hook:2"]

    engine.configure("hook", min_decryption_version=2)
    assert list(keys(engine)) == ["hook:2"]


def test_what_was_softly_deleted_is_refused(engine: Engine) -> None:
    engine.make("login", type="ed25519")
    engine.server.ask("DELETE", f"{engine.mount}/keys/login/soft-delete")

    assert keys(engine)["login:1"].standing is Standing.DEAD


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"exportable": True}, "Exportable: whoever may read its export path takes it along."),
        ({"allow_plaintext_backup": True}, "allow_plaintext_backup: its backup holds it in plain text."),
    ],
)
def test_what_can_be_carried_along(engine: Engine, settings: dict[str, object], reason: str) -> None:
    engine.make("login", type="ed25519", **settings)

    key = keys(engine)["login:1"]
    assert (key.carryable, key.carryable_reason) == (Exportable.YES, reason)


def test_an_imported_key_existed_elsewhere_and_is_the_same_key(engine: Engine) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    engine.server.ask(
        "POST", f"{engine.mount}/keys/brought/import", {"type": "rsa-2048", "ciphertext": wrapped(engine, own)}
    )

    key = keys(engine)["brought:1"]

    assert key.material == f"jkt:{thumbprint(own.public_key())}"
    assert (key.carryable, key.carryable_reason) == (
        Exportable.YES,
        "Imported: the material existed outside Vault.",
    )


def test_a_key_that_may_not_be_read_makes_the_read_partial(engine: Engine) -> None:
    engine.make("login", type="ed25519")
    engine.make("hidden", type="ed25519")
    deny = f'path "{engine.mount}/keys/hidden" {{ capabilities = ["deny"] }}'
    engine.allow(engine.policy, AUDIT_POLICY.replace('"transit/', f'"{engine.mount}/') + deny)

    told = engine.facts(access=False)

    assert [key.name for key in of(Key, told)] == [f"{engine.mount}/login"]
    (scope,) = of(ScopeRead, told)
    address = f"https://127.0.0.1:{engine.server.port}/v1/{engine.mount}/keys/hidden"
    assert scope.error.startswith(f"sources.vault: {address}: ")
    assert scope.error.endswith(": nothing is taken to be gone. Grant what docs/permissions/vault.md lists.")


def test_the_documented_policy_lets_the_reader_do_nothing_with_a_key(engine: Engine) -> None:
    paths = [
        f"{engine.mount}/{what}"
        for what in ("sign/k", "hmac/k", "decrypt/k", "backup/k", "export/signing-key/k", "restore/k", "encrypt/k")
    ]

    told = engine.server.ask("POST", "sys/capabilities", {"token": engine.connection.password, "paths": paths})
    written = engine.server.ask(
        "POST", "sys/capabilities", {"token": engine.connection.password, "paths": [f"{engine.mount}/keys/k/config"]}
    )

    assert {tuple(told[path]) for path in paths} == {("deny",)}
    assert written["capabilities"] == ["read"]


def test_a_role_id_and_a_secret_id_log_in_and_leave_nothing(engine: Engine) -> None:
    engine.make("login", type="ed25519")
    engine.server.ask("POST", "sys/auth/approle", {"type": "approle"})
    try:
        engine.server.ask("POST", "auth/approle/role/audit", {"token_policies": [engine.policy]})
        role = engine.server.ask("GET", "auth/approle/role/audit/role-id")["role_id"]
        secret = engine.server.ask("POST", "auth/approle/role/audit/secret-id")["secret_id"]
        before = accessors(engine)
        reader = engine.source(login=role, password=secret)
        left = accessors(engine)

        told = list(reader.collect())

        assert len(of(Key, told)) == 1
        assert accessors(engine) == left
        assert len(left) == len(before) + 1  # the administrator's, made for the connection and not used
        assert reader.requests.overhead == 2
        with pytest.raises(FatalError, match="Check role id and secret id of the connection"):
            list(engine.source(login=role, password="another").collect())
    finally:
        engine.server.ask("DELETE", "sys/auth/approle")


class TestWhoMayUseIt:
    def test_a_policy_of_an_entitys_own(self, engine: Engine) -> None:
        engine.make("login", type="ed25519", exportable=True)
        engine.allow("exporters", f'path "{engine.mount}/export/*" {{ capabilities = ["read"] }}')
        kim = entity(engine, "kim", policies=["exporters"])

        (told,) = of(KeyAccess, engine.facts())

        assert told == KeyAccess(
            realm=told.realm,
            key=f"{engine.mount}/login",
            principal_kind=PrincipalKind.ACCOUNT,
            principal_realm=told.realm,
            principal=kim,
            action="transit:export",
            carries=True,
            standing=Standing.WORKS,
            reason="policy exporters of entity kim",
        )

    def test_a_policy_by_a_group(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")
        engine.allow("signers", f'path "{engine.mount}/sign/login" {{ capabilities = ["update"] }}')
        kim = entity(engine, "kim")
        engine.server.ask(
            "POST", "identity/group", {"name": "signers", "policies": ["signers"], "member_entity_ids": [kim]}
        )

        assert access(engine) == {(kim, "transit:sign", False, Standing.WORKS)}

    def test_a_group_whose_members_another_system_knows(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")
        engine.allow("signers", f'path "{engine.mount}/+/login" {{ capabilities = ["update"] }}')
        group = engine.server.ask(
            "POST", "identity/group", {"name": "corp-signers", "type": "external", "policies": ["signers"]}
        )

        (told,) = of(KeyAccess, engine.facts())

        assert (told.principal_kind, told.principal, told.reason) == (
            PrincipalKind.GROUP,
            group["id"],
            "policy signers of external group corp-signers",
        )

    def test_whoever_may_configure_a_key_may_take_it_along(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")
        engine.allow("keepers", f'path "{engine.mount}/keys/*" {{ capabilities = ["create", "update"] }}')
        kim = entity(engine, "kim", policies=["keepers"])

        assert access(engine) == {(kim, "transit:config", True, Standing.WORKS)}

    def test_a_disabled_entity_has_none(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")
        engine.allow("signers", f'path "{engine.mount}/*" {{ capabilities = ["update"] }}')
        entity(engine, "kim", policies=["signers"], disabled=True)

        assert access(engine) == set()

    def test_it_has_not_ended_once_access_is_switched_off(self, engine: Engine, store: Session) -> None:
        engine.make("login", type="ed25519")
        engine.allow("signers", f'path "{engine.mount}/sign/login" {{ capabilities = ["update"] }}')
        kim = entity(engine, "kim", policies=["signers"])
        reader = KeyReader(store, name="vault", kind="vault_transit")
        reader.read(*engine.facts(), at=hours(0))

        standing = "select principal, valid_to from key_access"
        assert reader.read(*engine.facts(access=False), at=hours(24)).status == "complete"
        assert reader.ask(standing) == [(kim, None)]
        assert reader.ask("select confirmed_at, access_at from copy_read") == [(hours(24), hours(0))]

        engine.allow("signers", 'path "none" { capabilities = ["read"] }')
        reader.read(*engine.facts(), at=hours(48))
        assert reader.ask(standing) == [(kim, hours(48))]

    def test_what_depends_on_who_asks_is_unknown(self, engine: Engine) -> None:
        engine.make("kim", type="ed25519")
        engine.allow("own", f'path "{engine.mount}/sign/{{{{identity.entity.name}}}}" {{ capabilities = ["update"] }}')
        kim = entity(engine, "kim", policies=["own"])

        assert access(engine) == {(kim, "transit:sign", False, Standing.UNKNOWN)}

    def test_without_the_right_to_see_it_nothing_is_taken_to_be_gone(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")
        engine.allow(engine.policy, AUDIT_POLICY.replace('"transit/', f'"{engine.mount}/').replace("identity/", "x/"))

        told = engine.facts()

        assert len(of(Key, told)) == 1
        (scope,) = of(ScopeRead, told)
        assert "identity/group/id" in scope.error
        assert "(or set access: false)" in scope.error

    def test_what_is_left_out_is_said_in_green(self, engine: Engine) -> None:
        engine.make("login", type="ed25519")

        (gap,) = of(Gap, engine.facts())
        assert not gap.red
        assert "policies that come from an auth method's own roles" in gap.text


SEGMENTS = ("transit", "sign", "export", "a", "b", "ab")
CAPABILITIES = ("create", "read", "update", "delete", "list", "deny")


def test_the_server_itself_says_the_same_of_the_same_policies(engine: Engine) -> None:
    """Made-up policies, each with wildcards and denies, as `sys/capabilities` answers for a token that bears them."""
    dice = random.Random(20_261_124)  # noqa: S311 - the same cases each time
    rules = {f"made-{number}": made_up_policy(dice, f"made-{number}") for number in range(60)}
    for name, (text, _) in rules.items():
        engine.allow(name, text)

    wrong, allowed = [], 0
    for _ in range(80):
        names = dice.sample(sorted(rules), dice.randint(1, 4))
        paths = ["/".join(dice.choices(SEGMENTS, k=dice.randint(1, 4))) for _ in range(12)]
        told = engine.server.ask("POST", "sys/capabilities", {"token": orphan(engine, *names), "paths": paths})
        held = [rule for name in names for rule in rules[name][1]]
        for path in paths:
            for capability in ("read", "update"):
                ours = verdict(held, path, capability).standing is Standing.WORKS
                allowed += ours
                if ours != (capability in told[path]):
                    wrong.append((path, capability, [(rule.pattern, sorted(rule.capabilities)) for rule in held]))
    assert wrong == []
    assert 100 < allowed < 1000, "cases that hardly ever allow anything, or always, prove little"


class TestWhatIsWrongWithTheServer:
    def test_no_engine_there(self, engine: Engine) -> None:
        engine.allow(engine.policy, 'path "*" { capabilities = ["list", "read"] }')

        with pytest.raises(FatalError) as caught:
            engine.facts(mounts=["nowhere"])
        assert str(caught.value).endswith("/v1/nowhere/keys: nothing is mounted there. Mend mounts.")

    @pytest.mark.parametrize("path", ["identity/entity/id", "sys/policies/acl", "keys/login"])
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(404, '{"errors": ["no handler for route \\"identity/\\". route entry not found."]}'),
            Answer(405, '{"errors": ["1 error occurred:\\n\\t* unsupported operation\\n\\n"]}'),
            Answer(200, "<html>"),
            Answer(200, '{"data": {"keys": 7, "type": "rsa-2048"}}'),
        ],
        ids=["nothing mounted", "unsupported", "no JSON", "another's answer"],
    )
    def test_a_path_that_is_lacking_costs_itself(
        self, engine: Engine, tmp_path: Path, path: str, answer: Answer
    ) -> None:
        engine.make("login", type="rsa-2048")
        engine.make("other", type="rsa-2048")

        with at_relay(engine, tmp_path, lambda _, asked: answer if path in asked else Do.PASS) as fields:
            facts = list(engine.source(**fields).collect())

        (scope,) = of(ScopeRead, facts)
        assert path in scope.error
        shown = {key.name for key in of(Key, facts)}
        assert shown == {f"{engine.mount}/{name}" for name in ("login", "other") if f"keys/{name}" != path}

    def test_a_certificate_that_nobody_trusts(self, engine: Engine) -> None:
        with pytest.raises(FatalError, match=r"CERTIFICATE_VERIFY_FAILED.*Set ca_certs_file"):
            list(engine.source(extra={}).collect())

    @pytest.mark.parametrize(
        ("status", "body", "kind", "sentence"),
        [
            (200, {"sealed": True, "cluster_id": ""}, RetriableError, "is sealed. Unseal it."),
            (200, {"sealed": False}, FatalError, "tells no cluster_id: is that Vault's address?"),
            (200, {"status": "ok"}, FatalError, "not Vault's answer (sealed): is that its address?"),
            (200, "<html>", FatalError, "it answers with no JSON of Vault's"),
            (307, "", FatalError, "it redirects to https://127.0.0.1:9/v1/sys/health. Look where the connection leads"),
            (503, {"errors": ["Vault is sealed"]}, RetriableError, "503: it's sealed, busy or ill."),
            (429, {"errors": ["rate limited"]}, RetriableError, "Try again in a minute."),
        ],
    )
    def test_another_answer(
        self, engine: Engine, tmp_path: Path, status: int, body: object, kind: type[Exception], sentence: str
    ) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        answer = Answer(status, text, (("Location", "https://127.0.0.1:9/v1/sys/health"),) if status == 307 else ())

        with pytest.raises(kind) as caught:
            told_by(answer, engine, tmp_path)

        assert str(caught.value).startswith("sources.vault: https://127.0.0.1:")
        assert sentence in str(caught.value)

    def test_a_secret_is_hidden_whole_before_words_are_cut(self, engine: Engine, tmp_path: Path) -> None:
        secret = "hvs.CAESIJ-which-no-vault-gave-anybody"
        said = Answer(400, json.dumps({"errors": ["x" * 180 + f" {secret}"]}))

        with at_relay(engine, tmp_path, lambda _, asked: Do.PASS if "sys/health" in asked else said) as fields:
            source = engine.source(password=secret, **fields)
            with pytest.raises(FatalError, match="xxx") as caught:
                list(source.collect())

        assert secret[:4] not in str(caught.value)

    def test_an_answer_without_end(self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(asking, "MOST_BYTES", 99_999)

        with pytest.raises(FatalError, match="an answer of more than"):
            told_by(Answer(200, "x" * 100_000), engine, tmp_path)

    @pytest.mark.parametrize("begin", [b"X-Long: ", b"Content-Length: 9999\r\n\r\n"], ids=["headers", "body"])
    def test_an_answer_that_comes_little_by_little(self, engine: Engine, tmp_path: Path, begin: bytes) -> None:
        """Its headers, or its body."""
        tls = make_certificate(tmp_path / "tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)

        def trickle(connection: Any) -> None:
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as served:
                served.recv(65_536)
                served.sendall(b"HTTP/1.1 200 OK\r\n" + begin)
                for _ in range(40):
                    served.sendall(b"x")
                    time.sleep(0.05)

        with echo.listening(trickle) as port:
            fields = replace(engine.connection, port=port, extra={"ca_certs_file": str(tls.authority)})
            with pytest.raises(RetriableError, match=r"no whole answer within 0\.2 seconds"):
                list(source(fields, mounts=[engine.mount], timeout_seconds=0.2).collect())

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"host": ""}, "host must be a name or an address alone"),
            ({"host": "http://vault"}, "host must be a name or an address alone"),
            ({"password": ""}, "it needs a token as password"),
            ({"extra": {"verify": False}}, "extra.verify: Extra inputs are not permitted. It may hold ca_certs_file"),
            ({"extra": {"ca_certs_file": "/no/such"}}, "extra.ca_certs_file: there is no file /no/such"),
        ],
    )
    def test_a_connection_that_cannot_be_right(self, engine: Engine, fields: dict[str, object], sentence: str) -> None:
        with pytest.raises(ConfigError) as caught:
            engine.source(**fields)
        assert str(caught.value).startswith("sources.vault: connection vault: ")
        assert sentence in str(caught.value)


def told_by(answer: Answer, engine: Engine, folder: Path) -> list[Fact]:
    """What the source tells where each request is answered so."""
    tls = make_certificate(folder / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with relay("http://127.0.0.1:9", lambda _method, _path: answer, context) as port:
        extra = {"ca_certs_file": str(tls.authority)}
        return list(source(replace(engine.connection, port=port, extra=extra)).collect())


@contextmanager
def at_relay(engine: Engine, folder: Path, plan: Plan) -> Generator[dict[str, Any]]:
    """What of the connection leads to a relay that does so."""
    tls = make_certificate(folder / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    trusted = ssl.create_default_context(cafile=str(engine.server.authority))
    with relay(f"https://{HOST}:{engine.server.port}", plan, context, trusted=trusted) as port:
        yield {"port": port, "extra": {"ca_certs_file": str(tls.authority)}}


def verifies(engine: Engine, signature: str) -> bool:
    answer = engine.server.administrator.post(
        f"/v1/{engine.mount}/verify/login", json={"input": "aGk=", "signature": signature}
    )
    return answer.status_code == 200 and answer.json()["data"]["valid"]


def wrapped(engine: Engine, key: rsa.RSAPrivateKey) -> str:
    """The key as transit imports it: under an AES key, which is under the engine's wrapping key."""
    pem = engine.server.ask("GET", f"{engine.mount}/wrapping_key")["public_key"]
    public = serialization.load_pem_public_key(pem.encode())
    assert isinstance(public, rsa.RSAPublicKey)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    ephemeral = os.urandom(32)
    sealed = public.encrypt(ephemeral, padding.OAEP(padding.MGF1(SHA256()), SHA256(), None))
    return base64.b64encode(sealed + aes_key_wrap_with_padding(ephemeral, der)).decode()


def entity(engine: Engine, name: str, **settings: object) -> str:
    return engine.server.ask("POST", "identity/entity", {"name": name, **settings})["id"]


def accessors(engine: Engine) -> set[str]:
    answer = engine.server.administrator.get("/v1/auth/token/accessors", params={"list": "true"})
    return set(answer.json()["data"]["keys"])


def orphan(engine: Engine, *policies: str) -> str:
    """A token with these policies and no others."""
    body = {"policies": policies, "no_default_policy": True, "ttl": "10m"}
    return engine.server.administrator.post("/v1/auth/token/create", json=body).json()["auth"]["client_token"]


def made_up_policy(dice: random.Random, name: str) -> tuple[str, tuple[PathRule, ...]]:
    """A policy as HCL, and as we read it."""
    stanzas = []
    for _ in range(dice.randint(1, 4)):
        segments = [dice.choice(("+", *SEGMENTS)) for _ in range(dice.randint(1, 4))]
        ending = dice.choice(("", "", "*", "/*"))
        pattern = "/".join(segments)
        pattern += "" if pattern.endswith("+") and ending == "*" else ending
        told = ", ".join(f'"{capability}"' for capability in dice.sample(CAPABILITIES, dice.randint(1, 3)))
        stanzas.append(f'path "{pattern}" {{\n  # what it allows\n  capabilities = [{told}]\n}}')
    text = "\n".join(stanzas)
    return text, rules_of(name, text)


def test_a_namespace_s_engine_is_read_under_a_realm_of_its_own(engine: Engine) -> None:
    engine.server.ask("POST", "sys/namespaces/team", {})
    within = {"X-Vault-Namespace": "team"}
    ask = engine.server.administrator.post
    try:
        ask("/v1/sys/mounts/transit", json={"type": "transit"}, headers=within).raise_for_status()
        ask("/v1/transit/keys/theirs", json={}, headers=within).raise_for_status()
        ask("/v1/sys/policies/acl/audit", json={"policy": AUDIT_POLICY}, headers=within).raise_for_status()
        body = {"policies": ["audit"], "ttl": "1h"}
        token = ask("/v1/auth/token/create", json=body, headers=within).json()["auth"]["client_token"]
        connection = engine.connection
        extra = {**connection.extra, "namespace": "team"}

        facts = list(source(replace(connection, password=token, extra=extra), mounts=["transit"]).collect())
    finally:
        engine.server.ask("DELETE", "sys/namespaces/team")

    (key,) = (fact for fact in facts if isinstance(fact, Key))
    (outside,) = {fact.realm for fact in engine.facts() if isinstance(fact, ScopeRead)}
    assert key.realm == f"{outside}/team"

"""A JWKS behind a real login service over TLS: what is told of it, and of everything that can be wrong with it."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from demo.login_service import JWKS, Answer, LoginService, public_jwk
from offboarding.custody.thumbprints import material_of, thumbprint
from offboarding.interfaces import ConnectionFields
from offboarding.model import Exportable, Gap, Key, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import ConfigError
from tests.contract.key_contract import of
from tests.systems.jwks.login import (
    FIRST,
    JSON,
    PRIVATE,
    SECOND,
    SECRET_D,
    SECRET_K,
    cluster_connection,
    facts,
    verifier,
)

pytestmark = pytest.mark.slow


def gaps(told) -> list[str]:
    return [gap.text.partition(": https://")[2].partition(": ")[2] for gap in of(Gap, told)]


def scope(told) -> ScopeRead:
    (found,) = of(ScopeRead, told)
    return found


def test_an_issuers_keys(service: LoginService) -> None:
    first, second, read = facts(service)

    assert first == Key(
        realm=service.issuer,
        native_id="2026-01",
        material=material_of(FIRST),
        kind=SubjectKind.SIGNING_KEY,
        name=service.issuer,
        label=f"kid 2026-01 of {service.issuer}",
        algorithm="RS256",
        carryable=Exportable.UNKNOWN,
        carryable_reason="A JWKS shows the public half only: where the private one lies isn't known from here.",
        verifies=True,
        standing=Standing.WORKS,
        standing_reason=f"published at {service.jwks_uri} under kid 2026-01",
        cache=timedelta(hours=24),
    )
    assert isinstance(second, Key)
    assert second.material == material_of(SECOND)
    assert read == ScopeRead(realm=service.issuer, scope="", kinds=(SubjectKind.SIGNING_KEY,))


def test_every_kind_of_key(service: LoginService) -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    edwards = ed25519.Ed25519PrivateKey.generate().public_key()
    service.publish(public_jwk(FIRST, "rsa"), ec_jwk(curve, "ec"), okp_jwk(edwards, "ed"))

    told = {key.native_id: (key.material, key.algorithm) for key in of(Key, facts(service))}

    assert told == {
        "rsa": (material_of(FIRST), "RS256"),
        "ec": (material_of(curve), "P-256"),
        "ed": (material_of(edwards), "Ed25519"),
    }


def test_the_longer_of_our_own_and_its_cache_counts(service: LoginService) -> None:
    service.answers[JWKS] = Answer(
        body=json.dumps({"keys": [public_jwk(FIRST, "a")]}).encode(),
        headers={**JSON, "Cache-Control": "public, max-age=172800, must-revalidate"},
    )

    (longer,) = of(Key, facts(service))
    (ours,) = of(Key, facts(service, issuers=[service.issuer], cache_hours=100))

    assert (longer.cache, ours.cache) == (timedelta(days=2), timedelta(hours=100))


def test_a_page_that_may_be_kept_for_ever_is_waited_for_a_year(service: LoginService) -> None:
    service.answers[JWKS] = Answer(
        body=json.dumps({"keys": [public_jwk(FIRST, "a")]}).encode(),
        headers={**JSON, "Cache-Control": "max-age=99999999999"},
    )

    (key,) = of(Key, facts(service))
    assert key.cache == timedelta(days=365)


def test_a_key_without_a_kid_is_named_by_its_thumbprint(service: LoginService) -> None:
    nameless = public_jwk(FIRST, "")
    del nameless["kid"]
    service.publish(nameless)

    (key,) = of(Key, facts(service))
    assert key.native_id == thumbprint(FIRST)


def test_the_same_key_under_two_kids_is_two_copies_of_one_material(service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "old"), public_jwk(FIRST, "new"))

    told = of(Key, facts(service))
    assert [(key.native_id, key.material) for key in told] == [
        ("old", material_of(FIRST)),
        ("new", material_of(FIRST)),
    ]


def test_one_kid_for_two_keys_keeps_both_and_says_so(service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "same"), public_jwk(SECOND, "same"), public_jwk(FIRST, "same"))

    told = facts(service)

    assert [key.material for key in of(Key, told)] == [material_of(FIRST), material_of(SECOND)]
    assert gaps(told) == ["kid same: stands for several keys at once, and each counts (RFC 7517, section 4.5)."]
    assert not scope(told).error


def test_keys_for_encryption_are_told_and_not_looked_at(service: LoginService) -> None:
    agreement = x25519.X25519PrivateKey.generate().public_key()
    service.publish(
        public_jwk(FIRST, "sig"),
        public_jwk(SECOND, "enc", use="enc", alg="RSA-OAEP"),
        public_jwk(SECOND, "ops", use=None, key_ops=["wrapKey"]),
        public_jwk(SECOND, "alg", use=None, alg="RSA-OAEP-256"),
        okp_jwk(agreement, "dh"),
    )

    told = facts(service)

    assert [key.native_id for key in of(Key, told)] == ["sig"]
    assert gaps(told) == [
        "kid enc; kid ops; kid alg; kid dh: for encryption, which verifies no signature: not looked at."
    ]
    assert not [gap for gap in of(Gap, told) if gap.red]


def test_a_published_private_half_is_said_loudly_and_kept_nowhere(service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "2026-01", d=SECRET_D), public_jwk(SECOND, "2026-02"))

    with capture_logs() as logs:
        told = facts(service)

    leaked, fine = of(Key, told)
    assert (leaked.material, leaked.carryable, leaked.standing) == (
        material_of(FIRST),
        Exportable.YES,
        Standing.WORKS,
    )
    assert leaked.carryable_reason == "Its private half stands in the published JWKS: anybody may have it."
    assert fine.carryable is Exportable.UNKNOWN
    assert [gap.red for gap in of(Gap, told)] == [True]
    (text,) = gaps(told)
    assert text == (
        "THE PRIVATE half of the key under kid 2026-01 IS PUBLISHED (members d): anybody may sign with it. Take it"
        " down, replace the key at once, and look for what was signed meanwhile. Nothing of it is kept here."
    )
    assert SECRET_D not in repr(told) + repr(logs)
    assert not scope(told).error


def test_the_private_half_of_a_key_for_encryption_is_loud_too(service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "enc", use="enc", d=SECRET_D))

    assert gaps(facts(service))[0].startswith("THE PRIVATE half of the key under kid enc IS PUBLISHED")


def test_a_published_shared_key_is_said_loudly_and_nothing_is_made_of_it(service: LoginService) -> None:
    service.publish({"kty": "oct", "kid": "hmac", "alg": "HS256", "k": SECRET_K}, {"kty": "oct", "k": SECRET_K})

    told = facts(service)

    assert [(key.native_id, key.material) for key in of(Key, told)] == [
        ("hmac", f"ref:{service.issuer}/hmac"),
        ("oct-1", f"ref:{service.issuer}/oct-1"),
    ]
    assert {key.carryable for key in of(Key, told)} == {Exportable.YES}
    loud = [gap.text for gap in of(Gap, told) if gap.red]
    assert "THE symmetric key under kid hmac IS PUBLISHED (members k)" in loud[0]
    assert "THE symmetric key under entry 2 (no kid) IS PUBLISHED (members k)" in loud[1]
    assert SECRET_K not in repr(told)


def test_a_kind_that_nobody_knows_goes_by_its_kid(service: LoginService) -> None:
    service.publish({"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AA"}, public_jwk(FIRST, "rsa"))

    told = facts(service)

    assert [key.material for key in of(Key, told)] == [f"ref:{service.issuer}/pq", material_of(FIRST)]
    assert gaps(told) == [
        "kid pq (its kty 'AKP' is unknown): known by its kid alone, so the same key under another kid isn't recognised."
    ]
    assert not scope(told).error


def test_what_can_be_told_from_nothing_else_makes_the_read_partial(service: LoginService) -> None:
    service.publish({"kty": "AKP", "pub": "AA"}, public_jwk(FIRST, "rsa"), {"kty": "EC", "crv": "P-9"})
    page = json.loads(service.answers[JWKS].body)
    service.answers[JWKS] = Answer(body=json.dumps({"keys": [*page["keys"], 7]}).encode())

    told = facts(service)

    assert [key.native_id for key in of(Key, told)] == ["rsa"]
    assert scope(told).error == (
        f"verifiers.login: {service.jwks_uri}: entry 1 has no kid, and its kty 'AKP' is unknown; entry 3 has no kid,"
        " and its crv 'P-9' is unknown; entry 4 is no object: no key there is taken to be gone. Ask whoever runs it to"
        " give each key a kid, or to take these away."
    )


@pytest.mark.parametrize("kid", [17, "a\0b", "line\nbreak", "x" * 300, {"a": 1}])
def test_a_kid_that_cannot_be_kept_gives_way_to_the_thumbprint(service: LoginService, kid: object) -> None:
    service.publish(public_jwk(FIRST, "") | {"kid": kid})

    told = facts(service)

    assert [key.native_id for key in of(Key, told)] == [thumbprint(FIRST)]
    assert gaps(told) == ["1 with a kid that can't be kept: named by the thumbprint instead."]


def test_no_key_at_all_is_said_and_is_a_whole_answer(service: LoginService) -> None:
    service.publish()

    told = facts(service)

    assert gaps(told) == [
        "it publishes no key at all: nothing can be verified with it, unless by a shared key that no JWKS shows."
    ]
    assert not scope(told).error


def test_shared_keys_stand_in_no_jwks(service: LoginService) -> None:
    service.describe(id_token_signing_alg_values_supported=["RS256", "HS256"])

    assert gaps(facts(service)) == [
        "it says that it also signs with HS256, whose shared keys stand in no JWKS: enter them in the custody register."
    ]


def test_a_certificates_end_is_told_and_ends_nothing(service: LoginService) -> None:
    ended = datetime(2021, 4, 1, tzinfo=UTC)
    other = certificate(rsa.generate_private_key(public_exponent=65537, key_size=2048), ended)
    service.publish(
        public_jwk(FIRST, "ended", x5c=[certificate(PRIVATE, ended)]),
        public_jwk(SECOND, "another", x5c=[other]),
        public_jwk(SECOND, "broken", x5c=["!"]),
    )

    told = facts(service)

    assert [(key.expires_at, key.standing) for key in of(Key, told)] == [
        (ended, Standing.WORKS),
        (None, Standing.WORKS),
        (None, Standing.WORKS),
    ]
    assert gaps(told) == [
        "kid another; kid broken: its x5c holds no certificate of this key, so when that ends isn't known."
    ]


def test_an_address_of_its_own_is_its_realm(service: LoginService) -> None:
    told = facts(service, urls=[service.jwks_uri])

    assert {fact.realm for fact in told} == {service.jwks_uri}
    assert [path for path, _ in service.asked] == [JWKS]


def test_each_place_is_a_part(service: LoginService, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public_jwk(FIRST, "file")]}))
    places: dict[str, Any] = {
        "issuers": [service.issuer],
        "urls": [service.jwks_uri],
        "files": {"token-service": str(tmp_path / "jwks.json")},
    }

    realms = [
        {fact.realm for fact in verifier(service, part=part, **places).collect()}
        for part in (service.issuer, service.jwks_uri, "token-service")
    ]

    assert realms == [{service.issuer}, {service.jwks_uri}, {"token-service"}]


@pytest.mark.parametrize(
    ("issuer", "realm"),
    [
        ("https://kubernetes.default.svc.cluster.local", "seoul-1"),
        ("https://kubernetes.default.svc", "seoul-1"),
        (None, "seoul-1"),
        (
            "https://oidc.eks.ap-northeast-2.amazonaws.com/id/D3A1",
            "https://oidc.eks.ap-northeast-2.amazonaws.com/id/D3A1",
        ),
    ],
)
def test_a_clusters_realm_is_its_own_and_never_every_clusters(
    service: LoginService, tmp_path: Path, issuer: str | None, realm: str
) -> None:
    service.describe(issuer=issuer, jwks_uri="https://10.0.0.1:6443/openid/v1/jwks")
    service.answers["/openid/v1/jwks"] = service.answers.pop(JWKS)
    (tmp_path / "token").write_text("from.a.file\n")
    fields = cluster_connection(service, "")
    extra = {**fields.extra, "token_file": str(tmp_path / "token")}
    fields = ConnectionFields(conn_id="prod_cluster", host=fields.host, port=fields.port, extra=extra)

    told = facts(service, fields, kubernetes="seoul-1", connection="prod_cluster", internal=False)

    assert {fact.realm for fact in told} == {realm}
    assert {headers["Authorization"] for _, headers in service.asked} == {"Bearer from.a.file"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"host": "http://k8s", "password": "t"}, "host: it must be a name or an address alone, asked over https."),
        ({"host": "k8s corp", "password": "t"}, "host: an address is at most 2,048 characters of ASCII without spaces"),
        ({"host": "k8s.corp.example"}, "it needs a service account's token as password, or extra.token_file."),
        (
            {"host": "k8s", "password": "t", "extra": {"token_file": "/no/such"}},
            "extra.token_file: /no/such can't be read.",
        ),
        (
            {"host": "k8s", "extra": {"tokenfile": "x"}},
            "extra.tokenfile: Extra inputs are not permitted. It may hold token_file and ca_certs_file.",
        ),
    ],
)
def test_a_connection_that_cannot_be_right(fields: Mapping[str, Any], sentence: str) -> None:
    connection = ConnectionFields(conn_id="prod_cluster", **fields)
    with pytest.raises(ConfigError) as caught:
        verifier(None, connection, kubernetes="seoul-1", connection="prod_cluster")
    assert str(caught.value).startswith(f"verifiers.login: connection prod_cluster: {sentence}")


def ec_jwk(key: ec.EllipticCurvePublicKey, kid: str) -> dict[str, object]:
    numbers = key.public_numbers()
    x, y = (base64.urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=") for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid}


def okp_jwk(key: ed25519.Ed25519PublicKey | x25519.X25519PublicKey, kid: str) -> dict[str, object]:
    raw = base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode().rstrip("=")
    curve = "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "X25519"
    return {"kty": "OKP", "crv": curve, "x": raw, "kid": kid}


def certificate(key: rsa.RSAPrivateKey, ends: datetime) -> str:
    """As x5c writes it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "token signing")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ends - timedelta(days=365)).not_valid_after(ends)
    return base64.b64encode(builder.sign(key, SHA256()).public_bytes(Encoding.DER)).decode()

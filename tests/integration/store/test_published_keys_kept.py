"""A login service's keys in the store, night by night: what its JWKS shows, over TLS, and what is made of it."""

from collections.abc import Mapping

import pytest

from demo.login_service import JWKS, Answer, LoginService, public_jwk
from offboarding.custody.thumbprints import material_of
from offboarding.model.errors import RetriableError
from offboarding.store.connect import Session
from tests.support.keys_read import KeyReader, hours
from tests.systems.jwks.login import FIRST, SECOND, running_login, service, verifier
from tests.systems.vault.vault import Engine, engine, vault

__all__ = ["engine", "running_login", "service", "vault"]  # fixtures

TRUSTED = (
    "select c.native_id, k.material, c.untrusted_since is null from key_copy c join signing_key k using (key_pk)"
    " order by c.copy_pk"
)


@pytest.fixture
def nights(store: Session) -> KeyReader:
    return KeyReader(store)


def read(nights: KeyReader, service: LoginService, at: float) -> None:
    nights.read(*verifier(service, issuers=[service.issuer]).collect(), at=hours(at))


def trusted(nights: KeyReader) -> Mapping[tuple[str, str], bool]:
    """Kid and material -> whether it's still trusted there, as far as is known."""
    return {(kid, material): still for kid, material, still in nights.ask(TRUSTED)}


A, B = material_of(FIRST), material_of(SECOND)


def test_the_same_key_under_a_new_kid_is_the_same_key(nights: KeyReader, service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "2026-01"))
    read(nights, service, 0)
    service.publish(public_jwk(FIRST, "2026-02"))
    read(nights, service, 24)

    assert nights.ask("select count(*) from signing_key") == [(1,)]
    assert trusted(nights) == {("2026-01", A): False, ("2026-02", A): True}


def test_a_kid_that_is_used_again_is_another_key(nights: KeyReader, service: LoginService) -> None:
    service.publish(public_jwk(FIRST, "signing"))
    read(nights, service, 0)
    service.publish(public_jwk(SECOND, "signing"))
    read(nights, service, 24)

    assert trusted(nights) == {("signing", A): False, ("signing", B): True}


def test_a_key_that_was_taken_down_is_trusted_no_more_since_that_night(
    nights: KeyReader, service: LoginService
) -> None:
    service.publish(public_jwk(FIRST, "old"), public_jwk(SECOND, "new"))
    read(nights, service, 0)
    service.publish(public_jwk(SECOND, "new"))
    read(nights, service, 24)
    read(nights, service, 48)

    assert trusted(nights) == {("old", A): False, ("new", B): True}
    assert nights.ask("select untrusted_since from key_copy where native_id = 'old'") == [(hours(24),)]


def test_a_service_that_is_down_has_taken_nothing_down(nights: KeyReader, service: LoginService) -> None:
    read(nights, service, 0)
    before = trusted(nights)
    service.answers[JWKS] = Answer(status=503)

    for at in (24, 48):
        with pytest.raises(RetriableError):
            read(nights, service, at)

    assert trusted(nights) == before
    assert set(before.values()) == {True}


def test_an_entry_that_cannot_be_told_lets_no_key_look_gone(nights: KeyReader, service: LoginService) -> None:
    read(nights, service, 0)
    service.publish({"kty": "AKP", "pub": "AA"}, public_jwk(SECOND, "2026-02"))
    read(nights, service, 24)

    assert trusted(nights)["2026-01", A]


def test_the_login_services_key_is_seen_to_be_vaults(
    nights: KeyReader, store: Session, service: LoginService, engine: Engine
) -> None:
    """A key that Vault signs with, and whose public half the JWKS shows: one key, two copies."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    engine.make("tokens", type="rsa-2048", exportable=True)
    told = engine.server.ask("GET", f"{engine.mount}/keys/tokens")["keys"]["1"]["public_key"]
    public = load_pem_public_key(told.encode())
    assert isinstance(public, RSAPublicKey)
    service.publish(public_jwk(public, "from-vault"))

    read(nights, service, 0)
    KeyReader(store, name="vault", kind="vault_transit").read(*engine.source().collect(), at=hours(0))

    copies = nights.ask(
        "select c.source_kind, c.carryable from key_copy c join signing_key k using (key_pk) order by c.copy_pk"
    )
    assert copies == [("jwks", "unknown"), ("vault_transit", "yes")]
    assert nights.ask("select count(*) from signing_key") == [(1,)]


def test_a_rotation_in_vault_leaves_the_old_version_trusted_until_the_minimum_is_raised(
    store: Session, engine: Engine
) -> None:
    nights = KeyReader(store, name="vault", kind="vault_transit")
    engine.make("tokens", type="ed25519")
    nights.read(*engine.source().collect(), at=hours(0))
    engine.rotate("tokens")
    nights.read(*engine.source().collect(), at=hours(24))
    assert list(trusted(nights).values()) == [True, True]

    engine.configure("tokens", min_decryption_version=2)
    nights.read(*engine.source().collect(), at=hours(48))

    assert [(kid.partition("/")[2], still) for (kid, _), still in trusted(nights).items()] == [
        ("tokens:1", False),
        ("tokens:2", True),
    ]

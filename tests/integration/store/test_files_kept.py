"""Collected files through their reads into the store: what stays, what is gone, and what is the same key elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest

from demo.ssh_authority import TRUSTED_CA, HostFiles, SshAuthority, SshIdentity, collect
from offboarding.store.connect import Session
from tests.support import pki
from tests.support.collected import put
from tests.support.keys_read import KeyReader, hours, signing_key, whole
from tests.systems.ssh import files as ssh_files
from tests.systems.x509.collection import verifier

OLD, NEW = SshAuthority(seed="login CA 2024"), SshAuthority(seed="login CA 2026")
LAPTOP = SshIdentity(seed="alice's laptop")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return tmp_path / "web"


def trusting(web: Path, *authorities: SshAuthority) -> None:
    certificate = OLD.certificate(
        LAPTOP,
        key_id="alice",
        principals=["alice"],
        serial=1,
        starts_at=ssh_files.AS_OF,
        ends_at=ssh_files.AS_OF + timedelta(days=1),
    )
    host = HostFiles(
        trusted_ca=[authority.line for authority in authorities],
        authorized_keys={"alice": [LAPTOP.line]},
        certificates={"alice": certificate},
    )
    collect(web, {"web1": host}, at=ssh_files.AS_OF)


def read(shells: KeyReader, web: Path, *, at: float) -> str:
    facts = ssh_files.verifier(web, expected=[], manifest="SHA256SUMS").collect()
    return shells.read(*facts, at=hours(at)).status


def test_an_authority_that_no_machine_trusts_any_more_is_gone(store: Session, web: Path) -> None:
    shells = KeyReader(store, "shells", "ssh", "web")
    trusting(web, OLD, NEW)
    assert read(shells, web, at=0) == "complete"
    trusting(web, NEW)
    assert read(shells, web, at=24) == "complete"

    gone = shells.ask("select native_id, untrusted_since from key_copy where gone_at is not null")

    assert gone == [(f"ca:{OLD.fingerprint}", hours(24))]


def test_a_file_that_did_not_come_makes_nothing_look_gone(store: Session, web: Path) -> None:
    shells = KeyReader(store, "shells", "ssh", "web")
    trusting(web, OLD)
    read(shells, web, at=0)
    (web / "web1" / TRUSTED_CA).unlink()

    assert read(shells, web, at=24) == "partial"

    assert shells.ask("select native_id from key_copy where gone_at is not null or untrusted_since is not null") == []


def test_a_key_and_its_certificate_are_copies_of_one(store: Session, web: Path) -> None:
    shells = KeyReader(store, "shells", "ssh", "web")
    trusting(web, OLD)
    read(shells, web, at=0)

    copies = shells.ask(
        "select k.material, array_agg(split_part(native_id, ':', 1) order by native_id)"
        " from key_copy join signing_key k using (key_pk) group by 1 order by 2"
    )

    assert [kinds for _, kinds in copies] == [["ca"], ["cert", "key"]]


def test_a_certificate_is_a_copy_of_what_a_jwks_shows(store: Session, tmp_path: Path) -> None:
    authority = pki.Authority()
    put(tmp_path / "idp", "leaf.pem", authority.issue().pem)
    (told,) = [fact for fact in verifier(tmp_path / "idp").collect() if hasattr(fact, "material")]
    published = signing_key("kid-1", material=told.material)  # pyrefly: ignore[missing-attribute]
    KeyReader(store).read(published, whole(published.realm), at=hours(0))

    certs = KeyReader(store, "certs", "x509", "idp")
    certs.read(*verifier(tmp_path / "idp").collect(), at=hours(1))

    assert certs.ask("select source_kind from key_copy order by source_kind") == [("jwks",), ("x509",)]
    assert certs.ask("select count(*) from signing_key") == [(1,)]

"""Collected files as they come when something went wrong: each with its sentence, and no key taken for gone."""

import base64
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from demo.ssh_authority import SshAuthority, SshIdentity
from offboarding.model import Gap, Standing
from offboarding.model.errors import FatalError
from offboarding.net.sshkeys.wire import string
from offboarding.verifiers import ssh
from tests.support.collected import put, put_bytes, seal
from tests.systems.ssh.files import AS_OF, read, verifier

pytestmark = pytest.mark.slow

CA = SshAuthority(seed="ca").line
LAPTOP = SshIdentity(seed="laptop", comment="alice").line
OTHER = SshIdentity(seed="other", comment="bob").line
TRUSTED = "web1/etc/ssh/trusted_user_ca_keys"
LOGIN = "web1/home/deploy/.ssh/authorized_keys"
PEM = "-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAA", "-----END OPENSSH PRIVATE KEY-----"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    put(folder, TRUSTED, CA)
    put(folder, LOGIN, LAPTOP)
    return folder


def certificate_with(principals: bytes) -> str:
    """Of a type that nobody knows, so that nobody else looks at its fields."""
    kind = "ssh-new-cert-v01@openssh.com"
    key, long, nothing = (string(b"x"), string(b"x")), bytes(8), string(b"")
    fields = (string(kind.encode()), nothing, *key, long, bytes(4), nothing, string(principals), long, long)
    return f"{kind} {base64.b64encode(b''.join((*fields, nothing, nothing, nothing, string(b'ca')))).decode()}"


BAD_LINES = [
    (
        certificate_with(b"\0\0\0\x09cut"),
        "line 1 is no key: its contents are no ssh-new-cert-v01@openssh.com, or cut off",
    ),
    (f"{LAPTOP}\n{LAPTOP[:52]}", "line 2 is no key: its contents are no ssh-ed25519 key, or cut off"),
    ("ssh-ed25519", "line 1 ends after ssh-ed25519"),
    ("ssh-ed25519 AAAA$$$$", "line 1 is no key: its base64 is broken or cut off"),
    (LAPTOP.replace("ssh-ed25519", "ssh-rsa", 1), "line 1 is no key: it says ssh-rsa, and its contents say otherwise"),
    ("<!DOCTYPE html>", "line 1 holds no SSH key. Take the line out, or collect the file anew"),
    ('command="never closed ssh-ed25519 AAAA', "line 1 holds no SSH key"),
    (
        SshAuthority(seed="ca").certificate(
            SshIdentity(seed="laptop"), key_id="a", principals=(), serial=1, starts_at=AS_OF, ends_at=AS_OF
        ),
        "line 1 is a certificate, which sshd takes from clients alone. Take the line out",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), BAD_LINES)
def test_a_line_that_is_no_key(web: Path, text: str, sentence: str) -> None:
    put(web, LOGIN, text)

    keys, said, error = read(verifier(web))

    assert [f"verifiers.shells: web: {LOGIN} {sentence}" in each for each in said] == [True]
    assert error.startswith("verifiers.shells: web: 1 thing couldn't be read whole")
    assert [key.standing for key in keys.values() if key.native_id.startswith("ca:")] == [Standing.WORKS]


def test_of_a_web_page_some_lines_are_told(web: Path) -> None:
    put(web, LOGIN, *["<p>Please log in</p>"] * 50)

    _, said, _ = read(verifier(web))

    assert len(said) == 4
    assert said[-1].endswith("has 47 more such lines.")


@pytest.mark.parametrize("end", ["\u2028", "\x0b", "\x0c", "\x1c", "\x85", "\r"])
def test_a_line_ends_where_sshd_ends_it(web: Path, end: str) -> None:
    put(web, LOGIN, f"# a comment{end}{LAPTOP}", f"{LAPTOP}{end}{OTHER}")

    keys, said, _ = read(verifier(web))

    assert said == []
    assert [each.label for each in keys.values() if OTHER.split()[-1] in each.label] == []
    assert sum(native_id.startswith("key:") for native_id in keys) == 1


def test_a_nul_hides_the_rest_of_its_line_alone(web: Path) -> None:
    put(web, LOGIN, f"{OTHER}\0 and more", LAPTOP, OTHER[:40] + "\0" * 20)

    keys, said, error = read(verifier(web))

    assert sum(native_id.startswith("key:") for native_id in keys) == 2
    assert [line in said[place] for place, line in enumerate(("line 1 holds a NUL", "line 3 holds a NUL"))] == [
        True
    ] * 2
    assert "line 3 is no key" in said[2]
    assert error.endswith("no key is taken to be gone.")


def test_options_before_an_authority(web: Path) -> None:
    put(web, TRUSTED, f"cert-authority {CA}")

    assert "line 1 begins with options, which sshd doesn't take here" in read(verifier(web))[1][0]


def test_a_certificate_in_place_of_an_authority(web: Path) -> None:
    authority, laptop = SshAuthority(seed="ca"), SshIdentity(seed="laptop")
    certified = authority.certificate(laptop, key_id="a", principals=(), serial=1, starts_at=AS_OF, ends_at=AS_OF)
    put(web, TRUSTED, certified)

    assert "line 1 is a certificate, not an authority's key" in read(verifier(web))[1][0]


def test_a_plain_key_in_place_of_a_certificate(web: Path) -> None:
    put(web, "web1/alice-cert.pub", LAPTOP)

    assert "web1/alice-cert.pub line 1 is a plain key" in read(verifier(web))[1][0]


def emptied(place: Path) -> None:
    os.truncate(place, 0)


def filled_with_nul(place: Path) -> None:
    place.write_bytes(bytes(4096))


def linked_outside(place: Path) -> None:
    place.unlink()
    place.symlink_to("/etc/hostname")


def circle(place: Path) -> None:
    place.unlink()
    place.symlink_to(place.name)


def pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def huge(place: Path) -> None:
    place.write_bytes((CA + "\n").encode() * 120_000)


@pytest.mark.parametrize(
    ("breaking", "sentence"),
    [
        (Path.unlink, "is expected, and there is no such file. Collect it, or take it out of expected"),
        (emptied, "is empty, so presumed cut off. Collect it anew, or prove it by a manifest"),
        (filled_with_nul, "holds no text but binary data"),
        (linked_outside, "is a link that leads out of the folder"),
        (circle, "can't be read ("),
        (pipe, "is no plain file"),
        (huge, "is larger than 8 MiB, and not read"),
    ],
)
def test_a_file_that_was_there_yesterday(web: Path, breaking: Callable[[Path], None], sentence: str) -> None:
    breaking(web / TRUSTED)

    _, said, error = read(verifier(web, expected=[TRUSTED, LOGIN]))

    assert f"verifiers.shells: web: {TRUSTED} {sentence}" in said[0]
    assert error.endswith("no key is taken to be gone.")


def test_a_folder_behind_a_link_is_told(web: Path, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "trusted_user_ca_keys", CA)
    (web / "web9").symlink_to(tmp_path / "elsewhere")

    assert "web9 is a link to a folder, which isn't followed" in read(verifier(web))[1][0]


def test_what_kubernetes_mounts_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    put(folder, "..2026_11_24/trusted_user_ca_keys", CA)
    (folder / "..data").symlink_to("..2026_11_24")
    (folder / "trusted_user_ca_keys").symlink_to("..data/trusted_user_ca_keys")

    keys, said, error = read(verifier(folder))

    assert (len(keys), said, error) == (1, [], "")


def test_a_name_that_is_no_text(web: Path) -> None:
    (web / os.fsdecode(b"web1/trusted_ca_\xff")).write_text(CA)

    _, said, error = read(verifier(web))

    assert "has a name that isn't plain UTF-8. Name it otherwise" in said[0]
    assert said[0].isprintable()
    assert error


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=r"^verifiers\.shells: web: the folder .*nowhere can't be listed"):
        list(verifier(tmp_path / "nowhere").collect())


class TestManifest:
    def test_one_that_fits_proves_even_an_empty_file(self, web: Path) -> None:
        put_bytes(web, "web1/root/.ssh/authorized_keys", b"")
        stamped(seal(web), hours=1)

        keys, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert (len(keys), said, error) == (2, [], "")

    def test_a_name_that_holds_what_ends_a_line_elsewhere(self, web: Path) -> None:
        put(web, "web1/home/a\u2028b\x0c/.ssh/authorized_keys", OTHER)
        stamped(seal(web), hours=1)

        keys, (said,), _ = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert len(keys) == 2
        assert "'web1/home/a\\u2028b\\x0c/.ssh/authorized_keys' has a name that isn't plain UTF-8" in said

    def test_a_file_that_it_lists_and_that_is_not_there(self, web: Path) -> None:
        stamped(seal(web), hours=1)
        (web / TRUSTED).unlink()

        _, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert f"{TRUSTED} is in SHA256SUMS and not there. Collect it anew" in said[0]
        assert error

    def test_a_file_that_ends_between_two_lines(self, web: Path) -> None:
        put(web, TRUSTED, CA, SshAuthority(seed="another").line)
        stamped(seal(web), hours=1)
        put(web, TRUSTED, CA)

        keys, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert f"{TRUSTED} isn't what SHA256SUMS lists: cut off, or changed since" in said[0]
        assert error
        assert {key.standing for key in keys.values()} == {Standing.WORKS}

    def test_a_collection_that_stopped(self, web: Path) -> None:
        stamped(seal(web), hours=49)

        _, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert "SHA256SUMS is of 2026-11-22 15:30 UTC, and may be 48 hours old. See whether the collection" in said[0]
        assert error

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "is empty, or cut off in its last line"),
            ("0" * 64 + "  web1/etc", "is empty, or cut off in its last line"),
            ("MD5 (web1) = 0\n", "line 1 isn't as sha256sum writes it"),
        ],
    )
    def test_one_that_proves_nothing(self, web: Path, text: str, sentence: str) -> None:
        (web / "SHA256SUMS").write_text(text)

        _, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))

        assert f"SHA256SUMS {sentence}" in said[0]
        assert error

    def test_one_that_is_not_there(self, web: Path) -> None:
        assert "SHA256SUMS can't be read" in read(verifier(web, expected=[], manifest="SHA256SUMS"))[1][0]

    def test_what_it_does_not_list_counts_and_is_said(self, web: Path) -> None:
        stamped(seal(web), hours=1)
        put(web, "web1/root/.ssh/authorized_keys", SshIdentity(seed="left over").line)
        reader = verifier(web, expected=[], manifest="SHA256SUMS")

        assert len(read(reader)[0]) == 3
        notes = [fact.text for fact in reader.collect() if isinstance(fact, Gap) and not fact.red]
        assert ["web1/root/.ssh/authorized_keys not in SHA256SUMS: they count even so" in note for note in notes] == [
            True
        ]


class TestPrivateKeys:
    @pytest.mark.parametrize(
        "body",
        [
            "\n".join(PEM).encode(),
            b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
            b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n",
            b"PuTTY-User-Key-File-3: ssh-ed25519\n",
            "\n".join(PEM).encode("utf-16"),
            b"\x30\x82\x04\xa4\x02\x01\x00\x02\x82\x01\x01\x00",
            b"\x30\x77\x02\x01\x01\x04\x20",
            b"\x30\x82\x09\xd9\x02\x01\x03\x30\x82",
            b"\xfe\xed\xfe\xed\x00\x00\x00\x02",
        ],
        ids=["openssh", "pkcs1", "encrypted", "putty", "utf-16", "pkcs1-der", "sec1-der", "pkcs12", "jks"],
    )
    def test_one_among_the_files_is_loud(self, web: Path, body: bytes) -> None:
        put_bytes(web, "web1/root/.ssh/id_ed25519", body)

        keys, said, error = read(verifier(web))

        (sentence,) = said
        assert "THE PRIVATE HALF OF A KEY LIES IN web1/root/.ssh/id_ed25519" in sentence
        assert "Take it out of the folder and out of the collection, and replace the key." in sentence
        assert (len(keys), error) == (2, "")

    def test_a_public_file_that_holds_one_too_is_not_read(self, web: Path) -> None:
        put(web, LOGIN, LAPTOP, *PEM)

        keys, said, error = read(verifier(web))

        assert [native_id for native_id in keys if native_id.startswith("key:")] == []
        assert "LIES IN" in said[0]
        assert f"{LOGIN} holds a private key, so nothing of it was read" in said[1]
        assert error


def test_files_that_meet_no_pattern_are_said(web: Path) -> None:
    put(web, "web1/etc/ssh/sshd_config", "TrustedUserCAKeys /etc/ssh/trusted_user_ca_keys")
    facts = list(verifier(web).collect())

    notes = [fact.text for fact in facts if isinstance(fact, Gap)]
    assert any("web1/etc/ssh/sshd_config met no pattern: not looked at" in note for note in notes)


@pytest.mark.parametrize(
    ("fleets", "sentence"),
    [
        ([], "fleets: name one folder at least"),
        ([{"realm": "web", "folder": "x"}], "name what a whole collection holds"),
        ([{"realm": "web", "folder": "x", "expected": ["../y"]}], "is no pattern of files below the folder"),
        ([{"realm": "we b", "folder": "x", "expected": ["y"]}], "String should match pattern"),
        ([{"realm": "web", "folder": "x", "expected": ["y"]}] * 2, "the system web stands twice"),
    ],
)
def test_settings_that_cannot_be(fleets: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ssh.Settings.model_validate({"name": "shells", "kind": "ssh", "fleets": fleets})


def stamped(manifest: Path, *, hours: float) -> None:
    at = (AS_OF - timedelta(hours=hours)).timestamp()
    os.utime(manifest, (at, at))


def test_files_of_holes_cost_the_largest_of_their_own_host_alone(
    web: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    put(web, "web2/etc/ssh/trusted_user_ca_keys", SshAuthority(seed="other").line)
    for number in range(400):
        put_bytes(web, f"web1/home/a{number}/.ssh/authorized_keys", b"")
        os.truncate(web / f"web1/home/a{number}/.ssh/authorized_keys", 8 << 20)
    began = time.monotonic()

    keys, _, error = read(verifier(web))

    assert time.monotonic() - began < 30
    good = (SshAuthority(seed="ca"), SshAuthority(seed="other"), SshIdentity(seed="laptop"))
    assert {key.ssh_fingerprint for key in keys.values()} == {each.fingerprint for each in good}
    assert error

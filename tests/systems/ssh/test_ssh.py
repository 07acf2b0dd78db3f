"""What sshd's files say of a key, with keys, certificates and KRLs made by OpenSSH itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.ssh_authority import REVOKED, TRUSTED_CA, HostFiles, SshAuthority, SshIdentity, collect
from offboarding.custody.thumbprints import material_of, material_of_ssh
from offboarding.model import Exportable, Standing
from tests.support.collected import put, put_bytes
from tests.systems.ssh.files import (
    AS_OF,
    Keygen,
    needs_ssh_keygen,
    read,
    token_line,
    verifier,
    weak_rsa_line,
)

pytestmark = [needs_ssh_keygen, pytest.mark.slow]

WEB1, WEB2 = f"web1/{TRUSTED_CA}", f"web2/{TRUSTED_CA}"
LOGIN = "web1/home/deploy/.ssh/authorized_keys"


@pytest.fixture
def keygen(tmp_path: Path) -> Keygen:
    return Keygen(tmp_path / "keygen")


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    return folder


def ca(keygen: Keygen, name: str = "ca") -> str:
    return f"ca:{keygen.fingerprint(name)}"


class TestAuthorities:
    @pytest.mark.parametrize(("kind", "bits"), [("ed25519", None), ("rsa", 3072), ("ecdsa", 256), ("ecdsa", 521)])
    def test_a_trusted_authority_works(self, keygen: Keygen, web: Path, kind: str, bits: int | None) -> None:
        line = keygen.key("ca", kind, comment="login CA", bits=bits)
        put(web, WEB1, "# our own", "", line)

        keys, said, error = read(verifier(web))

        key = keys[ca(keygen)]
        assert (key.standing, key.verifies, said, error) == (Standing.WORKS, True, [], "")
        assert key.material == material_of_ssh(line)
        assert key.ssh_fingerprint == keygen.fingerprint("ca")
        assert key.name == "web/ca"
        assert key.carryable is Exportable.UNKNOWN
        assert key.created_at is None
        assert "(login CA)" in key.label
        assert f"{WEB1} line 3" in key.label

    def test_one_key_of_two_hosts_is_one_copy(self, keygen: Keygen, web: Path) -> None:
        line = keygen.key("ca")
        put(web, WEB1, line)
        put(web, WEB2, line)

        keys, _, _ = read(verifier(web))

        assert list(keys) == [ca(keygen)]
        assert keys[ca(keygen)].label.endswith(f"{WEB1} line 1 and 1 more")

    def test_revoked_everywhere_it_is_dead(self, keygen: Keygen, web: Path) -> None:
        for host in ("web1", "web2"):
            put(web, f"{host}/{TRUSTED_CA}", keygen.key("ca") if host == "web1" else _line(keygen, "ca"))
            put_bytes(web, f"{host}/{REVOKED}", keygen.krl(_line(keygen, "ca")))

        keys, said, error = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.DEAD
        assert keys[ca(keygen)].standing_reason == f"revoked by web1/{REVOKED}; revoked by web2/{REVOKED}"
        assert (said, error) == ([], "")

    def test_revoked_on_one_host_of_two_it_works(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        put(web, WEB2, _line(keygen, "ca"))
        put_bytes(web, f"web1/{REVOKED}", keygen.krl(_line(keygen, "ca")))

        keys, _, _ = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.WORKS
        assert WEB2 in keys[ca(keygen)].standing_reason

    def test_a_list_right_in_the_folder_is_every_hosts(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        put(web, WEB2, _line(keygen, "ca"))
        put_bytes(web, "revoked_keys", keygen.krl(_line(keygen, "ca")))

        keys, _, _ = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.DEAD

    def test_a_list_in_text_revokes_too(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"), keygen.key("other"))
        put(web, f"web1/{REVOKED}", "# compromised", _line(keygen, "ca"))

        keys, _, _ = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.DEAD
        assert keys[ca(keygen, "other")].standing is Standing.WORKS

    def test_where_not_all_was_read_nothing_is_dead(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        put_bytes(web, f"web1/{REVOKED}", keygen.krl(_line(keygen, "ca")))

        keys, _, error = read(verifier(web, expected=["web1/*", WEB2]))

        assert error
        assert keys[ca(keygen)].standing is Standing.UNKNOWN
        assert keys[ca(keygen)].standing_reason.endswith("not all of the fleet could be read")


class TestLogins:
    def test_keys_of_a_login_with_their_options(self, keygen: Keygen, web: Path) -> None:
        line = keygen.key("laptop", comment="alice@corp.example")
        put(web, LOGIN, f'from="10.0.0.0/8,!10.1.0.0/16",command="echo \\"a b\\" --token hunter2",no-pty {line}')

        keys, said, error = read(verifier(web))

        (key,) = keys.values()
        assert key.native_id == f"key:{keygen.fingerprint('laptop')}"
        assert key.standing is Standing.WORKS
        assert key.standing_reason.endswith("(limited by from, command, no-pty)")
        assert "(alice@corp.example)" in key.label
        assert "hunter2" not in repr((keys, said, error))

    @pytest.mark.parametrize(
        ("told", "standing"),
        [
            # In the host's own zone: over everywhere only twelve hours later.
            ("202611240500", Standing.WORKS),
            ("202611240400", Standing.DEAD),
            ("20261124Z", Standing.DEAD),
            ("202611241630Z", Standing.DEAD),
            ("202611241631Z", Standing.WORKS),
            ("20261123", Standing.DEAD),
            ("20271231235959", Standing.WORKS),
        ],
    )
    def test_an_expiry_time_that_is_over(self, keygen: Keygen, web: Path, told: str, standing: Standing) -> None:
        put(web, LOGIN, f'expiry-time="{told}" {keygen.key("laptop")}')

        (key,) = read(verifier(web))[0].values()

        assert key.standing is standing
        assert key.expires_at is not None

    def test_a_cert_authority_line_is_an_authority(self, keygen: Keygen, web: Path) -> None:
        put(web, LOGIN, f'cert-authority,principals="deploy" {keygen.key("ca")}')

        (key,) = read(verifier(web))[0].values()

        assert key.native_id == f"account-{ca(keygen)}"
        assert key.name == "web/account-ca"

    @pytest.mark.parametrize("kind", ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"])
    def test_a_key_in_a_security_token(self, web: Path, kind: str) -> None:
        public = ec.generate_private_key(ec.SECP256R1()).public_key()
        raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        if "ed25519" in kind:
            public = Ed25519PrivateKey.generate().public_key()
            raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        put(web, LOGIN, f"verify-required {token_line(kind, raw)} token")

        (key,) = read(verifier(web))[0].values()

        assert key.algorithm == kind
        assert key.material == material_of(public)
        assert key.standing is Standing.WORKS
        assert "the token itself can be taken along" in key.carryable_reason

    def test_dsa_is_not_told_to_work(self, web: Path) -> None:
        put(web, LOGIN, token_line("ssh-dss", b"\1" * 20))

        (key,) = read(verifier(web))[0].values()

        assert key.standing is Standing.UNKNOWN
        assert key.material == f"ref:web/{key.native_id}"


class TestCertificates:
    def test_a_certificate_counts_where_its_authority_is_trusted(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        line = keygen.key("laptop", comment="alice")
        certified = keygen.certificate("ca", "laptop", "-n", "alice,deploy", "-z", "42", key_id="alice@laptop")
        put(web, "web1/issued/alice-cert.pub", certified)

        keys, said, error = read(verifier(web))

        (key,) = [key for native_id, key in keys.items() if native_id.startswith("cert:")]
        assert (key.name, key.version, key.standing, key.verifies) == ("alice@laptop", "42", Standing.WORKS, True)
        assert key.material == material_of_ssh(line)
        assert key.ssh_fingerprint == keygen.fingerprint("laptop")
        assert key.expires_at is None
        assert f"serial 42, 2 logins, by {keygen.fingerprint('ca')}" in key.label
        assert (said, error) == ([], "")

    @pytest.mark.parametrize("revoking", ["serial: 42", "id: alice", "hash", "authority"])
    def test_a_krl_revokes_it_by_serial_key_id_itself_or_its_authority(
        self, keygen: Keygen, web: Path, revoking: str
    ) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("laptop")
        put(web, "web1/issued/alice-cert.pub", keygen.certificate("ca", "laptop", "-z", "42", key_id="alice"))
        krl = {
            "hash": lambda: keygen.krl(f"key: {_line(keygen, 'laptop')}"),
            "authority": lambda: keygen.krl(_line(keygen, "ca")),
        }.get(revoking, lambda: keygen.krl(revoking, ca="ca"))
        put_bytes(web, f"web1/{REVOKED}", krl())

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert key.standing is Standing.DEAD

    def test_it_outlives_nothing(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("laptop")
        put(web, "web1/a-cert.pub", keygen.certificate("ca", "laptop", validity="20200101000000Z:20261124162900Z"))

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert key.standing is Standing.DEAD
        assert key.expires_at == datetime(2026, 11, 24, 16, 29, tzinfo=UTC)

    def test_one_whose_authority_nobody_trusts_is_not_told_of_as_dead(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("elsewhere")
        keygen.key("laptop")
        put(web, "web1/a-cert.pub", keygen.certificate("elsewhere", "laptop"))

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert (key.standing, key.verifies) == (Standing.UNKNOWN, False)

    def test_of_a_key_in_a_security_token(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        public = Ed25519PrivateKey.generate().public_key()
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        put(keygen.folder, "token.pub", token_line("sk-ssh-ed25519@openssh.com", raw))
        put(web, "web1/token-cert.pub", keygen.certificate("ca", "token"))

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert key.material == material_of(public)
        assert key.ssh_fingerprint == keygen.fingerprint("token")
        assert key.standing is Standing.WORKS

    def test_a_machines_certificate_is_not_a_persons(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("host")
        put(web, "web1/ssh_host_ed25519_key-cert.pub", keygen.certificate("ca", "host", "-h"))

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert (key.standing, key.verifies) == (Standing.UNKNOWN, False)
        assert "a machine's certificate" in key.standing_reason

    def test_a_forged_one_is_refused_by_everybody(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("laptop")
        kind, body = keygen.certificate("ca", "laptop").split()[:2]
        put(web, "web1/a-cert.pub", f"{kind} {body[:-8]}AAAA{body[-4:]}")

        (key,) = [key for native_id, key in read(verifier(web))[0].items() if native_id.startswith("cert:")]

        assert key.standing is Standing.DEAD
        assert "signature" in key.standing_reason

    def test_it_counts_in_each_fleet_that_trusts_its_authority(self, keygen: Keygen, web: Path, tmp_path: Path) -> None:
        """Revoked where it lies, and accepted by another fleet's machines still."""
        other = tmp_path / "db"
        put(web, WEB1, keygen.key("ca"))
        keygen.key("laptop")
        put(other, "db1/issued/a-cert.pub", keygen.certificate("ca", "laptop", "-z", "42"))
        fleet = {"realm": "db", "folder": str(other), "expected": ["*"]}

        keys, _, error = read(verifier(web, others=(fleet,)))

        (key,) = [key for native_id, key in keys.items() if native_id.startswith("cert:")]
        assert (key.standing, key.realm, error) == (Standing.WORKS, "web", "")

    def test_another_fleets_certificates_are_no_matter_of_one_that_trusts_others(
        self, keygen: Keygen, web: Path, tmp_path: Path
    ) -> None:
        put(web, WEB1, keygen.key("ca"))
        keygen.key("elsewhere")
        keygen.key("laptop")
        ended = keygen.certificate("elsewhere", "laptop", validity="20200101000000Z:20200102000000Z")
        put(tmp_path / "db", "db1/issued/a-cert.pub", ended)
        fleet = {"realm": "db", "folder": str(tmp_path / "db"), "expected": ["*"]}

        assert list(read(verifier(web, others=(fleet,)))[0]) == [ca(keygen)]

    def test_another_fleets_folder_that_cannot_be_read_is_told(self, keygen: Keygen, web: Path, tmp_path: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        fleet = {"realm": "db", "folder": str(tmp_path / "nowhere"), "expected": ["*"]}

        _, said, error = read(verifier(web, others=(fleet,)))

        assert "verifiers.shells: db: the folder" in said[0]
        assert error


class TestRevocationThatCannotBeAsked:
    def test_without_ssh_keygen(self, keygen: Keygen, web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(web, WEB1, keygen.key("ca"))
        put(web, WEB2, keygen.key("other"))
        put_bytes(web, f"web1/{REVOKED}", keygen.krl("serial: 1", ca="ca"))
        fingerprints = ca(keygen), ca(keygen, "other")
        monkeypatch.setenv("PATH", str(web))

        keys, said, error = read(verifier(web))

        assert [keys[each].standing for each in fingerprints] == [Standing.UNKNOWN, Standing.WORKS]
        (sentence,) = said
        assert "there is none. Install it" in sentence
        assert "openssh-client" in sentence
        assert error == "", "the keys themselves were read whole"

    def test_a_krl_that_was_cut_off(self, keygen: Keygen, web: Path) -> None:
        put(web, WEB1, keygen.key("ca"))
        put_bytes(web, f"web1/{REVOKED}", keygen.krl("serial: 1", ca="ca")[:-7])

        keys, said, _ = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.UNKNOWN
        assert f"web1/{REVOKED} can't be read as a KRL" in said[0]

    def test_a_krl_that_was_cut_off_is_told_even_where_there_is_no_key(self, keygen: Keygen, web: Path) -> None:
        keygen.key("ca")
        put_bytes(web, f"web1/{REVOKED}", keygen.krl("serial: 1", ca="ca")[:-7])

        assert "can't be read as a KRL" in read(verifier(web))[1][0]

    def test_a_list_in_text_that_was_cut_off(self, keygen: Keygen, web: Path) -> None:
        line = keygen.key("ca")
        put(web, WEB1, line)
        put(web, f"web1/{REVOKED}", line[:40])

        keys, said, _ = read(verifier(web))

        assert keys[ca(keygen)].standing is Standing.UNKNOWN
        assert f"web1/{REVOKED} line 1 is no key" in said[0]

    def test_a_key_that_ssh_keygen_refuses_keeps_no_other_back(self, keygen: Keygen, web: Path) -> None:
        """It takes no RSA key of less than 1,024 bits, and no DSA; and says nothing of those beside it."""
        owners = [SshIdentity(seed=f"laptop {number}") for number in range(5)]
        lines = [owner.line for owner in owners]
        put(web, LOGIN, *lines[:2], weak_rsa_line(768), *lines[2:], token_line("ssh-dss", b"\1" * 20))
        put_bytes(web, f"web1/{REVOKED}", keygen.krl(owners[3].line))

        keys, said, _ = read(verifier(web))

        standing = {key.ssh_fingerprint: key.standing for key in keys.values()}
        assert [standing[owner.fingerprint] for owner in owners] == [
            *[Standing.WORKS] * 3,
            Standing.DEAD,
            Standing.WORKS,
        ]
        refused = [key for key in keys.values() if key.algorithm in {"ssh-rsa", "ssh-dss"}]
        assert [key.standing for key in refused] == [Standing.UNKNOWN] * 2
        assert said == []

    def test_many_keys_are_asked_in_portions(self, keygen: Keygen, web: Path) -> None:
        owners = [SshIdentity(seed=f"laptop {number}") for number in range(650)]
        put(web, LOGIN, *[owner.line for owner in owners])
        put_bytes(web, f"web1/{REVOKED}", keygen.krl(owners[3].line, owners[640].line))
        reader = verifier(web)

        keys, said, _ = read(reader)

        dead = {key.ssh_fingerprint for key in keys.values() if key.standing is Standing.DEAD}
        assert dead == {owners[3].fingerprint, owners[640].fingerprint}
        assert (len(keys), said, reader.requests.overhead) == (650, [], 4)


class TestTheDemosFleet:
    def test_its_certificates_are_openssh_certificates(self, keygen: Keygen, web: Path) -> None:
        """Accepted by ssh-keygen, and the same each time."""
        fleet = {"web1": demo_host()}
        collect(web, fleet, at=AS_OF - timedelta(hours=1))
        first = {place: place.read_bytes() for place in web.rglob("*") if place.is_file()}
        collect(web, fleet, at=AS_OF)

        assert {place: place.read_bytes() for place in web.rglob("*") if place.is_file()} == first
        keys, said, error = read(verifier(web, expected=[], manifest="SHA256SUMS"))
        assert {key.standing for key in keys.values()} == {Standing.WORKS}
        assert sorted(native_id.split(":")[0] for native_id in keys) == ["ca", "cert", "key"]
        assert (said, error) == ([], "")
        shown = keygen.shown(web / "web1/issued/alice-cert.pub")
        assert 'Key ID: "alice"' in shown
        assert "Serial: 7" in shown


def demo_host() -> HostFiles:
    authority = SshAuthority(seed="login CA 2024", comment="login CA")
    laptop = SshIdentity(seed="alice's laptop", comment="alice")
    return HostFiles(
        trusted_ca=[authority.line],
        authorized_keys={"deploy": [laptop.line]},
        certificates={
            "alice": authority.certificate(
                laptop,
                key_id="alice",
                principals=["alice"],
                serial=7,
                starts_at=AS_OF - timedelta(days=1),
                ends_at=AS_OF + timedelta(days=90),
            )
        },
    )


def _line(keygen: Keygen, name: str) -> str:
    return (keygen.folder / f"{name}.pub").read_text().strip()

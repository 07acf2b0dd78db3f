"""A real OpenVPN server on a host of its own, an authority of easy-rsa's beside it, and clients that connect."""

import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from offboarding.interfaces import ReadContext
from offboarding.model import Fact
from offboarding.sources import openvpn_clients
from tests.support.ssh_host import SshHost

COLLECT = Path(openvpn_clients.__file__).with_name("collect.sh")
HOME = "/etc/openvpn/server"
PKI = "/etc/openvpn/easy-rsa/pki"
_MAKE = f"""
rm -rf /etc/openvpn; mkdir -p {HOME}/ccd {HOME}/numbers {HOME}/cas /etc/openvpn/easy-rsa; cd /etc/openvpn/easy-rsa
export EASYRSA=/usr/share/easy-rsa EASYRSA_PKI={PKI} EASYRSA_BATCH=1 EASYRSA_ALGO=ec
easyrsa() {{ /usr/share/easy-rsa/easyrsa "$@" >/dev/null 2>&1; }}
easyrsa init-pki; EASYRSA_REQ_CN=Office easyrsa build-ca nopass
easyrsa --nopass build-server-full server
for name in alice bob; do easyrsa --nopass build-client-full "$name"; done
cp {PKI}/issued/bob.crt /etc/openvpn/bob.crt; cp {PKI}/private/bob.key /etc/openvpn/bob.key
easyrsa revoke bob; easyrsa gen-crl; chmod 644 {PKI}/crl.pem; chmod 755 {PKI}
cp {PKI}/crl.pem {HOME}/crl.pem
"""
_BASE = (
    "dev tunS",
    "dev-type tun",
    "ifconfig-noexec",
    "route-noexec",
    "server 10.9.0.0 255.255.255.0",
    "topology subnet",
    "local 127.0.0.1",
    "proto udp",
    "cert ../easy-rsa/pki/issued/server.crt",
    "key ../easy-rsa/pki/private/server.key",
    "dh none",
    "status status.log 1",
    "script-security 2",
)
_REFUSED = ("VERIFY ERROR", "VERIFY KU ERROR", "TLS Auth Error", "AUTH_FAILED", "is revoked", "TLS Error")


@dataclass(slots=True, kw_only=True)
class OpenvpnHost:
    """The host, as whoever administers it sees it."""

    host: SshHost
    folder: Path

    def prepare(self) -> None:
        """The authority, the server's certificate, alice's, and bob's that is revoked."""
        self.host.do(_MAKE)

    def put(self, name: str, body: bytes) -> None:
        """A file of the server's folder."""
        self.host.do('printf "%s" "$2" > "$1"', f"{HOME}/{name}", body.decode("ascii"))

    def authority(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """With its key."""
        key = load_pem_private_key(self.host.do(f"cat {PKI}/private/ca.key").encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return x509.load_pem_x509_certificate(self.host.do(f"cat {PKI}/ca.crt").encode()), key

    def crl(self, *, days: int, signed_by: ec.EllipticCurvePrivateKey | None = None, of: str = "") -> bytes:
        """An empty list that holds until then, in PEM."""
        authority, key = self.authority()
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, of)]) if of else authority.subject
        now = datetime.now(UTC)
        made = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(now - timedelta(days=90))
        made = made.next_update(now + timedelta(days=days))
        return made.sign(signed_by or key, SHA256()).public_bytes(Encoding.PEM)

    def issue(self, name: str, *usages: x509.ExtensionType, ends: timedelta = timedelta(days=9)) -> None:
        """A certificate of alice's key, not by easy-rsa, beside the others."""
        authority, key = self.authority()
        alice = load_pem_private_key(self.host.do(f"cat {PKI}/private/alice.key").encode(), None)
        now = datetime.now(UTC)
        assert isinstance(alice, ec.EllipticCurvePrivateKey)
        made = x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        made = made.issuer_name(authority.subject).public_key(alice.public_key())
        made = made.not_valid_before(now - timedelta(days=9))
        made = made.not_valid_after(now + ends)
        made = made.serial_number(x509.random_serial_number())
        for usage in usages:
            made = made.add_extension(usage, critical=False)
        pem = made.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()
        self.host.do('printf "%s" "$2" > "$1"', f"{PKI}/issued/{name}.crt", pem)

    @contextmanager
    def running(self, *options: str, ca: str = "ca ../easy-rsa/pki/ca.crt") -> Generator[None]:
        """A server that was started as Debian's unit starts it, with these options."""
        lines = "\n".join((*_BASE, *([ca] if ca else []), *options, ""))
        self.host.do(f'printf "%s" "$1" > {HOME}/office.conf; rm -f {HOME}/status.log', lines)
        starting = f"ip link set lo up; exec openvpn --cd {HOME} --config office.conf"
        log = self.folder / "server.log"
        command = [*self.host.enter(), "unshare", "--net", "sh", "-c", starting]
        with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
            try:
                self._wait(log, "Initialization Sequence Completed")
                self._server = process.pid
                yield
            finally:
                process.terminate()

    @contextmanager
    def connecting(self, name: str) -> Generator[bool]:
        """Whether a client gets in, which then stays there."""
        place = "/etc/openvpn" if name == "bob" else f"{PKI}/issued"
        key = "/etc/openvpn/bob.key" if name == "bob" else f"{PKI}/private/alice.key"
        command = ["openvpn", "--client", "--dev", "tunC", "--dev-type", "tun", "--ifconfig-noexec", "--route-noexec"]
        command += ["--remote", "127.0.0.1", "1194", "udp", "--nobind", "--ca", f"{PKI}/ca.crt", "--key", key]
        command += ["--cert", f"{place}/{name}.crt", "--remote-cert-tls", "server", "--connect-retry-max", "1"]
        log, server = self.folder / "client.log", self.folder / "server.log"
        entered = ["nsenter", "--target", str(self._server), "--mount", "--net", "--root", "--wd=/", *command]
        with log.open("wb") as output, subprocess.Popen(entered, stdout=output, stderr=output) as process:
            try:
                yield self._decided(log, server)
            finally:
                process.kill()

    def facts(self) -> list[Fact]:
        """Of a collection that is made now."""
        folder = self.folder / "collected"
        folder.mkdir(exist_ok=True)
        (folder / "vpn1").write_text(self.host.do('sh "$1"', str(COLLECT)), "utf-8")
        given = {"name": "vpn", "kind": "openvpn_clients", "folder": str(folder), "machines": ["vpn1"]}
        own = openvpn_clients.Settings.model_validate(given)
        context = ReadContext(as_of=datetime.now(UTC), default_zone="Asia/Seoul")
        return list(openvpn_clients.build(own, None, "vpn1", context).collect())

    _server: int = 0

    def _wait(self, log: Path, *words: str) -> str:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            text = log.read_text("utf-8", "replace")
            if found := next((word for word in words if word in text), ""):
                return found
            time.sleep(0.05)
        raise AssertionError(log.read_text("utf-8", "replace")[-2000:])

    def _decided(self, client: Path, server: Path) -> bool:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            said = client.read_text("utf-8", "replace")
            if "Initialization Sequence Completed" in said:
                return True
            if any(word in said + server.read_text("utf-8", "replace") for word in _REFUSED):
                return False
            time.sleep(0.05)
        raise AssertionError(client.read_text("utf-8", "replace")[-2000:])

"""Keys, certificates and lists of revoked keys, made by OpenSSH's own ssh-keygen; and verifiers that read them."""

import base64
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from offboarding.interfaces import KeySource, ReadContext
from offboarding.model import Fact, Gap, Key, ScopeRead
from offboarding.verifiers import ssh
from tests.support.usual_read import AS_OF

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen: install openssh-client (openssh-clients)"
)


class Keygen:
    """ssh-keygen, in a folder of its own: private halves lie there, outside what is collected."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def key(self, name: str, kind: str = "ed25519", *, comment: str = "", bits: int | None = None) -> str:
        """Make a key. Returns its line."""
        sized = ["-b", str(bits)] if bits else []
        self._run("-q", "-t", kind, *sized, "-N", "", "-C", comment, "-f", name)
        return (self.folder / f"{name}.pub").read_text().strip()

    def private(self, name: str) -> str:
        """The private half, whole."""
        return (self.folder / name).read_text()

    def certificate(self, ca: str, name: str, *options: str, key_id: str = "", validity: str = "always:forever") -> str:
        """Certify a key. Returns the certificate's line."""
        self._run("-q", "-s", ca, "-I", key_id or name, "-V", validity, *options, f"{name}.pub")
        return (self.folder / f"{name}-cert.pub").read_text().strip()

    def krl(self, *lines: str, ca: str | None = None) -> bytes:
        """A KRL that revokes what its specification says: "serial: 7", "id: alice", a public key's line."""
        (self.folder / "specification").write_text("".join(f"{line}\n" for line in lines))
        self._run("-q", "-k", "-f", "krl", *(["-s", f"{ca}.pub"] if ca else []), "specification")
        return (self.folder / "krl").read_bytes()

    def fingerprint(self, name: str) -> str:
        """As it prints it itself."""
        return self._run("-l", "-f", f"{name}.pub").split()[1]

    def shown(self, certificate: Path) -> str:
        """What it says of a certificate."""
        return self._run("-L", "-f", str(certificate))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["ssh-keygen", *arguments], cwd=self.folder, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout


def verifier(folder: Path, *, others: Sequence[Mapping[str, object]] = (), **fleet: object) -> KeySource:
    """The verifier of the fleet `web`, whose files lie in this folder."""
    own: dict[str, object] = {"realm": "web", "folder": str(folder)} | fleet
    own.setdefault("expected", ["*"])
    settings = ssh.Settings.model_validate({"name": "shells", "kind": "ssh", "fleets": [own, *others]})
    return ssh.build(settings, None, "web", ReadContext(as_of=AS_OF, default_zone="Asia/Seoul"))


def read(source: KeySource) -> tuple[dict[str, Key], list[str], str]:
    """Copies by their native ids, the red gaps' sentences, and the error of the scope."""
    facts: list[Fact] = list(source.collect())
    (scope,) = [fact for fact in facts if isinstance(fact, ScopeRead)]
    keys = {fact.native_id: fact for fact in facts if isinstance(fact, Key)}
    return keys, [fact.text for fact in facts if isinstance(fact, Gap) and fact.red], scope.error


def weak_rsa_line(bits: int) -> str:
    """An RSA key that ssh-keygen neither makes nor reads."""
    modulus = (1 << (bits - 1)) | ((1 << 100) - 1)
    fields = [b"ssh-rsa", b"\1\0\1", modulus.to_bytes(bits // 8 + 1, "big")]
    return f"ssh-rsa {base64.b64encode(b''.join(len(each).to_bytes(4, 'big') + each for each in fields)).decode()}"


def token_line(kind: str, raw: bytes) -> str:
    """The public key of a security token, which ssh-keygen makes only with one plugged in (PROTOCOL.u2f)."""
    fields = [kind.encode()] + ([b"nistp256"] if "ecdsa" in kind else []) + [raw, b"ssh:"]
    blob = b"".join(len(each).to_bytes(4, "big") + each for each in fields)
    return f"{kind} {base64.b64encode(blob).decode()}"

"""An OpenID issuer, a cluster and a file do what every reader of keys must."""

import base64
import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.login_service import JWKS, Answer, LoginService, login_service, public_jwk, signing_key
from offboarding.interfaces import ConnectionFields, KeySource
from tests.contract import key_contract
from tests.contract.key_contract import KeyContract, RemoteKeyContract
from tests.systems.jwks.login import cluster_connection, verifier

pytestmark = pytest.mark.slow

TOKEN = "eyJhbGciOiJSUzI1NiJ9.service-account.token"


class Keys:
    """What is published, and its private halves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self.secrets: list[str] = []

    def make(self, *kids: str) -> None:
        for kid in kids:
            self._keys[kid] = signing_key(self._folder, kid)
            self.secrets += private_texts(self._keys[kid])

    def drop(self, kid: str) -> None:
        del self._keys[kid]

    @property
    def jwks(self) -> list[dict[str, object]]:
        return [public_jwk(key.public_key(), kid) for kid, key in self._keys.items()]


class Issuer:
    """The demo company's login service."""

    room = "verifiers"
    kind = "jwks"
    name = "login"

    def __init__(self, service: LoginService, keys: Keys) -> None:
        self._service = service
        self._keys = keys
        self._keys.make("2026-01", "2026-02")
        self.publish()

    @property
    def secrets(self) -> list[str]:
        return self._keys.secrets

    def publish(self) -> None:
        self._service.publish(*self._keys.jwks)

    def reader(self) -> KeySource:
        return verifier(self._service, name=self.name, issuers=[self._service.issuer])

    def add(self) -> str:
        self._keys.make("2026-03")
        self.publish()
        return "2026-03"

    def remove(self, native_id: str) -> None:
        self._keys.drop(native_id)
        self.publish()

    def forbid(self) -> str:
        self._service.answers[JWKS] = Answer(status=403)
        return "ask whoever runs it where its JWKS is"

    def cut_off(self) -> None:
        whole = self._service.answers[JWKS]
        self._service.answers[JWKS] = replace(whole, sent=len(whole.body) - 40)

    def refused(self) -> KeySource:
        self._service.answers[JWKS] = Answer(status=401)
        return self.reader()

    def unreachable(self) -> KeySource:
        return verifier(self._service, name=self.name, issuers=["https://127.0.0.1:9"])


class Cluster(Issuer):
    """A Kubernetes API server: it asks for a token, and calls itself as every cluster does."""

    name = "prod"

    def __init__(self, service: LoginService, keys: Keys) -> None:
        super().__init__(service, keys)
        self.secrets.append(TOKEN)
        service.describe(issuer="https://kubernetes.default.svc.cluster.local")

    def publish(self) -> None:
        self._service.publish(*self._keys.jwks)
        self._service.answers["/openid/v1/jwks"] = self._service.answers.pop(JWKS)

    def reader(self) -> KeySource:
        return self._verifier(cluster_connection(self._service, TOKEN))

    def forbid(self) -> str:
        self._service.answers["/openid/v1/jwks"] = Answer(status=403)
        return "system:service-account-issuer-discovery"

    def cut_off(self) -> None:
        whole = self._service.answers["/openid/v1/jwks"]
        self._service.answers["/openid/v1/jwks"] = replace(whole, sent=len(whole.body) - 40)

    def refused(self) -> KeySource:
        self._service.answers["/.well-known/openid-configuration"] = Answer(status=401)
        return self.reader()

    def unreachable(self) -> KeySource:
        return self._verifier(replace(cluster_connection(self._service, TOKEN), port=9))

    def _verifier(self, connection: ConnectionFields) -> KeySource:
        return verifier(self._service, connection, name=self.name, kubernetes="seoul-1", connection="prod_cluster")


class File:
    """A file that a service reads its keys from."""

    room = "verifiers"
    kind = "jwks"
    name = "apps"

    def __init__(self, path: Path, keys: Keys) -> None:
        self._path = path
        self._keys = keys
        self._keys.make("2026-01", "2026-02")
        self._write()

    @property
    def secrets(self) -> list[str]:
        return self._keys.secrets

    def reader(self) -> KeySource:
        return verifier(None, name=self.name, files={"token-service": str(self._path)})

    def add(self) -> str:
        self._keys.make("2026-03")
        self._write()
        return "2026-03"

    def remove(self, native_id: str) -> None:
        self._keys.drop(native_id)
        self._write()

    def forbid(self) -> str:
        # A folder in its place: what a superuser's test can't read either.
        self._path.unlink()
        self._path.mkdir()
        return "Let our user read it"

    def cut_off(self) -> None:
        whole = self._path.read_bytes()
        self._path.write_bytes(whole[:-40])

    def _write(self) -> None:
        self._path.write_text(json.dumps({"keys": self._keys.jwks}))


def private_texts(key: rsa.RSAPrivateKey) -> list[str]:
    """The private half in the forms in which it might slip out."""
    secret = key.private_numbers().d
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    octets = secret.to_bytes((secret.bit_length() + 7) // 8, "big")
    return [str(secret), base64.urlsafe_b64encode(octets).decode().rstrip("="), pem.splitlines()[3]]


class TestIssuer(RemoteKeyContract):
    @pytest.fixture
    def system(self, tmp_path: Path) -> Generator[key_contract.RemoteKeySystem]:
        with login_service(tmp_path) as service:
            yield Issuer(service, Keys(tmp_path / "keys"))


class TestCluster(RemoteKeyContract):
    @pytest.fixture
    def system(self, tmp_path: Path) -> Generator[key_contract.RemoteKeySystem]:
        with login_service(tmp_path) as service:
            yield Cluster(service, Keys(tmp_path / "keys"))


class TestFile(KeyContract):
    @pytest.fixture
    def system(self, tmp_path: Path) -> key_contract.KeySystem:
        return File(tmp_path / "jwks.json", Keys(tmp_path / "keys"))


def test_a_private_half_would_be_recognised(tmp_path: Path) -> None:
    """The control: what the suite looks for is really what a JWKS would hold."""
    key = signing_key(tmp_path, "control")
    leaked: Mapping[str, object] = public_jwk(key.public_key(), "x", d=private_texts(key)[1])

    assert [text for text in private_texts(key) if text in repr(leaked)] == [private_texts(key)[1]]

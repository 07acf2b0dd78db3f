"""Verifiers of JWKSs, as a task makes them, and the login service that they ask."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from structlog.testing import capture_logs

from demo.login_service import LoginService, login_service, public_jwk
from offboarding.interfaces import ConnectionFields, KeySource
from offboarding.model import Fact
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.verifiers import jwks
from tests.support.lasting import Lasting
from tests.support.usual_read import CONTEXT

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FIRST = PRIVATE.public_key()
SECOND = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
SECRET_D = base64.urlsafe_b64encode(PRIVATE.private_numbers().d.to_bytes(256, "big")).decode().rstrip("=")
SECRET_K = "c2hhcmVkLWJ5LWV2ZXJ5Ym9keQ"
JSON = {"Content-Type": "application/json"}


def verifier(
    service: LoginService | None, fields: ConnectionFields | None = None, *, part: str = "", **settings: object
) -> KeySource:
    """The verifier of one part, the first where none is named; it may ask this machine, and trusts the service's CA."""
    usual: dict[str, object] = {"name": "login", "kind": "jwks", "internal": True}
    if service is not None:
        usual["ca_certs_file"] = str(service.authority)
    valid = jwks.Settings.model_validate(usual | settings)
    return jwks.build(valid, fields, part or valid.parts()[0], CONTEXT)


def cluster_connection(service: LoginService, token: str) -> ConnectionFields:
    """The Airflow connection to an API server."""
    host, _, port = service.issuer.removeprefix("https://").partition(":")
    extra = {"ca_certs_file": str(service.authority)}
    return ConnectionFields(conn_id="prod_cluster", host=host, port=int(port), password=token, extra=extra)


@pytest.fixture(scope="session")
def running_login(lasting: Lasting, tmp_path_factory: pytest.TempPathFactory) -> LoginService:
    names = ("localhost", "login.corp.example")
    return lasting("login", lambda: login_service(tmp_path_factory.mktemp("login"), names=names))


@pytest.fixture
def service(running_login: LoginService) -> LoginService:
    """The service as it is on a good day."""
    running_login.answers.clear()
    running_login.asked.clear()
    running_login.describe()
    running_login.publish(public_jwk(FIRST, "2026-01"), public_jwk(SECOND, "2026-02"))
    return running_login


def facts(service: LoginService | None, fields: ConnectionFields | None = None, **settings: Any) -> list[Fact]:
    """All that the verifier tells; of the service's issuer where no other settings are given."""
    if service is not None and not settings:
        settings = {"issuers": [service.issuer]}
    return list(verifier(service, fields, **settings).collect())


def refused(service: LoginService | None, kind: type[OffboardingError] = FatalError, **settings: Any) -> str:
    """The sentence, with the service's own address as it is written here; it is in no log, and holds nothing secret."""
    with pytest.raises(kind) as caught, capture_logs() as logs:
        facts(service, **settings)
    assert type(caught.value) is kind
    assert not [secret for secret in (SECRET_D, SECRET_K) if secret in str(caught.getrepr(style="long")) + repr(logs)]
    return str(caught.value).replace(service.issuer, "https://login") if service else str(caught.value)

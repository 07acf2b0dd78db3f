"""Verifiers of JWKSs, as a task makes them."""

from datetime import UTC, datetime

from include.offboarding.demo.login_service import LoginService
from include.offboarding.interfaces import ConnectionFields, KeySource, ReadContext
from include.offboarding.verifiers import jwks

CONTEXT = ReadContext(as_of=datetime(2026, 11, 24, 16, 30, tzinfo=UTC), default_zone="Asia/Seoul")


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

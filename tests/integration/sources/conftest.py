"""Real directories, a real Vault, and a certificate for whatever stands in for a service."""

import pytest

from demo.certificates import make_certificate
from demo.slapd import Tls
from tests.support.directory import certified, crowded, limited
from tests.support.vault import engine, vault
from tests.support.vault_logins import logins

__all__ = ["certified", "crowded", "engine", "limited", "logins", "vault"]


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """Of 127.0.0.1, by an authority of its own."""
    return make_certificate(tmp_path_factory.mktemp("tls"))

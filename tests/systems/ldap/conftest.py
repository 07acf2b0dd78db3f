"""Real directories; those that need root are started once."""

from collections.abc import Generator

import pytest

from tests.support.unpacked import DIRECTORIES
from tests.systems.ldap import dirsrv, samba
from tests.systems.ldap.directory import certified, crowded, limited

__all__ = ["certified", "crowded", "limited"]


@pytest.fixture(scope="session")
def possible() -> None:
    """Before the two servers begin: where they are missing, one line says why."""
    if why := DIRECTORIES.why_not():
        pytest.skip(why)


@pytest.fixture(scope="session")
def domain(possible: None) -> Generator[samba.Domain]:
    with samba.running() as running:
        yield running


@pytest.fixture(scope="session")
def instance(possible: None) -> Generator[dirsrv.Instance]:
    with dirsrv.running() as running:
        yield running


@pytest.fixture
def people(domain: samba.Domain, request: pytest.FixtureRequest) -> Generator[str]:
    """A container in the domain for one test."""
    with domain.container(request.node.name) as dn:
        yield dn


@pytest.fixture
def unit(instance: dirsrv.Instance, request: pytest.FixtureRequest) -> Generator[str]:
    """A container in 389-ds for one test."""
    with instance.container(request.node.name) as dn:
        yield dn

"""Directories that need root, each started once."""

from collections.abc import Generator

import pytest

from tests.support import dirsrv, samba, unpacked


@pytest.fixture(scope="session")
def possible() -> None:
    """Where it isn't, one line says why."""
    why = unpacked.DIRECTORIES.why_not()
    if why:
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

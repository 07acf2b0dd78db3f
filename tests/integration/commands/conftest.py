"""Commands typed in this process, over a filled store that lies on a real PostgreSQL."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from offboarding import wiring
from offboarding.config import loading
from offboarding.runs import pipeline
from offboarding.store import embedded, trial
from offboarding.store.connect import Session, opened
from tests.support import filled
from tests.support.database import TEMPLATE, cloned
from tests.support.lasting import Lasting, descriptions_read_once
from tests.support.memory import Folder
from tests.support.tiny_company import TinyCompany, tiny_company
from tests.support.typed import ZONE_ONLY, Type, Typed, configured, own_logs, target, typed

__all__ = ["ZONE_ONLY", "Type", "Typed", "configured", "own_logs", "target", "typed"]


def connected(parameters: Mapping[str, str | int]) -> str:
    """The store's connection, as the environment gives it."""
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": str(parameters["host"]),
            "port": int(parameters["port"]),
            "login": str(parameters["user"]),
            "schema": str(parameters["dbname"]),
        }
    )


@pytest.fixture(scope="session")
def one_night(store_server: embedded.EmbeddedServer) -> Iterator[Mapping[str, str | int]]:
    """A store after one night and its report, for commands that only read."""
    with cloned(store_server) as name:
        parameters = store_server.connection_kwargs(dbname=name)
        with opened(parameters) as session:
            reported_night(session)
        yield parameters


@pytest.fixture
def store_template(request: pytest.FixtureRequest) -> str:
    """After one night where a test decides something or asks for the night, else empty."""
    after_one = {"deciding", "night"} & set(request.fixturenames)
    return str(request.getfixturevalue("one_night")["dbname"]) if after_one else TEMPLATE


@pytest.fixture
def night(store: Session) -> Session:
    """Jordan Doe and Sam Poe left; something of each is found."""
    return store


def reported_night(session: Session, **changes: Any) -> int:
    run = filled.spend_night(session, **changes)
    pipeline.report(session, filled.settings(), run)
    return run.run_id


@pytest.fixture
def reading(typed: Type, one_night: Mapping[str, str | int], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types a command in, over the store after one night."""
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(one_night))
    return typed


@pytest.fixture
def deciding(typed: Type, store_parameters: dict[str, str | int], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types a command in, over a store of this test's own after one night."""
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    return typed


@pytest.fixture(scope="module")
def tiny(in_memory: Folder, lasting: Lasting) -> Iterator[TinyCompany]:
    """A company of two on real systems: a directory, AWS accounts, a tracker, and a store beside its file."""
    lasting("descriptions", descriptions_read_once)
    with tiny_company(in_memory("tiny")) as company, pytest.MonkeyPatch.context() as environment:
        for name, value in company.environment.items():
            environment.setenv(name, value)
        yield company


@pytest.fixture
def at_work(tiny: TinyCompany, typed: Type, monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    """Types a command in, over that company."""
    for name, value in tiny.environment.items():
        monkeypatch.setenv(name, value)
    yield typed
    tiny.aws.relent()


def trial_schemas() -> list[str]:
    """What trials have left in the store."""
    with wiring.store(loading.load()) as session:
        return [str(name) for (name,) in session.execute(trial.block("trial", "trial_schemas")).fetchall()]

"""A server that sends a byte now and then, in a whole Airflow: the night is judged and reported without it."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.dag_runs import Ended, airflow_home
from tests.support.liars import lying
from tests.support.memory import Folder
from tests.support.tiny_company import LEAVER, TinyCompany, tiny_company

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
MINUTES = 0.05
CONNECTION = "slow_npm"
SLOW = {
    "name": "npm",
    "kind": "npm_packages",
    "connection": CONNECTION,
    "organization": "corp",
    "max_read_minutes": MINUTES,
}


def dripping(_: bytes) -> Iterator[bytes]:
    """A head without an end; each byte of it comes in time."""
    while True:
        time.sleep(0.2)
        yield b"H"


@pytest.fixture(scope="module")
def company_and_night(in_memory: Folder) -> Generator[tuple[TinyCompany, Ended]]:
    folder = in_memory("slow company")
    with airflow_home(folder / "airflow") as home, tiny_company(folder) as company, lying(dripping) as slow:
        told = {"conn_type": "http", "host": slow.host, "port": slow.port, "schema": "http", "password": "token"}
        path = Path(company.environment["OFFBOARDING_CONFIG"])
        given = yaml.safe_load(path.read_text("utf-8"))
        path.write_text(yaml.safe_dump({**given, "sources": [*given["sources"], SLOW]}), encoding="utf-8")
        environment = {**company.environment, f"AIRFLOW_CONN_{CONNECTION.upper()}": json.dumps(told)}
        yield company, home.run(environment, "2026-11-25T01:30:00+09:00")


@pytest.fixture
def company(company_and_night: tuple[TinyCompany, Ended]) -> TinyCompany:
    return company_and_night[0]


@pytest.fixture
def night(company_and_night: tuple[TinyCompany, Ended]) -> Ended:
    return company_and_night[1]


def test_the_slow_read_fails_once_and_everything_else_is_done(
    night: Ended, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    states = night.states()

    assert {task for task, state in states.items() if state == "failed"} == {"collect npm", "end"}
    assert {states[task] for task in ("evaluate", "guard", "ticket", "alert", "report")} == {"success"}
    assert night.tries()["collect npm"] == 1


def test_what_was_read_is_ticketed(company: TinyCompany, night: Ended) -> None:
    assert night.code == 1
    assert company.tickets()
    assert all(LEAVER in title for title in company.tickets())


def test_what_was_not_read_is_named(night: Ended) -> None:
    said = "\n".join(night.own)

    assert "!! sources.npm: it was not read to its end within 3 seconds" in said
    assert "NOT CHECKED sources.npm" in said

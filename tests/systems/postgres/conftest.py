"""HR's own database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields, ReadContext, Roster
from offboarding.rosters import postgres
from tests.contract.roster_contract import Publish, publishing
from tests.systems.postgres.hr_database import HrDatabase, hr_database, hr_server

__all__ = ["hr_database", "hr_server"]

Build = Callable[..., postgres.PostgresRoster]


@pytest.fixture
def build(hr_database: HrDatabase) -> Build:
    """A roster over a query; what isn't said is the plainest there is."""

    def built(query: str, *, connection: ConnectionFields | None = None, **settings: object) -> postgres.PostgresRoster:
        given = {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "full", "query": query} | settings
        context = ReadContext(as_of=datetime.now(UTC), default_zone="Asia/Seoul")
        return postgres.build(postgres.Settings.model_validate(given), connection or hr_database.connection, context)

    return built


@pytest.fixture
def publish(hr_database: HrDatabase, build: Build) -> Publish:
    def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
        hr_database.fill("worker", there, rows)
        return build("SELECT * FROM worker ORDER BY position", **given)

    return publishing(held)

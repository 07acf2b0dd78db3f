"""HR's own database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Coverage
from offboarding.rosters import postgres
from tests.contract.roster_contract import COLUMNS, Publish
from tests.support.hr_database import HrDatabase, hr_database, hr_server

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
    def published(
        rows: Iterable[Mapping[str, str]],
        *,
        coverage: Coverage = Coverage.FULL,
        unmapped: Sequence[str] = (),
        absent: Sequence[str] = (),
        **settings: object,
    ) -> postgres.PostgresRoster:
        mapped = [name for name in COLUMNS if name not in unmapped]
        hr_database.fill("worker", [name for name in mapped if name not in absent], rows)
        given = {
            "columns": {name: name for name in mapped},
            "coverage": coverage,
            "zones": {"Seoul": "Asia/Seoul", "Berlin": "Europe/Berlin"},
        }
        return build("SELECT * FROM worker ORDER BY position", **(given | settings))

    return published

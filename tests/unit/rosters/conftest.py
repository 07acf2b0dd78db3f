"""Feeds as files."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from include.offboarding.interfaces import ReadContext
from include.offboarding.model import Coverage
from include.offboarding.rosters import csv as csv_roster
from tests.contract.roster_contract import COLUMNS, Publish

Build = Callable[..., csv_roster.CsvRoster]


@pytest.fixture
def build() -> Build:
    """A roster over a path; what isn't said is the plainest there is."""

    def built(path: Path | str, *, as_of: datetime | None = None, **settings: object) -> csv_roster.CsvRoster:
        given = {"name": "hr", "kind": "csv", "coverage": "full", "path": str(path)} | settings
        context = ReadContext(as_of=as_of or datetime.now(UTC), default_zone="Asia/Seoul")
        return csv_roster.build(csv_roster.Settings.model_validate(given), None, context)

    return built


@pytest.fixture
def publish(tmp_path: Path, build: Build) -> Publish:
    def published(
        rows: Iterable[Mapping[str, str]],
        *,
        coverage: Coverage = Coverage.FULL,
        unmapped: Sequence[str] = (),
        absent: Sequence[str] = (),
        **settings: object,
    ) -> csv_roster.CsvRoster:
        mapped = [name for name in COLUMNS if name not in unmapped]
        path = tmp_path / "hr_20261124.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [name for name in mapped if name not in absent], restval="")
            writer.writeheader()
            writer.writerows(rows)
        given = {
            "columns": {name: name for name in mapped},
            "coverage": coverage,
            "zones": {"Seoul": "Asia/Seoul", "Berlin": "Europe/Berlin"},
        }
        return build(path, **(given | settings))

    return published

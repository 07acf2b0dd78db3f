"""Feeds as files."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields, ReadContext, Roster
from offboarding.rosters import csv as csv_roster
from tests.contract.roster_contract import Publish, publishing

Build = Callable[..., csv_roster.CsvRoster]
Deliver = Callable[[str], tuple[str, Mapping[str, object]]]
"""Puts a feed's text where HR puts it; returns the address and whatever settings and connection it needs."""


@pytest.fixture
def build() -> Build:
    """A roster over a path; what isn't said is the plainest there is."""

    def built(
        path: Path | str,
        *,
        as_of: datetime | None = None,
        connection_fields: ConnectionFields | None = None,
        domains: tuple[str, ...] = (),
        **settings: object,
    ) -> csv_roster.CsvRoster:
        given = {"name": "hr", "kind": "csv", "coverage": "full", "path": str(path)} | settings
        context = ReadContext(as_of=as_of or datetime.now(UTC), default_zone="Asia/Seoul", mail_domains=domains)
        return csv_roster.build(csv_roster.Settings.model_validate(given), connection_fields, context)

    return built


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """A file on the disk; other suites put it elsewhere."""

    def delivered(text: str) -> tuple[str, Mapping[str, object]]:
        path = tmp_path / "hr_20261124.csv"
        path.write_bytes(text.encode())
        return str(path), {}

    return delivered


@pytest.fixture
def publish(deliver: Deliver, build: Build) -> Publish:
    def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
        text = io.StringIO()
        writer = csv.DictWriter(text, there, restval="")
        writer.writeheader()
        writer.writerows(rows)
        path, needed = deliver(text.getvalue())
        return build(path, **(dict(needed) | given))

    return publishing(held)

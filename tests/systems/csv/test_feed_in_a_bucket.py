"""A feed in a bucket as a night reads it: named in the file, its connection found by the wiring."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offboarding import wiring
from offboarding.config import loading
from offboarding.interfaces import Roster
from offboarding.model.errors import IncompleteReadError
from tests.support.buckets import BUCKET, Store, s3, s3_process

pytestmark = pytest.mark.slow

__all__ = ["s3", "s3_process"]

NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
FILE = f"""
company: {{time_zone: Asia/Seoul, mail_domains: [corp.example], mail_aliases: {{corp.co.kr: corp.example}}}}
rosters:
  - name: hr
    kind: csv
    connection: hr_bucket
    path: s3://{BUCKET}/out/hr_*.csv
    date_in_name: "%Y%m%d"
    files: 2
    trailer: {{pattern: 'TRL,(?P<rows>[0-9]+),?'}}
    max_age: 36h
    expected: weekdays
    coverage: active
    columns: {{worker_id: id, mail: mail}}
sources: [{{name: corp-ldap, kind: ldap, connection: corp_ldap, base_dn: "dc=corp,dc=example"}}]
"""


@pytest.fixture
def roster(s3: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Roster:
    path = tmp_path / "offboarding.yaml"
    path.write_text(FILE)
    fields = s3.connection()
    told = {"conn_type": "aws", "login": fields.login, "password": fields.password, "extra": dict(fields.extra)}
    monkeypatch.setenv("AIRFLOW_CONN_HR_BUCKET", json.dumps(told))
    return wiring.roster(loading.load(path).settings, "hr", NIGHT)


def _deliver(s3: Store, day: str, part: str, domain: str) -> None:
    rows = "".join(f"{part}{number},w{number}@{domain}\n" for number in range(3))
    s3.put(f"out/hr_{day}_{part}.csv", f"id,mail\n{rows}TRL,3\n".encode())


def test_both_parts_of_the_newest_day_are_the_feed_and_proved(s3: Store, roster: Roster) -> None:
    for day in ("20261123", "20261124"):
        for part in ("berlin", "seoul"):
            _deliver(s3, day, part, "corp.co.kr")
    assert [worker.worker_id for worker in roster.read()] == [
        f"{part}{n}" for part in ("berlin", "seoul") for n in range(3)
    ]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.origin == "hr_20261124_berlin.csv and 1 more"


def test_the_companys_domains_are_known(s3: Store, roster: Roster) -> None:
    for part in ("berlin", "seoul"):
        _deliver(s3, "20261124", part, "other.example")
    with pytest.raises(IncompleteReadError, match=r"none of 6 mail addresses is at corp\.co\.kr, corp\.example"):
        list(roster.read())

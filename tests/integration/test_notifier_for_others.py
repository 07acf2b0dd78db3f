"""The notifier that other DAGs may use, as Airflow calls it."""

from pathlib import Path

import pytest
import yaml

from offboarding import wiring
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding_airflow.notifications import OffboardingNotifier
from offboarding_airflow.provider import get_provider_info
from tests.support.alerts import HeardNotifier

NOTIFIER = {"name": "soc", "kind": "smtp", "connection": "mail", "to": ["soc@corp.example"]}


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "offboarding.yaml"
    base = {
        "company": {"time_zone": "Asia/Seoul"},
        "store": "embedded",
        "rosters": [
            {
                "name": "hr",
                "kind": "csv",
                "path": "hr.csv",
                "coverage": "full",
                "id_space": "hr",
                "columns": {"worker_id": "id", "status": "status", "last_working_day": "last"},
                "statuses": {"active": "active"},
            }
        ],
        "sources": [{"name": "ldap", "kind": "ldap", "connection": "corp", "base_dn": "dc=corp", "locks": "none"}],
    }
    path.write_text(yaml.safe_dump({**base, "notifiers": [NOTIFIER]}), encoding="utf-8")
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    return path


@pytest.fixture
def heard(configured: Path, monkeypatch: pytest.MonkeyPatch) -> HeardNotifier:
    del configured
    notifier = HeardNotifier()
    monkeypatch.setattr(wiring, "told_at_once", lambda: (notifier,))
    return notifier


def test_it_tells_whoever_is_configured_what_it_was_given(heard: HeardNotifier) -> None:
    OffboardingNotifier(subject="HR's export failed", body="Run {{ run_id }}")({"run_id": "manual__1"})

    (alert,) = heard.alerts
    assert (alert.subject, alert.body) == ("HR's export failed", "Run manual__1")


def test_what_cannot_be_told_is_raised(heard: HeardNotifier) -> None:
    heard.error = FatalError("notifiers.soc: 535 refused")

    with pytest.raises(RetriableError, match=r"HR's export failed, and people couldn't be told: .*535 refused"):
        OffboardingNotifier(subject="HR's export failed", body="")({"run_id": "manual__1"})


def test_where_nobody_is_configured_that_is_said(configured: Path) -> None:
    file = yaml.safe_load(configured.read_text("utf-8"))
    configured.write_text(yaml.safe_dump({**file, "notifiers": []}), encoding="utf-8")

    with pytest.raises(ConfigError, match="nobody is named there"):
        OffboardingNotifier(subject="x", body="")({"run_id": "manual__1"})


def test_the_provider_names_it() -> None:
    assert get_provider_info()["notifications"] == [f"{OffboardingNotifier.__module__}.{OffboardingNotifier.__name__}"]

"""The alarms and the dashboard, by a Prometheus that a whole Airflow tells of a red night."""

import json
import re
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest

from demo.standalone import Standalone, standalone
from offboarding.report.numbers import NUMBERS
from tests.support.memory import Folder
from tests.support.prometheus import MONITORING, Prometheus, collector, program, prometheus
from tests.support.queued_company import PEOPLE, queued_company
from tests.support.standalone import QUICK

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        program("promtool") is None, reason="no Prometheus here: run scripts/prometheus.sh, it says why"
    ),
]
NIGHTLY = "offboarding_nightly"
DASHBOARD = json.loads((MONITORING / "grafana.json").read_text("utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
METRIC = re.compile(r"airflow_offboarding_(\w+)")


def promtool(*words: str) -> None:
    found = program("promtool")
    assert found is not None
    done = subprocess.run([found, *words], cwd=MONITORING, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alarms_are_rules_and_are_raised_when_they_should_be() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")


def test_the_dashboard_shows_every_number() -> None:
    known = {re.sub(r"\W", "_", name).replace("_SEVERITY", "_critical").replace("_NAME", "_") for name in NUMBERS}

    shown = {found for expression in EXPRESSIONS for found in METRIC.findall(expression)}

    assert known <= shown
    assert shown - known == {f"findings_open_{severity}" for severity in ("high", "medium", "low")}


# --- a night ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a red night has told."""

    prometheus: Prometheus
    airflow: Standalone


@pytest.fixture(scope="module")
def told(in_memory: Folder) -> Generator[Told]:
    """More leave in it than the guard lets through."""
    folder = in_memory("monitored company")
    (folder / "tmp").mkdir()
    with (
        queued_company(folder, approvers=[]) as company,
        collector() as told,
        prometheus(folder / "prometheus", told) as seen,
    ):
        company.night("the first night, which is accepted")
        company.leave(*PEOPLE[:2])
        metrics = {
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{told.url}/v1/metrics",
            "TMPDIR": str(folder / "tmp"),
        }
        environment = {**company.environment, **QUICK, **metrics}
        with standalone(folder / "airflow", environment, dags=(NIGHTLY,)) as airflow:
            night = airflow.admin.trigger(NIGHTLY)
            assert airflow.ended(NIGHTLY, night) == "failed"
            assert airflow.admin.task(NIGHTLY, night, "end") == "failed"
            yield Told(prometheus=seen, airflow=airflow)


def value(told: Told, expression: str) -> float:
    """One number, as soon as it has arrived."""
    found: list[dict[str, Any]] = told.airflow.until(lambda: told.prometheus.ask(expression), expression, 10)
    return float(found[0]["value"][1])


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_each_expression_of_the_dashboard_gives_a_number(told: Told, expression: str) -> None:
    assert value(told, expression) >= 0


def test_they_are_the_night_s(told: Told) -> None:
    names = ("findings_waiting", "night_red_reasons", "findings_open_critical", "reads_incomplete")
    assert [value(told, f"last_over_time(airflow_offboarding_{name}[26h])") for name in names] == [2, 1, 0, 0]
    assert value(told, "time() - airflow_offboarding_night_ended_at") < 300


def test_a_red_night_raises_its_alarm_and_nothing_else_does(told: Told) -> None:
    raised = told.airflow.until(
        lambda: "OffboardingNightRed" in told.prometheus.alerts() and told.prometheus.alerts(), "an alarm is raised", 30
    )

    assert raised == {"OffboardingNightRed": "firing", "OffboardingWaits": "pending"}

"""What Airflow must know before a run begins: when the runs are due, and which queue is watched.

Airflow reads DAG files every few seconds. They need these few values and load no system. A file that cannot be read, or
a mistake in these values, gives the defaults: the first task of each run loads the whole configuration, and fails with
every mistake (config/loading.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from pydantic import ValidationError

from offboarding.config.loading import QUEUE, config_path, read_mapping
from offboarding.config.policy import Policy
from offboarding.config.settings import Company
from offboarding.model.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """When runs are due."""

    time_zone: str = "UTC"
    """IANA name: the zone of the cron lines."""
    nightly: str = Policy().nightly
    """A cron line of five fields."""
    nightly_takes: timedelta | None = None
    """How long a night may take before the notifiers are told; None: no limit."""
    verify: str = Policy().verify
    """A cron line of five fields."""
    queue: str | None = None
    """The address of the queue of departures; None: no queue is watched."""


def read() -> Schedules:
    """Return what the configuration file says; the defaults if it cannot be read or one of these values is wrong."""
    try:
        raw = read_mapping(config_path())
        company, policy = Company.model_validate(raw.get("company")), Policy.model_validate(raw.get("policy") or {})
    except (ConfigError, ValidationError):
        return Schedules()
    messages = raw.get(QUEUE)
    queue = cast("Mapping[str, object]", messages).get("queue") if isinstance(messages, dict) else None
    return Schedules(
        time_zone=company.time_zone,
        nightly=policy.nightly,
        nightly_takes=policy.nightly_takes,
        verify=policy.verify,
        queue=queue if isinstance(queue, str) else None,
    )

"""What Airflow must know before a run begins: when the runs are due, and which queue is watched.

Airflow reads DAG files every few seconds. They need these few values and load no system. A value that is wrong, or a
file that cannot be read, gives the default: the first task of each run loads the whole configuration, and fails with
every mistake (config/loading.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from offboarding.config.loading import QUEUE, config_path, read_mapping
from offboarding.config.policy import Policy
from offboarding.config.settings import Company
from offboarding.model.errors import ConfigError

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """When runs are due."""

    time_zone: str = "UTC"
    """IANA name: the zone of the cron lines."""
    nightly: str = Policy().nightly
    """A cron line of five fields."""
    nightly_takes: timedelta | None = None
    """How long a night may take before the notifiers are called; None: no limit."""
    nightly_done_by: str | None = None
    """The time of day by which it is to be done, as the file writes it."""
    verify: str = Policy().verify
    """A cron line of five fields."""
    queue: str | None = None
    """The address of the queue of departures; None: no queue is watched."""


def schedules() -> Schedules:
    """Return what the configuration file says; the default of each value that is wrong or cannot be read."""
    try:
        raw = read_mapping(config_path())
    except (ConfigError, OSError, RuntimeError):
        # RuntimeError: a home folder of a user who does not exist.
        return Schedules()
    company, policy, messages = (_section(raw, name) for name in ("company", "policy", QUEUE))
    due = _valid(Policy, _only(policy, "nightly", "nightly_done_by")) or Policy()
    verify = _valid(Policy, _only(policy, "verify")) or Policy()
    zone = _valid(Company, _only(company, "time_zone"))
    queue = messages.get("queue")
    return Schedules(
        time_zone=zone.time_zone if zone else Schedules().time_zone,
        nightly=due.nightly,
        nightly_takes=due.nightly_takes,
        nightly_done_by=due.nightly_done_by,
        verify=verify.verify,
        queue=queue if isinstance(queue, str) else None,
    )


def _section(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = raw.get(name)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _only(section: Mapping[str, object], *names: str) -> Mapping[str, object]:
    """Return these keys of a section alone: a mistake in another key changes no schedule."""
    return {name: section[name] for name in names if name in section}


def _valid(model: type[_Model], fields: Mapping[str, object]) -> _Model | None:
    try:
        return model.model_validate(fields)
    except ValidationError:
        return None

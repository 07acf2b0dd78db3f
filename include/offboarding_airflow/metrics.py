"""What stands, in numbers, to whatever Airflow tells its own: StatsD, DataDog or OpenTelemetry. If at all."""

import functools
from collections.abc import Callable
from typing import Any

from offboarding.runs import pipeline
from offboarding_airflow.versions import Stats


def in_numbers(work: Callable[..., object]) -> Callable[..., object]:
    """A function of the pipeline whose last argument is the run; and after it what stands, as gauges.

    `[metrics] statsd_prefix` stands before their names.
    """

    @functools.wraps(work)
    def both(session: Any, *others: Any) -> None:
        try:
            work(session, *others)
        finally:
            for name, number in pipeline.counted_up(session, others[-1]).items():
                Stats.gauge(f"offboarding.{name}", number)

    return both

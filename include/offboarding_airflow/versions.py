"""What differs between the Airflows that we run in, 3.1 to 3.3, in one place: make test-airflows."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from airflow import __version__ as airflow_version
from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowSkipException,
    AirflowTaskTimeout,
    TaskDeferred,
)

# airflow.sdk exports it, and declares no type for it.
from airflow.sdk.definitions.param import ParamsDict

__all__ = [
    "DOUBLED",
    "PEOPLE_ALONE",
    "AirflowSkipException",
    "AirflowTaskTimeout",
    "AnswerAwaited",
    "CronTriggerTimetable",
    "ParamsDict",
    "Refusal",
    "Stats",
    "due_within",
    "never_again_after",
]

AIRFLOW = tuple(int(number) for number in airflow_version.split(".")[:2])

DOUBLED: Any = 2.0 if AIRFLOW >= (3, 2) else True
"""A task's `retry_exponential_backoff`: each attempt waits twice as long as the one before. 3.1 knows no other."""

if TYPE_CHECKING or AIRFLOW >= (3, 2):
    from airflow.sdk import CronTriggerTimetable

    # airflow.sdk exports these too, and declares no type for them.
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference
    from airflow.sdk.observability.stats import Stats

    # The SDK shows no public name for kinds of runs, and takes their words.
    PEOPLE_ALONE: dict[str, Any] = {"allowed_run_types": cast("Any", ["manual"])}
    """What a DAG says that only people begin."""

    def due_within(interval: timedelta | None, tell: Callable[..., Awaitable[None]]) -> dict[str, Any]:
        """A DAG's argument: a run that hasn't ended so long after its hour is told, by the triggerer.

        A run without an hour, as REST begins one, is never late.
        """
        if interval is None:
            return {}
        # The triggerer, since it may be the workers that are away.
        late = AsyncCallback(tell)
        return {"deadline": DeadlineAlert(DeadlineReference.DAGRUN_LOGICAL_DATE, interval, late)}

else:
    from airflow.stats import Stats
    from airflow.timetables.trigger import CronTriggerTimetable

    # Without a schedule nobody else begins one either, but whoever has Airflow's own commands.
    PEOPLE_ALONE = {}

    def due_within(interval: timedelta | None, tell: Callable[..., Awaitable[None]]) -> dict[str, Any]:
        """Nothing: there a run without an hour can't be begun where another would be late."""
        del interval, tell
        return {}


if TYPE_CHECKING or AIRFLOW >= (3, 3):
    from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule
    from airflow.sdk.exceptions import TaskAwaitingInput as AnswerAwaited

    class Refusal:
        """What a task must not be tried again after."""

    def never_again_after(error: type[BaseException], reason: str) -> dict[str, Any]:
        """A task's argument: after this error it isn't tried again."""
        rule = RetryRule(exception=error, action=RetryAction.FAIL, reason=reason)
        return {"retry_policy": ExceptionRetryPolicy(rules=[rule])}

else:
    # A task that asks a person waits by a trigger, so that the triggerer must run.
    AnswerAwaited = TaskDeferred
    # The one error that these don't try again. They print its trace, with the sentence at the end.
    Refusal = AirflowFailException

    def never_again_after(error: type[BaseException], reason: str) -> dict[str, Any]:
        """Nothing: by what class the error is, they know."""
        del error, reason
        return {}

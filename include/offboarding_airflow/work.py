"""A task at work: its session on the store, and how it ends where that can't be done."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import structlog

from offboarding import wiring
from offboarding.decisions.kinds import Right
from offboarding.model.errors import FatalError, OffboardingError
from offboarding_airflow.addresses import PREFIX, page
from offboarding_airflow.anchor import anchored
from offboarding_airflow.versions import DOUBLED, AirflowTaskTimeout, Refusal, never_again_after

log = structlog.get_logger("offboarding.wiring")
"""The one whose last line of a red task says why."""

OWNER = "security"
"""Whose the DAGs are, as Airflow's list shows it."""


DECIDING = {
    Right.LINK: "offboarding_decide_link",
    Right.DECIDE: "offboarding_decide",
    Right.APPROVE: "offboarding_approve",
}
"""The DAG whose runs are decisions, by the right that they require: the right to trigger it."""
PARAM = "decision"
"""The only param of these DAGs: an object with the decision's name and its fields."""
TOO_LONG = (
    "The task exceeded its execution_timeout and was ended. What it had not done yet is missing from this run. See its"
    " log for what it waited for, then clear it."
)
MOST_PEOPLE = 100
"""Whom one check may be about: people, and notices as well."""


class RedError(SystemExit):
    """Ends a task red with the sentence that stands in its log.

    Beneath any other exception Airflow prints the frames in which it was raised. Of one that leaves the process it says
    only that the task has exited (airflow/sdk/execution_time/task_runner.py), so the sentence is what people read last.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = 1


class RefusedError(RedError, Refusal):
    """A person has to act first."""


def refused(text: str) -> RefusedError:
    """Return what ends a task until a person acts, once its sentence stands in the log: Airflow shows none itself."""
    log.error(text)
    return RefusedError(text)


def tried_again(retries: int, *, seconds: int) -> dict[str, Any]:
    """What a DAG's tasks have in common: whose they are, and how often what may pass is tried again, after how long.

    A second attempt waits twice as long as the first; each up to as much again, by which Airflow keeps tasks apart.
    """
    unless = never_again_after(RefusedError, "a person has to act first")
    backs_off = {"retry_exponential_backoff": DOUBLED} if retries > 1 else {}
    return {"owner": OWNER, "retries": retries, "retry_delay": seconds, **backs_off, **unless}


@contextmanager
def at_work() -> Generator[tuple[wiring.Loaded, wiring.Session]]:
    """The configuration and a session on the store, for one task.

    An error of ours ends the task with its sentence; a defect keeps its trace.
    """
    try:
        with wiring.at_work() as (loaded, session), anchored(session):
            yield _with_forms(loaded), session
    except FatalError as error:
        raise RefusedError(str(error)) from None
    except OffboardingError as error:
        raise RedError(str(error)) from None
    except AirflowTaskTimeout:
        raise RefusedError(TOO_LONG) from None


def _with_forms(loaded: wiring.Loaded) -> wiring.Loaded:
    """Return the same with the address of the forms for tickets: on the pages."""
    if not page() or loaded.settings.forms_url:
        return loaded
    return replace(
        loaded, settings=loaded.settings.model_copy(update={"forms_url": f"{page()}{PREFIX}/decide/{{form}}"})
    )

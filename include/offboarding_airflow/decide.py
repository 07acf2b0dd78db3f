"""Decisions as forms, and by REST, where nobody has a shell: a DAG each.

The functions are the commands', and refuse what those refuse. Whoever triggers the run has decided: there is no field
for that. What is written into a form stays in Airflow, in the run's configuration.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Param, task
from airflow.sdk.definitions.param import ParamsDict

from offboarding import wiring
from offboarding.decisions import forms, submitting
from offboarding.decisions.forms import Form
from offboarding.model.errors import FatalError
from offboarding_airflow.tasks import context
from offboarding_airflow.versions import PEOPLE_ALONE
from offboarding_airflow.work import FORM, at_work, tried_again

PAGE = """{about}

Whoever triggers this has decided: that is kept, with the reason{approvers}. Green: it's decided. Red: nothing is, and
the log of `decide` says why. A run decides once; to decide anew, trigger anew. Fields with a star are needed. What you
write stays in Airflow, so name accounts and people by their ids (docs/deciding.md).
"""
CLEARED = (
    "This run was cleared, and would decide in the name of the user who triggered it, not of the one who cleared it."
    " Nothing is decided. Trigger the form again: a decision is by the user who triggers it."
)
MAX_AGE = timedelta(hours=24)
"""How long after its trigger a form may decide. The store does not know a form whose first attempt never reached it."""
TOO_OLD = (
    f"This form was filled in more than {MAX_AGE // timedelta(hours=1)} hours ago, and Airflow does not say who queued"
    " it again. Nothing is decided. Fill in the form again: a decision is by the user who triggers it."
)
APPROVERS = "; `guard.approvers` says who may, where it's set"


def decided(form: Form) -> None:
    """The form's task."""

    @task(show_return_value_in_logs=False)
    def decide() -> None:
        """Write the decision down. Red where it's refused: the last line says why, as the command would."""
        run, given = context()["dag_run"], context()["params"]
        caller = f"{run.dag_id} {run.run_id}"
        with at_work() as (loaded, session):
            # Airflow names the user who triggered the run, and not the one who cleared it. A clear without
            # `reset_dag_runs` does not count in the run's clear_number, and raises the task's max_tries.
            task_instance = context()["ti"]
            is_cleared = run.clear_number or task_instance.max_tries > task_instance.task.retries
            # The moment of the trigger: `queued_at` and `start_date` are set again when a run is queued again.
            is_too_old = datetime.now(UTC) - run.run_after > MAX_AGE
            if (is_cleared or is_too_old) and not submitting.has_decided(session, caller):
                raise FatalError(CLEARED if is_cleared else TOO_OLD)
            submitting.submit(
                session,
                loaded.settings,
                form,
                given,
                caller=caller,
                author=run.triggering_user_name,
                trackers=lambda: wiring.trackers(loaded.settings),
                is_retry=task_instance.try_number > 1,
            )

    decide()


def params(form: Form, settings: wiring.Settings) -> ParamsDict:
    """The form's fields: one without a value is needed, and the page stars it."""
    schemas = form.schemas(settings).items()
    return ParamsDict({name: Param(None, **it) if "null" in it["type"] else Param(**it) for name, it in schemas})


def define() -> None:
    """Make the DAGs, a form each, by the configuration as it is now."""
    settings = wiring.configured()
    for each in forms.every().values():
        with DAG(
            FORM.format(form=each.slug),
            description=each.says,
            schedule=None,
            # Nothing of it runs by itself.
            is_paused_upon_creation=False,
            dagrun_timeout=timedelta(minutes=30),
            **PEOPLE_ALONE,
            default_args=tried_again(1, seconds=10),
            params=params(each, settings),
            tags=["offboarding", "decision"],
            doc_md=PAGE.format(about=each.about, approvers=APPROVERS if each.by_approvers else ""),
        ):
            decided(each)

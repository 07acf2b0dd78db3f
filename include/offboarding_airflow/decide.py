"""Decisions by REST and from the pages: one DAG for each right.

People decide on the pages, which begin a run here. The functions are the commands', and refuse what those refuse. The
user who triggers a run is the author. What is submitted stays in Airflow, in the run's configuration.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, Param, task

from offboarding import wiring
from offboarding.decisions import forms, kinds, submitting
from offboarding.decisions.kinds import Right
from offboarding.model.errors import FatalError
from offboarding_airflow.tasks import context
from offboarding_airflow.versions import PEOPLE_ALONE, ParamsDict
from offboarding_airflow.work import DECIDING, PARAM, at_work, tried_again

ABOUT = {
    Right.LINK: "Decide which person an account belongs to. Who may trigger this DAG sees names on the pages.",
    Right.DECIDE: "Decide about findings, departures, notices, acknowledgements and attestations.",
    Right.APPROVE: "Accept or reject what waits for an approver.",
}
PAGE = """{about}

Decide on the pages (Offboarding, Decide). By REST (docs/deciding.md):

{decisions}

The user who triggers a run is the author. A run that succeeds has decided; if it fails, nothing is decided, and the log
of `decide` says why. A run decides once; to decide again, trigger again. What is submitted stays in Airflow: name
accounts and people by their ids.
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


@task(show_return_value_in_logs=False)
def decide(right: str) -> None:
    """Store the decision. Fails if it is refused: the last line of the log says why, as the command would."""
    run, given = context()["dag_run"], context()["params"][PARAM]
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
            given,
            right=Right(right),
            caller=caller,
            author=run.triggering_user_name,
            trackers=lambda: wiring.trackers(loaded.settings),
            is_retry=task_instance.try_number > 1,
        )


def params(right: Right) -> dict[str, Param]:
    """Return the DAG's param. REST answers 400 for a missing or unknown field, and names it."""
    return {PARAM: Param(title="Decision", description=ABOUT[right], **forms.schema(right))}


def define() -> None:
    """Make the DAGs, one for each right."""
    for right, dag_id in DECIDING.items():
        with DAG(
            dag_id,
            description=ABOUT[right],
            schedule=None,
            # Nothing begins a run by itself.
            is_paused_upon_creation=False,
            dagrun_timeout=timedelta(minutes=30),
            **PEOPLE_ALONE,
            default_args=tried_again(1, seconds=10),
            params=ParamsDict(params(right)),
            tags=["offboarding", "decision"],
            doc_md=PAGE.format(about=ABOUT[right], decisions="\n".join(_lines(right))),
        ):
            decide(right)


def _lines(right: Right) -> list[str]:
    """A line for each decision: its name, its fields, and what it does."""
    found = kinds.submitted(right).values()
    return [f"- `{kind.name}` ({', '.join(kind.fields.model_fields)}): {kind.about}" for kind in found]

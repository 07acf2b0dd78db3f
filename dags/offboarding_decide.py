"""A person's decision as a form, and by REST, where nobody has a shell.

The functions are the commands', and refuse what those refuse. Whoever triggers the run has decided: there is no field
for that. Fields that the chosen decision doesn't ask for stay empty (docs/deciding.md). What is written into the form
stays in Airflow, in the run's configuration: prefer ids, and write no names into reasons.
"""

from datetime import timedelta
from typing import Any, cast

from airflow.sdk import DAG, Param, task
from airflow.sdk.definitions.param import ParamsDict

from dags.offboarding_tasks import context
from dags.offboarding_work import ASKED_AGAIN, at_work
from offboarding import wiring
from offboarding.decisions import kinds, submitting

NEEDED = "decision"
PEOPLE_ALONE = cast("Any", ["manual"])
"""The SDK shows no public name for kinds of runs, and takes their words."""


@task(show_return_value_in_logs=False)
def decide() -> None:
    """Write the decision down. Red where it's refused: the last line says why, as the command would."""
    run, told = context()["dag_run"], context()["params"]
    with at_work() as (loaded, session):
        submitting.submit(
            session,
            loaded.settings,
            told,
            caller=run.run_id,
            author=run.triggering_user_name,
            tracker=lambda: wiring.tracker(loaded.settings),
        )


with DAG(
    "offboarding_decide",
    schedule=None,
    allowed_run_types=PEOPLE_ALONE,
    dagrun_timeout=timedelta(minutes=30),
    default_args={"retries": 1, "retry_delay": 10, "retry_policy": ASKED_AGAIN},
    params=ParamsDict(
        {name: Param(**schema) if name == NEEDED else Param(None, **schema) for name, schema in kinds.schemas().items()}
    ),
    tags=["offboarding"],
    doc_md=__doc__,
):
    decide()

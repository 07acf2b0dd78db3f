"""What the guard holds waits here for a person: approve or reject, with a reason.

Begun by each night after which something waits, or by hand (form or REST, docs/guard.md). Whoever answers, and when, is
kept with the decision. Without an answer nothing is decided: what waits goes on waiting, and the next night asks anew.
A command does the same without it: python -m include.offboarding release | reject.
"""

from datetime import timedelta
from typing import Any, cast

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param, chain, task
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowSkipException

from dags.offboarding_tasks import ASKED_AGAIN, WAITS, context
from include.offboarding import releasing, wiring

SETTINGS = wiring.configured()
APPROVE, REJECT, WAIT = "Approve", "Reject", "Wait"
RUN = Param(None, "The night whose findings wait (default: the last one)", type=["null", "integer"], minimum=1)
REASON = Param("", "Why; it is kept with the decision", type="string", maxLength=500)


@task
def find_waiting() -> dict[str, Any]:
    """What is asked: lines and numbers, no names. Skipped where nothing waits any more."""
    ctx = context()
    events = cast("list[Any]", ctx["triggering_asset_events"][WAITS] if ctx["triggering_asset_events"] else [])
    run_id = ctx["params"]["run"] or max((int(event.extra["run"]) for event in events), default=None)
    with wiring.at_work() as (_, session):
        asked = releasing.question(session, run_id)
    if asked is None:
        raise AirflowSkipException("nothing waits for a person")
    return {"run": asked[0], "subject": asked[1], "body": asked[2]}


@task
def decide(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """Do as the person said, who is the author. Nobody's answer decides nothing."""
    who, chosen = cast("dict[str, str]", answer["responded_by_user"] or {}), answer["chosen_options"]
    author, reason = who.get("name") or who.get("id"), cast("str", answer["params_input"].get("reason", ""))
    if not author or WAIT in chosen:
        raise AirflowSkipException("nobody decided: what waits goes on waiting, and the next night asks anew")
    with wiring.at_work() as (loaded, session):
        tracker = wiring.tracker(loaded.settings)
        releasing.answered(
            session,
            loaded.settings,
            asked["run"],
            tracker,
            approve=APPROVE in chosen,
            reason=reason,
            author=author,
            caller=f"by answer {context()['run_id']}",
        )


with DAG(
    "offboarding_release",
    schedule=[WAITS],
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": 60, "retry_policy": ASKED_AGAIN},
    params=ParamsDict({"run": RUN}),
    tags=["offboarding"],
    doc_md=__doc__,
):
    found = find_waiting()
    ask = HITLOperator(
        task_id="ask",
        subject="{{ ti.xcom_pull('find_waiting')['subject'] }}",
        body="{{ ti.xcom_pull('find_waiting')['body'] }}",
        options=[APPROVE, REJECT, WAIT],
        defaults=WAIT,
        params=ParamsDict({"reason": REASON}),
        assigned_users=[{"id": user, "name": user} for user in SETTINGS.guard.approvers] or None,
        # Ends before the next night asks anew; reads older than a day aren't released anyway.
        response_timeout=timedelta(hours=22),
    )
    chain(found, ask, decide(cast("dict[str, Any]", found), cast("dict[str, Any]", ask.output)))

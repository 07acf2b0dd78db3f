"""What the guard holds waits here for a person: approve or reject, with a reason.

Begun by each night after which something waits, or by hand (form or REST, docs/guard.md). Whoever answers, and when, is
kept with the decision. Without an answer nothing is decided: what waits goes on waiting, and the next night asks anew.
A command does the same without it: python -m offboarding release | reject.
"""

from datetime import timedelta
from typing import Any, cast

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from dags.offboarding_tasks import WAITS
from dags.offboarding_work import ASKED_AGAIN, at_work
from offboarding import wiring
from offboarding.guard import releasing

SETTINGS = wiring.configured()
APPROVE, REJECT, WAIT = "Approve", "Reject", "Wait"
LAST = "The night whose findings wait (default: the last one)"
RUN = Param(None, LAST, type=["null", "integer"], minimum=1, maximum=2**63 - 1)
REASON = Param("", "Why; it is kept with the decision", type="string", maxLength=500)


class AskOperator(HITLOperator):
    """Asks, and does as the person said: in one task, since whoever may edit the runs of a DAG may also write what one
    task hands to the next.
    """

    def execute(self, context: Any) -> None:
        """Ask: lines and numbers, no names. Skipped where nothing waits any more.

        Begun again, it tells what an answer let through before the task broke off, or asks anew.
        """
        begun_by = context["triggering_asset_events"]
        with at_work() as (loaded, session):
            since, by_hand = releasing.begun_by(cast("list[Any]", begun_by[WAITS] if begun_by else []))
            if releasing.taken_up(session, loaded.settings, wiring.tracker(loaded.settings), caller=_caller(context)):
                return
            asked = releasing.question(session, context["params"]["run"] or since)
        if asked is None:
            raise AirflowSkipException("nothing waits for a person")
        of_run, self.subject, body = asked
        self.body = body + by_hand
        try:
            super().execute(context)
        except TaskAwaitingInput as waits:
            told = cast("Any", waits)
            kept = cast("dict[str, Any]", told.kwargs or {}) | {"of_run": of_run}
            raise TaskAwaitingInput(method_name=told.method_name, kwargs=kept, timeout=told.timeout) from None

    def execute_complete(self, context: Any, event: dict[str, Any], of_run: int = 0) -> None:
        """Do as the person said, who is the author. Nobody's answer decides nothing."""
        answer = cast("dict[str, Any]", super().execute_complete(context, event))
        who = cast("dict[str, str]", answer["responded_by_user"] or {})
        author = who.get("name") or who.get("id")
        if not author or WAIT in answer["chosen_options"]:
            raise AirflowSkipException("nobody decided: what waits goes on waiting, and the next night asks anew")
        with at_work() as (loaded, session):
            releasing.answered(
                session,
                loaded.settings,
                of_run,
                wiring.tracker(loaded.settings),
                approve=APPROVE in answer["chosen_options"],
                reason=cast("str", answer["params_input"].get("reason", "")),
                author=author,
                author_id=who.get("id"),
                caller=_caller(context),
            )


def _caller(context: Any) -> str:
    return f"by answer {context['run_id']}"


with DAG(
    "offboarding_release",
    schedule=[WAITS],
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": 60, "retry_policy": ASKED_AGAIN},
    params=ParamsDict({"run": RUN}),
    tags=["offboarding"],
    doc_md=__doc__,
):
    AskOperator(
        task_id="ask",
        subject="Let through what waits?",
        options=[APPROVE, REJECT, WAIT],
        defaults=WAIT,
        params=ParamsDict({"reason": REASON}),
        assigned_users=cast("Any", [{"id": each.id, "name": each.name} for each in SETTINGS.guard.users] or None),
        # Ends before the next night asks anew; reads older than a day aren't released anyway.
        response_timeout=timedelta(hours=22),
    )

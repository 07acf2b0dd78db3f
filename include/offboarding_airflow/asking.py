"""A task that asks a person about what the guard holds, and does as they say."""

from typing import Any, cast
from urllib.parse import quote

from airflow.providers.common.compat.sdk import ParamValidationError
from airflow.sdk import Param

from offboarding import wiring
from offboarding.guard import releasing
from offboarding_airflow.addresses import page
from offboarding_airflow.question import QuestionOperator
from offboarding_airflow.tasks import WAITS
from offboarding_airflow.versions import AirflowSkipException, ParamsDict
from offboarding_airflow.work import at_work, refused

APPROVE, REJECT = "Approve", "Reject"
NOBODY = "nobody decided: what waits goes on waiting, and the next night asks anew"
NO_ANSWER = (
    f"Nothing is decided: no {APPROVE} or {REJECT} with a reason of 500 characters at most. Trigger this DAG anew."
)
WHY = "Why. It is kept with the decision; write no names into it"
NEEDED = Param("", f"{WHY}.", title="Reason", type="string", maxLength=500)
OPTIONAL = Param(
    None,
    f"{WHY}. Not needed: no line was beyond its limit.",
    title="Reason",
    type=["null", "string"],
    maxLength=500,
)


class AskOperator(QuestionOperator):
    """Asks, and does as said, in one task: whoever may edit a DAG's runs may write what a task hands to the next."""

    def execute(self, context: Any) -> None:  # pyrefly: ignore[bad-override]
        """Ask: lines, numbers and ids, no names. Skipped where nothing waits any more.

        Begun again, it tells what an answer let through before the task broke off, or asks anew.
        """
        begun_by = context["triggering_asset_events"]
        events = cast("list[Any]", begun_by[WAITS] if begun_by else [])
        with at_work() as (loaded, session):
            since, by_hand = releasing.begun_by(events)
            if releasing.taken_up(session, loaded.settings, wiring.trackers(loaded.settings), caller=_caller(context)):
                return
            if events and since is None:
                raise AirflowSkipException("no night asks")
            asked = releasing.question(session, context["params"]["run"] or since)
            if asked is None:
                raise AirflowSkipException("nothing waits for a person")
            self.subject, self.body = asked.subject, asked.text + _report(events) + by_hand  # pyrefly: ignore[bad-override-mutable-attribute]
            if asked.holds:
                self.params = ParamsDict({"reason": NEEDED})
            else:
                # A first read isn't refused: it goes on waiting.
                self.options = [APPROVE]
            self.ask(context, session, loaded.settings, of_run=asked.of_run, seen=asked.seen)

    def execute_complete(self, context: Any, event: dict[str, Any], of_run: int = 0, seen: str = "") -> None:
        """Do as the person said, who is the author, with exactly what they were shown. No answer decides nothing."""
        if event.get("error_type") == "timeout":
            raise AirflowSkipException(NOBODY)
        try:
            answer = cast("dict[str, Any]", super().execute_complete(context, event))
        except (ValueError, ParamValidationError):  # pyrefly: ignore[unreachable-except-clause] - Airflow 3.1's is no ValueError
            raise refused(NO_ANSWER) from None
        who = cast("dict[str, str]", answer["responded_by_user"] or {})
        author = who.get("name") or who.get("id")
        if not author:
            raise AirflowSkipException(NOBODY)
        with at_work() as (loaded, session):
            releasing.answered(
                session,
                loaded.settings,
                of_run,
                wiring.trackers(loaded.settings),
                approve=APPROVE in answer["chosen_options"],
                reason=answer["params_input"].get("reason") or "",
                author=author,
                author_id=who.get("id"),
                caller=_caller(context),
                seen=seen,
            )


def _caller(context: Any) -> str:
    return f"by answer {context['run_id']}"


def _report(events: list[Any]) -> str:
    """Where the night's report is, of the last one that asked."""
    night = next((each for each in reversed(events) if each.source_run_id), None)
    if night is None:
        return ""
    link = f"{page()}/dags/{night.source_dag_id}/runs/{quote(night.source_run_id, safe='')}/tasks/report"
    return f"\n\n[The night's report]({link})"

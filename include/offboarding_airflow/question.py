"""A task that asks a person, and proves that the person is shown what it asks."""

from typing import Any, cast

from airflow.providers.standard.operators.hitl import HITLOperator

from offboarding import wiring
from offboarding.guard import releasing
from offboarding_airflow.versions import AnswerAwaited
from offboarding_airflow.work import refused

STALE = (
    "This run asked another question before, which Airflow or a page in a browser may still show. Nothing is asked, and"
    " no answer in this run counts. Trigger this DAG again: a new run shows the new question."
)


class QuestionOperator(HITLOperator):
    """Ask one question in one run: text, options and answer belong together."""

    def ask(self, context: Any, session: wiring.Session, settings: wiring.Settings, **kept: object) -> None:
        """Park the task until an approver answers; `execute_complete` gets `kept` along with the answer.

        Raises RefusedError where this run asked another question before, since a person may answer that text instead.
        Cleared or tried again, a task keeps the subject, body and options of its first try (upsert_hitl_detail in
        Airflow's execution_api/routes/hitl.py). Its instance deleted, Airflow takes the new text, and an open page
        still shows the first one: the store keeps which question that was.
        """
        own = cast("Any", self)
        own.assigned_users = [{"id": each.id, "name": each.name} for each in settings.guard.users] or None
        caller = f"{own.dag_id} {context['run_id']} {own.task_id}"
        if not releasing.is_first_question(session, caller, [self.subject, self.body, self.options, kept]):
            raise refused(STALE)
        if stored(self, context) != (self.subject, self.body, self.options):
            raise refused(STALE)
        try:
            super().execute(context)
        except AnswerAwaited as waits:
            waits.kwargs = (waits.kwargs or {}) | kept
            raise


def stored(question: HITLOperator, context: Any) -> tuple[str, str | None, list[str]]:
    """Return the subject, body and options that Airflow shows for this task, after storing the question if it has none.

    Airflow's own `upsert_hitl_detail` drops this answer.
    """
    from airflow.sdk.execution_time.comms import CreateHITLDetailPayload  # noqa: PLC0415 - within a task alone
    from airflow.sdk.execution_time.task_runner import SUPERVISOR_COMMS  # noqa: PLC0415 - the same

    users = cast("Any", question.assigned_users or [])
    shown = cast(
        "Any",
        SUPERVISOR_COMMS.send(
            CreateHITLDetailPayload(
                ti_id=context["task_instance"].id,
                subject=question.subject,
                body=question.body,
                options=question.options,
                defaults=question.defaults,
                multiple=question.multiple,
                params=question.serialized_params,
                assigned_users=users,
            )
        ),
    )
    return shown.subject, shown.body, list(shown.options)

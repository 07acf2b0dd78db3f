"""A task that asks a person what of leavers' things is to be shut, and shuts what they choose."""

from dataclasses import asdict
from functools import partial
from typing import Any, cast

from airflow.providers.common.compat.sdk import ParamValidationError

from offboarding import wiring
from offboarding.guard.revoking import approving, proposing, settling
from offboarding.guard.revoking.proposing import ShownLine
from offboarding.report.revocations import NOTHING
from offboarding.runs.whole import Readers
from offboarding_airflow.asking import NEEDED
from offboarding_airflow.question import QuestionOperator
from offboarding_airflow.versions import AirflowSkipException, ParamsDict
from offboarding_airflow.waiting import skip_unless_revoking
from offboarding_airflow.work import at_work, refused

NOBODY = "nobody chose anything: nothing is shut, and what is proposed is asked about again after the next night"
NO_ANSWER = (
    f"Nothing is shut: the answer is keys that were offered, or {NOTHING} alone, with a reason of 500 characters at"
    " most. Trigger this DAG anew."
)
READERS = Readers(
    roster=wiring.roster,
    source=wiring.source,
    parts=wiring.asker_of_parts,
    trackers=wiring.trackers,
    notifiers=wiring.notifiers,
    pagers=wiring.pagers,
    queue=wiring.queue,
    logins=wiring.logins,
)


class RevokeOperator(QuestionOperator):
    """Asks, and does as the person said, in one task, as what the guard holds is asked about.

    Each answer is used by the try that heard it: begun again, the task asks anew.
    """

    def execute(self, context: Any) -> None:  # pyrefly: ignore[bad-override]
        """Ask: ids, no names. Skipped where nothing is proposed."""
        with at_work() as (loaded, session):
            skip_unless_revoking(loaded.settings)
            revokers = partial(wiring.revoker, loaded.settings)
            unseen = settling.settle(session, loaded.settings, READERS, revokers)
            asked = proposing.question(session, loaded.settings, unseen)
            if asked is None:
                settling.raise_unseen(unseen)
                raise AirflowSkipException("nothing is proposed to be shut")
            self.subject, self.body = asked.subject, asked.details  # pyrefly: ignore[bad-override-mutable-attribute]
            self.options = [*asked.offered, NOTHING]
            self.params = ParamsDict({"reason": NEEDED})
            self.ask(
                context, session, loaded.settings, offered={key: asdict(each) for key, each in asked.offered.items()}
            )

    def execute_complete(
        self, context: Any, event: dict[str, Any], offered: dict[str, dict[str, Any]] | None = None
    ) -> None:
        """Shut what the person chose, who is the author. Nobody's answer shuts nothing."""
        if event.get("error_type") == "timeout":
            raise AirflowSkipException(NOBODY)
        self.options = [*(offered or ()), NOTHING]
        try:
            answer = cast("dict[str, Any]", super().execute_complete(context, event))
        except (ValueError, ParamValidationError):  # pyrefly: ignore[unreachable-except-clause] - Airflow 3.1's is no ValueError
            raise refused(NO_ANSWER) from None
        who, chosen = cast("dict[str, str]", answer["responded_by_user"] or {}), list(answer["chosen_options"])
        author = who.get("name") or who.get("id")
        if not author or chosen == [NOTHING]:
            raise AirflowSkipException(NOBODY)
        if NOTHING in chosen or not chosen:
            raise refused(NO_ANSWER)
        with at_work() as (loaded, session):
            said = approving.ApprovalAnswer(
                chosen=chosen,
                shown={key: ShownLine(**each) for key, each in (offered or {}).items()},
                reason=answer["params_input"].get("reason") or "",
                author=author,
                author_id=who.get("id"),
                caller=f"by answer {context['run_id']}",
                as_of=wiring.moment(None),
            )
            approving.answered(session, loaded.settings, READERS, partial(wiring.revoker, loaded.settings), said)

"""What the guard holds waits here for a person: approve or reject.

Begun by each night after which something waits, or by hand (form or REST, docs/guard.md). Whoever answers, and when, is
kept with the decision. Without an answer nothing is decided: what waits goes on waiting, and the next night asks anew.
A command does the same without it: python -m offboarding release | reject. Where policy.revocation is set, it also asks
what of leavers' things is to be shut now; that is approved here alone (docs/revocation.md).
"""

from datetime import timedelta

from airflow.sdk import DAG, Param

from offboarding.report.revocations import NOTHING
from offboarding_airflow.asking import APPROVE, NEEDED, OPTIONAL, REJECT, AskOperator
from offboarding_airflow.links import HeldLink
from offboarding_airflow.revoking import RevokeOperator
from offboarding_airflow.tasks import WAITS
from offboarding_airflow.versions import ParamsDict
from offboarding_airflow.work import tried_again

LAST = "The number of the night whose findings wait, such as 418; the last one's if left empty."
UNTIL_NEXT = timedelta(hours=22)
"""Ends before the next night asks anew; reads older than a day aren't released anyway."""
RUN = Param(None, LAST, title="Run", type=["null", "integer"], minimum=1, maximum=2**63 - 1)


def define() -> None:
    """Make the DAG."""
    with DAG(
        "offboarding_release",
        description="What the guard holds waits here for a person: approve or reject.",
        schedule=[WAITS],
        max_active_runs=1,
        default_args=tried_again(2, seconds=60),
        params=ParamsDict({"run": RUN}),
        tags=["offboarding"],
        doc_md=__doc__,
    ):
        asked = AskOperator(
            task_id="ask",
            subject="Let through what waits?",
            options=[APPROVE, REJECT],
            params={"reason": OPTIONAL},
            response_timeout=UNTIL_NEXT,
        )
        asked.operator_extra_links = (HeldLink(),)
        RevokeOperator(
            task_id="revoke",
            subject="Shut what leavers still have?",
            options=[NOTHING],
            multiple=True,
            params={"reason": NEEDED},
            response_timeout=UNTIL_NEXT,
        )

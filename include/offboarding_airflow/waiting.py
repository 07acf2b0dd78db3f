"""The tasks that say that something waits for a person: then `offboarding_release` begins, and waits for the answer."""

from airflow.sdk import task

from offboarding import wiring
from offboarding.guard import releasing
from offboarding.guard.revoking import proposing
from offboarding_airflow.tasks import GOES_ON, WAITS, context, own_run
from offboarding_airflow.versions import AirflowSkipException
from offboarding_airflow.work import at_work


@task(show_return_value_in_logs=False)
def propose(check: int) -> None:
    """Propose what may be revoked. If it fails, the guard's question is asked all the same.

    Without policy.revocation it succeeds: if it were skipped, Airflow would skip the question, by its trigger rule.
    """
    with at_work() as (loaded, session):
        run = own_run(session, check)
        if loaded.settings.policy.revocation is not None:
            proposing.propose(session, loaded.settings, run, wiring.logins(loaded.settings))


@task(outlets=[WAITS], trigger_rule=GOES_ON, show_return_value_in_logs=False)
def ask(check: int) -> None:
    """What the guard holds since this night, or what may be shut. The night ends; it never waits for anybody."""
    with at_work() as (loaded, session):
        run = own_run(session, check)
        if releasing.question(session, run.run_id) is None and not proposing.waiting(session, loaded.settings):
            raise AirflowSkipException("nothing waits for a person")
        context()["outlet_events"][WAITS].extra = {"run": check}


@task(task_id="ask", outlets=[WAITS], trigger_rule=GOES_ON, show_return_value_in_logs=False)
def ask_to_revoke(check: int) -> None:
    """What of some people's may be shut."""
    with at_work() as (loaded, session):
        run, logins = own_run(session, check), wiring.logins(loaded.settings)
        skip_unless_revoking(loaded.settings)
        proposing.propose(session, loaded.settings, run, logins)
        if not proposing.waiting(session, loaded.settings):
            raise AirflowSkipException("nothing is proposed to be shut")
        context()["outlet_events"][WAITS].extra = {"run": check}


def skip_unless_revoking(settings: wiring.Settings) -> None:
    """Raises AirflowSkipException if the configuration allows no revocation."""
    if settings.policy.revocation is None:
        raise AirflowSkipException("policy.revocation is not set: nothing is proposed")

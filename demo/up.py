"""`make up`: tonight's check in a whole Airflow, which stays with all of the company's servers until Ctrl-C."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from demo.folder import DemoFolder
from demo.nights import Night
from demo.own_store import OwnStore
from demo.standalone import Standalone, standalone
from offboarding.model.errors import FatalError
from offboarding.store import embedded

PORT = 8080
NIGHT_SECONDS = 1800
"""On a machine that does much else."""
NIGHTLY = "offboarding_nightly"
DAGS = (NIGHTLY, "offboarding_departure", "offboarding_release", "offboarding_verify")
ROLES = {"viewer": "viewer"}
"""Beside the administrator: somebody to whom the pages show no names."""
SOMEBODY = "10452"
"""A leaver with much on one time line: docs/demo.md."""


@contextmanager
def up(
    folder: DemoFolder, store: OwnStore, connections: Mapping[str, str], show: Callable[[str], None]
) -> Generator[Standalone]:
    """Airflow, and how to get in. Raises FatalError where it doesn't start."""
    show("Starting Airflow: its scheduler, its page, half a minute.")
    settings = {
        **connections,
        "OFFBOARDING_CONFIG": str(store.loaded.path),
        # Whatever is begun by hand is of this night too: the company stands still, and clocks go on.
        "OFFBOARDING_AS_OF": Night.TONIGHT.as_of.isoformat(),
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        # Nobody waits here for a system to come back: what fails is tried again at once.
        "AIRFLOW__CORE__MAX_TASK_RETRY_DELAY": "1",
        "AIRFLOW__API__DEFAULT_WRAP": "True",
    }
    # Held, so that no page has to start the store and stop it again.
    with embedded.server(store.folder):
        try:
            with standalone(folder.airflow, settings, roles=ROLES, dags=DAGS, port=PORT) as airflow:
                _unpause(airflow)
                _ways_in(folder, airflow, show)
                yield airflow
        except (RuntimeError, TimeoutError) as error:
            raise FatalError(f"{error}\nOnce the machine is less busy, try again: it goes on from here.") from error


def tonight(airflow: Standalone, store: OwnStore, show: Callable[[str], None]) -> str | None:
    """Run the night there: green, red, or None where it didn't run to its end."""
    begun = datetime.now(UTC)
    run = airflow.admin.trigger(NIGHTLY, as_of=Night.TONIGHT.as_of.isoformat())
    show(f"\nThe check runs: {airflow.url}/dags/{NIGHTLY}/runs/{run}")
    airflow.ended(NIGHTLY, run, NIGHT_SECONDS)
    status = store.status_of(Night.TONIGHT, begun)
    took = (datetime.now(UTC) - begun).total_seconds()
    show(f"It is {status}, after {took:.0f} seconds." if status else "It didn't run to its end: why, says its page.")
    return status


def _unpause(airflow: Standalone) -> None:
    for dag in DAGS:
        airflow.admin.pause(dag, paused=False)


def _ways_in(folder: DemoFolder, airflow: Standalone, show: Callable[[str], None]) -> None:
    passwords = airflow.passwords()
    show(
        f"\nAirflow    {airflow.url}   (Browse > Offboarding: the night, its findings, whoever left)\n"
        f"           log in as admin, {passwords['admin']}; or as viewer, {passwords['viewer']}, who sees no names\n"
        f"A leaver   {airflow.url}/offboarding/leaver/hr:{SOMEBODY}\n"
        f"Its log    {folder.airflow / 'standalone.log'}"
    )

"""What Airflow sees of us: DAGs and their tasks, and types of connections. It alone knows how Airflow says things.

A file in Airflow's DAG folder says which DAGs there are: `dags/` holds one for each, and a wheel's user one for all,
which calls `define_dags`.
"""


def define_dags() -> None:
    """Make every DAG, for the file in Airflow's DAG folder that calls this.

    A DAG belongs to the file that is being read when it's made. Raises ConfigError that lists every mistake of the
    configuration.
    """
    from offboarding_airflow import decide, departure, nightly, release, verify  # noqa: PLC0415 - providers need none

    for module in (nightly, verify, departure, release, decide):
        module.define()

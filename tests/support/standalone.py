"""What makes a whole Airflow (demo/standalone.py) quick enough for tests."""

QUICK = {
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
}
"""What may begin begins at once. So no DAG may begin paused: whether a queue is watched is settled when the DAG's file
is read.
"""

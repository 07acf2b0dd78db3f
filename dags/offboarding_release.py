"""What the guard holds waits for a person. The DAG is made in include/offboarding_airflow/release.py."""

from offboarding_airflow import release

release.define()

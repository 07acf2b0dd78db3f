"""The whole check, every night. The DAG is made in include/offboarding_airflow/nightly.py."""

from offboarding_airflow import nightly

nightly.define()

"""Every hour, until it's dead. The DAG is made in include/offboarding_airflow/verify.py."""

from offboarding_airflow import verify

verify.define()

"""Some people, now. The DAG is made in include/offboarding_airflow/departure.py."""

from offboarding_airflow import departure

departure.define()

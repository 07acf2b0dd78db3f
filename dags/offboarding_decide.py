"""Decisions as forms. The DAG is made in include/offboarding_airflow/decide.py."""

from offboarding_airflow import decide

decide.define()

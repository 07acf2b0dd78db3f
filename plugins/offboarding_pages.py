"""Airflow reads the plugin with the pages here."""

from offboarding_airflow.plugin import OffboardingPlugin

__all__ = ["OffboardingPlugin"]

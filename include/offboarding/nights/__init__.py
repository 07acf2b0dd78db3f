"""Whole nights in one process, for whoever has no Airflow at hand: by command, and for trial."""

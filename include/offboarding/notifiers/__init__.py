"""Who is told at once, beside the tickets: one package a kind, each by Airflow's own notifier."""

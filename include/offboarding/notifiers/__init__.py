"""Who is told at once, beside the tickets: one file a kind, each by Airflow's own notifier."""

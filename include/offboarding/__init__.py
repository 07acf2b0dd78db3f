"""Who left, and what of theirs still works? The domain code; it knows nothing of Airflow, `wiring` aside."""

"""A folder for auditors: what the store knows of a period, sealed, and read without this project (docs/evidence.md)."""

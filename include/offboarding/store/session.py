"""What a session with our PostgreSQL is to whoever is handed one."""

import psycopg

Session = psycopg.Connection[tuple[object, ...]]

TakeBack = psycopg.Rollback
"""Raised in a transaction: it ends as if it hadn't been, and what comes behind it goes on."""

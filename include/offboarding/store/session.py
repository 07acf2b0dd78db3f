"""What a session with our PostgreSQL is to whoever is handed one."""

import psycopg

Session = psycopg.Connection[tuple[object, ...]]

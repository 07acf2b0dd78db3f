"""Our own tables in PostgreSQL: all SQL on them lives here, in migrations/ and queries/."""

-- Databases that take connections.
select datname from pg_catalog.pg_database where datallowconn

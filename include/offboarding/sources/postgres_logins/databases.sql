-- Each database, and whether it takes connections.
select datname, datallowconn from pg_catalog.pg_database

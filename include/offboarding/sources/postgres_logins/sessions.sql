-- Whose sessions are open: one that was begun before a role was shut goes on.
select distinct usesysid::bigint from pg_catalog.pg_stat_activity where usesysid is not null

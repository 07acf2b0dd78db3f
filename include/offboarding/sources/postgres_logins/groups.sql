-- Roles that have members, and those whose names look like a word of pg_hba.conf.
select r.oid::bigint, r.rolname, r.rolsuper, r.rolcreaterole, r.rolreplication, r.rolbypassrls
from pg_catalog.pg_roles r
where exists (select from pg_catalog.pg_auth_members m where m.roleid = r.oid)
    or r.rolname = 'all' or r.rolname ~ '^[+/]'
